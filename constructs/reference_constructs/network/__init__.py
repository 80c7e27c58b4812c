"""The VPC that both platforms share."""
