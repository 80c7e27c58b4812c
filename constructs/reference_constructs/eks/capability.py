"""Controllers that AWS runs for a cluster: ACK, Argo CD, and kro."""

from __future__ import annotations

from typing import Final, Literal

import aws_cdk as cdk
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.capability_options import ArgoCdOptions, CapabilityOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.control_plane_options import AccessEntryOptions
from reference_constructs.security.stated_permissions import (
    acknowledge_stated,
    acknowledge_stated_policies,
    managed_policies,
    policy_statements,
)

CapabilityType = Literal["ack", "argocd", "kro"]
_NAMES: Final[dict[CapabilityType, str]] = {"ack": "ACK", "argocd": "ARGOCD", "kro": "KRO"}


class Capability(Construct):
    """An EKS capability with its role ("Amazon EKS capability IAM role"). There is no L2.

    EKS gives the role an access entry. Where access policies are stated, the entry is made first, and EKS finds it
    (aws-samples/appmod-blueprints pull request 804); an entry after the capability would be a second one for the role.

    CloudFormation knows one way to delete a capability, `RETAIN`: what it made, in Kubernetes and in AWS, stays. Delete
    the objects first ("Delete a capability").

    Attributes:
        role: What the capability does in AWS.
        capability: The L1.
    """

    role: iam.Role
    capability: eks.CfnCapability

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        capability_type: CapabilityType,
        options: CapabilityOptions,
        control_plane: ControlPlane,
    ) -> None:
        """Define the capability.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            capability_type: What it is.
            options: Permissions, and what is special of the type.
            control_plane: The cluster.
        """
        super().__init__(scope, construct_id)
        self._key = f"eks.capabilities.{capability_type}"
        self._define_role(options)
        self._define_capability(capability_type, options, control_plane)
        self._add_access_policies(capability_type, options, control_plane)
        for key, value in options.tags.items():
            cdk.Tags.of(self).add(key, value)

    def _define_role(self, options: CapabilityOptions) -> None:
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "capabilities.eks.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": cdk.Stack.of(self).account}},
            ).with_session_tags(),
            managed_policies=managed_policies(self, "Managed", options.policy_arns),
        )
        acknowledge_stated_policies(self.role, options.policy_arns, key=f"{self._key}.policy_arns")
        if options.statements:
            policy = iam.ManagedPolicy(self, "Policy", statements=policy_statements(options.statements))
            acknowledge_stated(
                policy,
                options.statements,
                key=f"{self._key}.statements",
                needed_by="what the capability does of what it names. Only Amazon EKS assumes the role.",
            )
            self.role.add_managed_policy(policy)

    def _define_capability(
        self, capability_type: CapabilityType, options: CapabilityOptions, control_plane: ControlPlane
    ) -> None:
        self.capability = eks.CfnCapability(
            self,
            "Capability",
            capability_name=capability_type,
            cluster_name=control_plane.cluster.cluster_name,
            type=_NAMES[capability_type],
            role_arn=self.role.role_arn,
            delete_propagation_policy="RETAIN",
            configuration=self._argo_cd(options) if isinstance(options, ArgoCdOptions) else None,
        )

    def _argo_cd(self, options: ArgoCdOptions) -> eks.CfnCapability.CapabilityConfigurationProperty:
        roles = {"ADMIN": options.admins, "EDITOR": options.editors, "VIEWER": options.viewers}
        identities = {
            role: [("SSO_USER", each) for each in who.user_ids] + [("SSO_GROUP", each) for each in who.group_ids]
            for role, who in roles.items()
        }
        return eks.CfnCapability.CapabilityConfigurationProperty(
            argo_cd=eks.CfnCapability.ArgoCdProperty(
                namespace=options.namespace,
                aws_idc=eks.CfnCapability.AwsIdcProperty(
                    idc_instance_arn=options.identity_center_arn,
                    idc_region=options.identity_center_region or cdk.Stack.of(self).region,
                ),
                rbac_role_mappings=[
                    eks.CfnCapability.ArgoCdRoleMappingProperty(
                        role=role,
                        identities=[eks.CfnCapability.SsoIdentityProperty(id=each, type=kind) for kind, each in who],
                    )
                    for role, who in identities.items()
                    if who
                ]
                or None,
            )
        )

    def _add_access_policies(
        self, capability_type: CapabilityType, options: CapabilityOptions, control_plane: ControlPlane
    ) -> None:
        if options.access_policies:
            entry = control_plane.add_access_entry(
                f"capability-{capability_type}",
                AccessEntryOptions.model_construct(principal_arn=self.role.role_arn, policies=options.access_policies),
            )
            self.capability.node.add_dependency(entry)
