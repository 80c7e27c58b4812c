"""Options of EKS capabilities: controllers that AWS runs for a cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.eks.control_plane_options import AccessPolicyOptions
from reference_constructs.eks.kubernetes_values import NamespaceName
from reference_constructs.eks.nodes.node_values import TagValue
from reference_constructs.options import Options, in_words
from reference_constructs.security.policy_statement_options import MOST_MANAGED_POLICIES, PolicyStatementOptions
from reference_constructs.value_types import Arn, ManagedPolicyArn, TagKey

IdentityCenterArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}$",
        examples=["arn:aws:sso:::instance/ssoins-1234567890abcdef"],
        json_schema_extra=in_words("ARN of an instance of IAM Identity Center"),
    ),
    Arn(),
]
RegionName = Annotated[
    str,
    Field(
        pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$",
        examples=["eu-west-1"],
        json_schema_extra=in_words("name of an AWS Region"),
    ),
]
# IDs of users and groups, "PrincipalId" of the IAM Identity Center API Reference.
PrincipalId = Annotated[
    str,
    Field(
        pattern=r"^([0-9a-f]{10}-)?[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}$",
        examples=["38414300-1041-708a-01af-0abc12345678"],
        json_schema_extra=in_words("ID of a user or group in IAM Identity Center"),
    ),
]


class CapabilityOptions(Options):
    """EKS capability: a controller that AWS runs outside of the cluster, with an IAM role of its own."""

    policy_arns: Annotated[tuple[ManagedPolicyArn, ...], Field(max_length=MOST_MANAGED_POLICIES)] = ()
    """ARNs of managed policies to attach to the role of the capability."""

    statements: tuple[PolicyStatementOptions, ...] = ()
    """Statements of the IAM policy of the role. By default, it allows nothing: whoever can create the Kubernetes
    objects of the capability can do in AWS what the role can."""

    tags: dict[TagKey, TagValue] = {}
    """Tags of the capability and its role, in addition to those of the environment. A tag of the same key replaces that
    of the environment."""

    access_policies: tuple[AccessPolicyOptions, ...] = ()
    """EKS access policies of the role, in addition to what Amazon EKS grants it in Kubernetes for the capability
    itself."""


class ArgoCdRoleOptions(Options):
    """Who has a role of Argo CD, by their IDs in IAM Identity Center."""

    user_ids: tuple[PrincipalId, ...] = ()
    """IDs of users."""

    group_ids: tuple[PrincipalId, ...] = ()
    """IDs of groups."""


class ArgoCdOptions(CapabilityOptions):
    """Argo CD, run by AWS. It deploys to the clusters that are registered with it by their ARN."""

    namespace: NamespaceName = "argocd"
    """Kubernetes namespace of the objects of Argo CD. It is fixed when the capability is created."""

    identity_center_arn: IdentityCenterArn
    """ARN of the instance of IAM Identity Center whose users sign in. Argo CD has no other users."""

    identity_center_region: RegionName | None = None
    """AWS Region of the instance of IAM Identity Center. With `null`, it is the Region of the cluster."""

    admins: ArgoCdRoleOptions = ArgoCdRoleOptions()
    """Users and groups with the role `ADMIN`."""

    editors: ArgoCdRoleOptions = ArgoCdRoleOptions()
    """Users and groups with the role `EDITOR`."""

    viewers: ArgoCdRoleOptions = ArgoCdRoleOptions()
    """Users and groups with the role `VIEWER`."""


class CapabilitiesOptions(Options):
    """EKS capabilities. A cluster has one of each type at most."""

    ack: CapabilityOptions | None = None
    """AWS Controllers for Kubernetes (ACK): AWS resources from Kubernetes objects, with the permissions of its role."""

    argocd: ArgoCdOptions | None = None
    """Argo CD: applications from Git repositories."""

    kro: CapabilityOptions | None = None
    """Kube Resource Orchestrator (kro): Kubernetes APIs of one's own, composed of others. It needs `access_policies`
    for the objects that it creates."""
