"""Which build of each add-on belongs to which Kubernetes version: the one table to change on an upgrade.

Read in November 2026 from public change logs and `aws eks describe-addon-versions` output of September and
October 2026; nothing was asked of AWS. Check a column before an upgrade:

    aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name coredns
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# (1) Found in one public source only; every other build in at least two that do not copy each other.
PINNED_VERSIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "1.35": {
            "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
            "coredns": "v1.13.2-eksbuild.31",
            "eks-node-monitoring-agent": "v1.7.0-eksbuild.1",  # (1)
            "eks-pod-identity-agent": "v1.3.10-eksbuild.3",  # (1)
            "kube-proxy": "v1.35.3-eksbuild.29",
            "metrics-server": "v0.9.0-eksbuild.11",
            "vpc-cni": "v1.22.4-eksbuild.3",
        },
        "1.36": {
            "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
            "coredns": "v1.14.3-eksbuild.23",
            "eks-node-monitoring-agent": "v1.7.2-eksbuild.1",
            "eks-pod-identity-agent": "v1.3.10-eksbuild.3",  # (1)
            "kube-proxy": "v1.36.0-eksbuild.25",
            "metrics-server": "v0.9.0-eksbuild.11",
            "vpc-cni": "v1.22.4-eksbuild.3",
        },
    }
)
