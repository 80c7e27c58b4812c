"""EKS: cluster, nodes, Fargate profiles and add-ons."""
