"""Options of the IAM roles that pods of applications have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.eks.kubernetes_values import NamespaceName, ServiceAccountName
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.options import Options
from reference_constructs.security.policy_statement_options import (
    MOST_MANAGED_POLICIES,
    PolicyStatementOptions,
)
from reference_constructs.value_types import ManagedPolicyArn, ResourceName

Credentials = Literal["pod_identity", "irsa"]


class PodIdentityOptions(Options):
    """IAM role for the pods of one Kubernetes service account. Nobody else can assume it."""

    namespace: NamespaceName
    """Kubernetes namespace of the service account. Neither it nor the service account is created."""

    service_account: ServiceAccountName
    """Kubernetes service account of the pods."""

    credentials: Credentials | None = None
    """How pods get the credentials of the role. `pod_identity`: by EKS Pod Identity, on nodes that are EC2 instances.
    `irsa`: by IAM roles for service accounts, which also works on AWS Fargate; annotate the service account with
    `eks.amazonaws.com/role-arn` and the ARN of the role, which is an output of the stack. With `null`, it is `irsa`
    where a Fargate profile takes every pod of the namespace, or where no nodes support EKS Pod Identity, and
    `pod_identity` elsewhere."""

    policy_arns: Annotated[tuple[ManagedPolicyArn, ...], Field(max_length=MOST_MANAGED_POLICIES)] = ()
    """ARNs of managed policies to attach to the role."""

    statements: tuple[PolicyStatementOptions, ...] = ()
    """Statements of the IAM policy of the role, which the application in the pods uses. By default, it allows
    nothing."""

    def credentials_with(self, nodes: Collection[NodeOptions]) -> Credentials:
        """How its pods get credentials in a cluster with these nodes.

        Source: "Learn how EKS Pod Identity grants pods access to AWS services", restrictions.

        Args:
            nodes: All nodes of the cluster.
        """
        if self.credentials is not None:
            return self.credentials
        has_pod_identity = any("pod_identity" in node.capabilities for node in nodes)
        on_fargate = any(node.takes(self.namespace, {}) for node in nodes)
        return "pod_identity" if has_pod_identity and not on_fargate else "irsa"


class PodIdentitiesOptions(Options):
    """IAM roles that pods of applications have."""

    pod_identities: dict[ResourceName, PodIdentityOptions] = {}
    """IAM roles for the pods of applications, by a name of your choice."""
