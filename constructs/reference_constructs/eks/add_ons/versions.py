"""Which build of each add-on belongs to which Kubernetes version: the one table to change on an upgrade.

The versions are the defaults of Amazon EKS, read in November 2026 from public change logs and from output of
`aws eks describe-addon-versions` between August and October 2026; nothing was asked of AWS. Renew it before an upgrade
(docs/upgrading.md, "Renew the versions of add-ons"):

    aws eks describe-addon-versions --kubernetes-version 1.36 | make add-on-versions
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

# (1) Found in one public source only; every other build in at least two that do not copy each other.
PINNED_VERSIONS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "1.35": {
            "adot": "v0.151.0-eksbuild.2",  # (1)
            "amazon-cloudwatch-observability": "v6.7.0-eksbuild.1",
            "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
            "aws-efs-csi-driver": "v3.4.2-eksbuild.1",
            "aws-fsx-csi-driver": "v1.9.0-eksbuild.1",
            "aws-mountpoint-s3-csi-driver": "v2.5.0-eksbuild.1",
            "aws-network-flow-monitoring-agent": "v1.1.6-eksbuild.1",  # (1)
            "aws-privateca-connector-for-kubernetes": "v1.7.1-eksbuild.1",  # (1)
            "aws-secrets-store-csi-driver-provider": "v3.1.4-eksbuild.1",
            "cert-manager": "v1.21.0-eksbuild.2",
            "coredns": "v1.13.2-eksbuild.31",
            "eks-node-monitoring-agent": "v1.7.0-eksbuild.1",  # (1)
            "eks-pod-identity-agent": "v1.3.10-eksbuild.3",  # (1)
            "external-dns": "v0.21.0-eksbuild.6",
            "kube-proxy": "v1.35.3-eksbuild.29",
            "kube-state-metrics": "v2.19.1-eksbuild.2",  # (1)
            "metrics-server": "v0.9.0-eksbuild.11",
            "prometheus-node-exporter": "v1.11.1-eksbuild.7",  # (1)
            "snapshot-controller": "v8.6.0-eksbuild.8",  # (1)
            "vpc-cni": "v1.22.4-eksbuild.3",
        },
        "1.36": {
            "adot": "v0.151.0-eksbuild.2",  # (1)
            "amazon-cloudwatch-observability": "v6.7.0-eksbuild.1",
            "aws-ebs-csi-driver": "v1.66.0-eksbuild.1",
            "aws-efs-csi-driver": "v3.4.2-eksbuild.1",
            "aws-fsx-csi-driver": "v1.9.0-eksbuild.1",
            "aws-mountpoint-s3-csi-driver": "v2.5.0-eksbuild.1",
            "aws-network-flow-monitoring-agent": "v1.1.6-eksbuild.1",  # (1)
            "aws-privateca-connector-for-kubernetes": "v1.7.1-eksbuild.1",  # (1)
            "aws-secrets-store-csi-driver-provider": "v3.1.4-eksbuild.1",
            "cert-manager": "v1.21.0-eksbuild.2",
            "coredns": "v1.14.3-eksbuild.23",
            "eks-node-monitoring-agent": "v1.7.2-eksbuild.1",
            "eks-pod-identity-agent": "v1.3.10-eksbuild.3",  # (1)
            "external-dns": "v0.21.0-eksbuild.6",
            "kube-proxy": "v1.36.0-eksbuild.25",
            "kube-state-metrics": "v2.19.1-eksbuild.2",  # (1)
            "metrics-server": "v0.9.0-eksbuild.11",
            "prometheus-node-exporter": "v1.11.1-eksbuild.7",  # (1)
            "snapshot-controller": "v8.6.0-eksbuild.8",  # (1)
            "vpc-cni": "v1.22.4-eksbuild.3",
        },
    }
)
