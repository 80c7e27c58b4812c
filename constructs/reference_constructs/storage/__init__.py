"""File systems and buckets that keep data, for tasks of ECS and pods of EKS."""
