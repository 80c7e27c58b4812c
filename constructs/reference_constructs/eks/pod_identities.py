"""The IAM roles that pods of applications have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.eks.pod_identity_options import PodIdentityOptions
from reference_constructs.eks.pod_identity_role import PodIdentityRole
from reference_constructs.eks.service_account_role import AUDIENCE, ServiceAccountRole
from reference_constructs.security.acknowledgements import acknowledge_relation
from reference_constructs.security.stated_permissions import (
    acknowledge_stated,
    acknowledge_stated_policies,
    managed_policies,
    policy_statements,
)


class PodIdentities(Construct):
    """A role for each service account of an application, by EKS Pod Identity or, for Fargate, by IRSA.

    Neither makes Kubernetes objects: an association is there before its service account, and the annotation that IRSA
    needs is the business of whoever makes the service account (docs/adr/0026).

    Attributes:
        roles: The roles that are made here, by the name of their options.
        to_annotate: Those of service accounts that need an annotation with the ARN.
    """

    roles: dict[str, iam.Role]
    to_annotate: dict[str, iam.Role]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: Mapping[str, PodIdentityOptions],
        control_plane: ControlPlane,
        nodes: Sequence[NodeOptions],
    ) -> None:
        """Define the roles.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Whom the roles are for, and what they may do.
            control_plane: The cluster.
            nodes: Options of all nodes: where pods can run.
        """
        super().__init__(scope, construct_id)
        self._control_plane = control_plane
        self.roles, self.to_annotate = {}, {}
        for name, identity in options.items():
            if identity.role_arn is not None:
                self._associate(name, identity, identity.role_arn)
                continue
            if identity.credentials_with(nodes) == "irsa":
                self.to_annotate[name] = self.roles[name] = self._define_service_account_role(name, identity)
            else:
                self.roles[name] = self._define_pod_identity(name, identity)
            self._limit(name, self.roles[name], identity.permissions_boundary_arn)
            acknowledge_stated_policies(
                self.roles[name], identity.policy_arns, key=f"eks.pod_identities.{name}.policy_arns"
            )

    def _define_pod_identity(self, name: str, options: PodIdentityOptions) -> iam.Role:
        role = PodIdentityRole(
            self,
            f"{name}-role",
            cluster_arn=self._control_plane.cluster_arn,
            namespace=options.namespace,
            service_account=options.service_account,
            managed_policies=self._define_policies(name, options),
        )
        self._associate(name, options, role.role_arn)
        return role

    def _associate(self, name: str, options: PodIdentityOptions, role_arn: str) -> None:
        eks.CfnPodIdentityAssociation(
            self,
            f"{name}-association",
            cluster_name=self._control_plane.cluster.cluster_name,
            namespace=options.namespace,
            service_account=options.service_account,
            role_arn=role_arn,
            target_role_arn=options.target_role_arn,
            disable_session_tags=None if options.session_tags else True,
        )

    def _define_service_account_role(self, name: str, options: PodIdentityOptions) -> iam.Role:
        return ServiceAccountRole(
            self,
            f"{name}-role",
            provider_arn=self._provider.oidc_provider_arn,
            issuer=cdk.Fn.select(1, cdk.Fn.split("://", self._issuer_url)),
            namespace=options.namespace,
            service_account=options.service_account,
            managed_policies=self._define_policies(name, options),
        )

    def _limit(self, name: str, role: iam.Role, boundary_arn: str | None) -> None:
        """By an aspect of the role, which comes after that of the stack and so replaces its boundary."""
        if boundary_arn is not None:
            boundary = iam.ManagedPolicy.from_managed_policy_arn(self, f"{name}-boundary", boundary_arn)
            iam.PermissionsBoundary.of(role).apply(boundary)
            acknowledge_relation(
                role,
                "roles_have_one_permissions_boundary",
                reason=f"A boundary of its own was asked for explicitly (eks.pod_identities.{name}."
                "permissions_boundary_arn), instead of that of the environment.",
            )

    @cached_property
    def _provider(self) -> iam.OidcProviderNative:
        """The provider, made when it is first needed: one for all roles; IAM reads its certificate by itself."""
        return iam.OidcProviderNative(self, "OidcProvider", url=self._issuer_url, client_ids=[AUDIENCE])

    @property
    def _issuer_url(self) -> str:
        return self._control_plane.cluster.cluster_open_id_connect_issuer_url

    def _define_policies(self, name: str, options: PodIdentityOptions) -> list[iam.IManagedPolicy]:
        policies: list[iam.IManagedPolicy] = managed_policies(self, name, options.policy_arns)
        statements = [*policy_statements(options.statements), *_assume(options.target_role_arn)]
        if statements:
            policy = iam.ManagedPolicy(self, f"{name}-policy", statements=statements)
            acknowledge_stated(
                policy,
                options.statements,
                key=f"eks.pod_identities.{name}.statements",
                needed_by="what the program in these pods needs of what it names. Only service account "
                f"{options.service_account} in namespace {options.namespace} assumes the role.",
            )
            policies.append(policy)
        return policies


def _assume(role_arn: str | None) -> list[iam.PolicyStatement]:
    """As in "Access AWS resources using EKS Pod Identity target IAM roles": both actions, on the target alone."""
    if role_arn is None:
        return []
    return [iam.PolicyStatement(actions=["sts:AssumeRole", "sts:TagSession"], resources=[role_arn])]
