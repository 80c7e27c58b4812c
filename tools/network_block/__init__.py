"""The keys of `network.existing` of an environment file, from what the AWS CLI answered about a VPC."""
