"""Workloads of `kubernetes/`: rendered for an environment, checked, and applied (docs/adr/0037).

Kustomize is that of kubectl: the pinned one in the tool's own virtual environment, or the one in the PATH.
"""
