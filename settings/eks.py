"""The EKS cluster of an environment: the options of its constructs, and what only a file can say."""

from __future__ import annotations

from reference_constructs.eks.cluster_options import EksClusterOptions
from reference_constructs.eks.kubernetes_values import DeployedKubernetesVersion
from reference_constructs.value_types import RegionalKeyArn


class EksSettings(EksClusterOptions):
    """EKS cluster with its nodes and add-ons."""

    deployed_kubernetes_version: DeployedKubernetesVersion | None = None
    """Kubernetes minor version that the cluster runs now. If it is set, a `kubernetes_version` that Amazon EKS cannot
    upgrade this version to is refused before the deployment."""

    secrets_key_arn: RegionalKeyArn | None = None
    """ARN of an existing KMS key that encrypts Kubernetes secrets. It is fixed when the cluster is created. With
    `null`, it is the key of the stack, which also encrypts the logs. Whoever deploys needs the permissions
    `kms:DescribeKey` and `kms:CreateGrant` on it."""
