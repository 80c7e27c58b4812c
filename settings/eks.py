"""The EKS cluster of an environment: the options of its constructs, and what only a file can say."""

from __future__ import annotations

from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.kubernetes_values import KubernetesVersion


class EksSettings(EksClusterOptions):
    """The EKS cluster."""

    deployed_kubernetes_version: KubernetesVersion | None = None
    """Kubernetes minor version that is running now. State it before an upgrade: a version that EKS cannot upgrade to is
    then refused here."""
