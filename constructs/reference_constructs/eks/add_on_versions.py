"""Which build of each add-on belongs to which Kubernetes version: the one table to change on an upgrade.

Read in November 2026 from public change logs and `aws eks describe-addon-versions` output of September and
October 2026; nothing was asked of AWS. Check a column before an upgrade:

    aws eks describe-addon-versions --kubernetes-version 1.36 --addon-name coredns
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

AddOnName = Literal[
    "aws-ebs-csi-driver",
    "coredns",
    "eks-node-monitoring-agent",
    "eks-pod-identity-agent",
    "kube-proxy",
    "metrics-server",
    "vpc-cni",
]

# (1) Found in one public source only; every other build in at least two that do not copy each other.
ADD_ON_VERSIONS: Mapping[str, Mapping[AddOnName, str]] = MappingProxyType(
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


def pinned_versions(kubernetes_version: str) -> Mapping[AddOnName, str]:
    """The builds for a Kubernetes version.

    Args:
        kubernetes_version: Minor version, such as `1.36`.

    Raises:
        ValueError: If the table has no column for it; a guess would fail in the middle of a deployment.
    """
    if kubernetes_version not in ADD_ON_VERSIONS:
        raise ValueError(
            f"no add-on versions are pinned for Kubernetes {kubernetes_version}, only for "
            f"{', '.join(ADD_ON_VERSIONS)}: add them to add_on_versions.py, or leave them to EKS (`default`)"
        )
    return ADD_ON_VERSIONS[kubernetes_version]
