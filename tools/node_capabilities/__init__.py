"""Which kinds of compute of an Amazon EKS cluster can do what workloads need?"""
