"""Options of the IAM roles that pods of applications have."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.kubernetes_values import NamespaceName, ServiceAccountName
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.options import Options, in_words
from reference_constructs.security.policy_statement_options import (
    MOST_MANAGED_POLICIES,
    PolicyStatementOptions,
)
from reference_constructs.value_types import Arn, ManagedPolicyArn, ResourceName

Credentials = Literal["pod_identity", "irsa"]
_ROLE: Final = Field(
    pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:role/.+$",
    examples=["arn:aws:iam::111122223333:role/shop"],
    json_schema_extra=in_words("ARN of an IAM role"),
)
OwnRoleArn = Annotated[str, _ROLE, Arn(account=True)]
RoleArn = Annotated[str, _ROLE, Arn()]


class PodIdentityOptions(Options):
    """IAM role for the pods of one Kubernetes service account. Nobody else can assume a role that is made here."""

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

    permissions_boundary_arn: ManagedPolicyArn | None = None
    """ARN of the managed policy that is the permissions boundary of this role, instead of that of the environment. With
    `null`, the role has that of the environment, if there is one."""

    role_arn: OwnRoleArn | None = None
    """ARN of a role that exists, in the account of the cluster, instead of one that is made here. Its trust policy
    must let `pods.eks.amazonaws.com` do `sts:AssumeRole` and `sts:TagSession`; whom else it admits is the business of
    its owner. Only EKS Pod Identity takes it from here; with `irsa`, a role needs nothing of this stack but the
    annotation."""

    target_role_arn: RoleArn | None = None
    """ARN of a role, also of another account, whose credentials the pods get (`TargetRoleArn`): EKS Pod Identity
    assumes it with the role of the pods, which may therefore do `sts:AssumeRole` and `sts:TagSession` on it. The trust
    policy of the target must admit the role of the pods. Policies of the latter are then for the step between only."""

    session_tags: bool = True
    """Whether EKS Pod Identity adds tags to the session: cluster, namespace, service account, and others. Roles that
    are made here require them, since their trust policies have conditions on them. With `false`, a policy has no use of
    the tags, and a session policy or other tags have room."""

    def credentials_with(self, nodes: Collection[NodeOptions]) -> Credentials:
        """How its pods get credentials in a cluster with these nodes.

        Source: "Learn how EKS Pod Identity grants pods access to AWS services", restrictions.

        Args:
            nodes: All nodes of the cluster.
        """
        if self.credentials is not None:
            return self.credentials
        if self.role_arn is not None:
            return "pod_identity"
        has_pod_identity = any("pod_identity" in node.capabilities for node in nodes)
        on_fargate = any(node.takes(self.namespace, {}) for node in nodes)
        return "pod_identity" if has_pod_identity and not on_fargate else "irsa"


class PodIdentitiesOptions(Options):
    """IAM roles that pods of applications have."""

    pod_identities: dict[ResourceName, PodIdentityOptions] = {}
    """IAM roles for the pods of applications, by a name of your choice."""
