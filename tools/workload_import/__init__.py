"""Workloads of an environment file from what runs elsewhere: a Compose file, or a task definition of Amazon ECS."""
