"""Options of the IAM roles of pipelines that deliver to an EKS cluster."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reference_constructs.eks.control_plane_options import IamPrincipalArn, KubernetesGroup
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, ResourceName

OidcProviderArn = Annotated[
    str,
    Field(
        pattern=r"^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider/[^*?]+$",
        examples=["arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"],
        json_schema_extra=in_words("ARN of an OIDC identity provider in IAM"),
    ),
    Arn(account=True),
]
# A subject that begins with a wildcard is of everybody who has an account at the provider.
OidcSubject = Annotated[
    str,
    Field(
        pattern=r"^[^*?\s]{3,}[^\s]*$",
        examples=["repo:example/shop:ref:refs/heads/main"],
        json_schema_extra=in_words("claim `sub` of a token, with three characters or more before a wildcard"),
    ),
]


class OidcTrustOptions(Options):
    """Tokens of an OIDC identity provider with which a role is assumed (`sts:AssumeRoleWithWebIdentity`)."""

    provider_arn: OidcProviderArn
    """ARN of the OIDC identity provider in IAM, in the account of the cluster. It is not created: an account has one
    for each URL ("Create an OpenID Connect (OIDC) identity provider in IAM")."""

    audience: Annotated[str, Field(min_length=1, max_length=255)] = "sts.amazonaws.com"
    """Claim `aud` of the tokens."""

    subjects: Annotated[tuple[OidcSubject, ...], Field(min_length=1)]
    """Claims `sub` of the tokens, with `*` for any characters (`StringLike`): for GitHub Actions, repository and branch
    or environment."""


class DeliveryRoleOptions(Options):
    """IAM role of a pipeline that delivers to the cluster, and its access entry.

    The role may do `eks:DescribeCluster` for this cluster and `cloudformation:DescribeStacks` for its stack, which is
    what `make kubernetes-apply` calls. Role bindings of its groups say what it may do in Kubernetes.
    """

    trusted_principal_arns: tuple[IamPrincipalArn, ...] = ()
    """ARNs of IAM roles and users that can assume the role, such as the role of a build project; of another account,
    too. They must exist when the role is created."""

    oidc: OidcTrustOptions | None = None
    """Tokens with which the role can be assumed. With `null`, only `trusted_principal_arns` can assume it."""

    kubernetes_groups: Annotated[tuple[KubernetesGroup, ...], Field(min_length=1)]
    """Kubernetes groups of the role. Role bindings in the cluster say what they may do: `kubernetes/delivery/role`
    gives `hello-delivery` what one application needs."""


class DeliveryRolesOptions(Options):
    """IAM roles of pipelines."""

    delivery_roles: dict[ResourceName, DeliveryRoleOptions] = {}
    """IAM roles of pipelines that deliver to the cluster, by a name of your choice. Each has an access entry without an
    access policy. For a role that exists, use `access_entries` with `kubernetes_groups`."""
