"""Kubernetes manifests of an environment, for kubectl and Helm: what CloudFormation cannot create (docs/adr/0023).

One module for each subject. Each takes the checked environment, and what only a deployment knows from the outputs of
the stack, and returns plain dictionaries.
"""
