"""Machines on premises that join a cluster as EKS Hybrid Nodes."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource
from reference_constructs.security.permissions import session_manager_statement


class HybridNodes(Construct):
    """The role of hybrid nodes, and the access entry by which they join.

    Their credentials come from a hybrid activation of AWS Systems Manager, which is no resource of CloudFormation: its
    code is a secret that is shown once. `docs/hybrid-nodes.md` has the step. IAM Roles Anywhere, the alternative, needs
    a certificate authority.

    Attributes:
        role: What AWS Systems Manager gives to each node.
        access_entry: Maps the role to the Kubernetes identity of nodes.
    """

    role: HybridNodeRole
    access_entry: eks.AccessEntry

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        image_pull_policy: iam.IManagedPolicy,
    ) -> None:
        """Define the role and the access entry.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            control_plane: What the nodes join; it must have remote networks.
            image_pull_policy: What the nodes may pull.
        """
        super().__init__(scope, construct_id)
        self.role = HybridNodeRole(
            self, "Role", cluster_arn=control_plane.cluster_arn, image_pull_policy=image_pull_policy
        )
        self.access_entry = eks.AccessEntry(
            self,
            "AccessEntry",
            cluster=control_plane.interface,
            principal=self.role.role_arn,
            access_entry_type=eks.AccessEntryType.HYBRID_LINUX,
            # Amazon EKS refuses access policies for entries of nodes ("CreateAccessEntry").
            access_policies=[],
        )

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: HybridNodesOptions) -> BoundNodes:  # noqa: ARG003 - of each kind
        """Define the nodes among those of a cluster.

        Args:
            scope: What the cluster provides.
            name: Construct ID of the nodes.
            options: That they are hybrid nodes.
        """
        nodes = cls(
            scope.group("HybridNodes"),
            name,
            control_plane=scope.control_plane,
            image_pull_policy=scope.image_pull_policy,
        )
        # No node is there before somebody joins one, so nothing can wait for it.
        return BoundNodes(ready=[], outputs={"RoleName": nodes.role.role_name})


class HybridNodeRole(iam.Role):
    """What a machine on premises may do in AWS.

    The permissions of "Prepare credentials for hybrid nodes", each no wider than it must be: `nodeadm` reads this
    cluster, and takes back the registration of machines that the activation tagged with it. In place of
    `AmazonSSMManagedInstanceCore`, which reads every parameter of the account, it has what the agent and Session
    Manager need.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, cluster_arn: str, image_pull_policy: iam.IManagedPolicy
    ) -> None:
        """Define the role.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_arn: The cluster that the nodes join, and value of the tag `EKSClusterARN` of the activation.
            image_pull_policy: What they may pull.
        """
        stack = cdk.Stack.of(scope)
        # Who assumes it is the service, for any machine of the account ("Create the IAM service role required for
        # Systems Manager in hybrid and multicloud environments").
        machines = stack.format_arn(service="ssm", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME)
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "ssm.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": machines},
                },
            ),
            managed_policies=[image_pull_policy],
        )
        self.add_managed_policy(self._define_policy(cluster_arn))

    def _define_policy(self, cluster_arn: str) -> iam.ManagedPolicy:
        instances = cdk.Stack.of(self).format_arn(service="ssm", resource="managed-instance", resource_name="*")
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            description="EKS hybrid nodes: their cluster, Pod Identity, Systems Manager",
            statements=[
                iam.PolicyStatement(
                    sid="Cluster",
                    actions=["eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity"],
                    resources=[cluster_arn],
                ),
                iam.PolicyStatement(
                    sid="Uninstall",
                    actions=["ssm:DeregisterManagedInstance"],
                    resources=[instances],
                    conditions={"StringEquals": {"ssm:resourceTag/EKSClusterARN": cluster_arn}},
                ),
                iam.PolicyStatement(sid="Describe", actions=["ssm:DescribeInstanceInformation"], resources=["*"]),
                session_manager_statement(),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="ssm:DescribeInstanceInformation and the actions of Session Manager have no resource-level "
            "permission (Service Authorization Reference). None of them changes anything but the node's own session.",
        )
        acknowledge(
            policy,
            wildcard_resource(self, instances),
            packs=("AwsSolutions",),
            reason="The IDs of managed nodes are known only after they have registered. The condition allows those of "
            "this cluster alone.",
        )
        return policy
