"""ECS: cluster, EC2 capacity, shared load balancer and services."""
