"""The IAM roles of pipelines that deliver to an EKS cluster."""

from __future__ import annotations

from collections.abc import Mapping

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.control_plane_options import AccessEntryOptions
from reference_constructs.eks.delivery_role_options import DeliveryRoleOptions, OidcTrustOptions
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, wildcard_resource


class DeliveryRoles(Construct):
    """A role and an access entry for each pipeline: it finds the cluster, and its groups say what it may do there.

    Attributes:
        roles: By the name of their options.
    """

    roles: dict[str, iam.Role]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: Mapping[str, DeliveryRoleOptions],
        control_plane: ControlPlane,
    ) -> None:
        """Define the roles.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Who assumes each role, and the groups that it has.
            control_plane: The cluster.
        """
        super().__init__(scope, construct_id)
        self.roles = {}
        for name, each in options.items():
            self.roles[name] = self._define_role(name, each, control_plane.cluster_arn)
            control_plane.add_access_entry(
                f"delivery-{name}",
                # Not validated: the ARN is a token.
                AccessEntryOptions.model_construct(
                    principal_arn=self.roles[name].role_arn, kubernetes_groups=each.kubernetes_groups
                ),
            )

    def _define_role(self, name: str, options: DeliveryRoleOptions, cluster_arn: str) -> iam.Role:
        trusted: list[iam.PrincipalBase] = [iam.ArnPrincipal(arn) for arn in options.trusted_principal_arns]
        if options.oidc is not None:
            trusted.append(_tokens(options.oidc))
        role = iam.Role(
            self,
            f"{name}-role",
            assumed_by=trusted[0] if len(trusted) == 1 else iam.CompositePrincipal(*trusted),
            managed_policies=[self._define_policy(name, cluster_arn)],
        )
        acknowledge_guard_rule(
            role,
            "iam_role_is_for_a_service",
            reason=f"Who can assume the role was asked for explicitly (eks.delivery_roles.{name}). It finds the "
            "cluster, and may do what role bindings of its Kubernetes groups say.",
        )
        return role

    def _define_policy(self, name: str, cluster_arn: str) -> iam.ManagedPolicy:
        """What `aws eks update-kubeconfig` and the outputs of the stack take."""
        stack = cdk.Stack.of(self)
        # IAM compares the ARN before the ID of the stack is known: `stack/<name>/*`.
        stack_arn = stack.format_arn(service="cloudformation", resource="stack", resource_name=f"{stack.stack_name}/*")
        policy = iam.ManagedPolicy(
            self,
            f"{name}-policy",
            statements=[
                iam.PolicyStatement(actions=["eks:DescribeCluster"], resources=[cluster_arn]),
                iam.PolicyStatement(actions=["cloudformation:DescribeStacks"], resources=[stack_arn]),
            ],
        )
        acknowledge(
            policy,
            wildcard_resource(policy, stack_arn),
            packs=("AwsSolutions",),
            reason="The wildcard is the ID of the stack of this name, another one whenever it is created again.",
        )
        return policy


def _tokens(options: OidcTrustOptions) -> iam.WebIdentityPrincipal:
    """Audience and subject: without, anybody at the provider has the role ("Create a role for OIDC federation")."""
    issuer = options.provider_arn.partition(":oidc-provider/")[2]
    return iam.WebIdentityPrincipal(
        options.provider_arn,
        {
            "StringEquals": {f"{issuer}:aud": options.audience},
            "StringLike": {f"{issuer}:sub": list(options.subjects)},
        },
    )
