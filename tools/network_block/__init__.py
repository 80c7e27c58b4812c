"""Keys of an environment file, from what the AWS CLI answered about what exists.

`network.existing` from a VPC, and `ecs.load_balancer.existing` from a load balancer in it.
"""
