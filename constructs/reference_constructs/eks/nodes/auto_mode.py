"""Nodes that Amazon EKS starts, patches, and ends by itself."""

from __future__ import annotations

from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.security.acknowledgements import acknowledge


class AutoMode(Construct):
    """EKS Auto Mode on a control plane: compute, storage, and load balancing, which are on together or off together.

    Built-in node pools and those of one's own have a role each. Amazon EKS makes the access entry for the role of the
    built-in node pools itself, and refuses a second one; for any other role there must be one (terraform-aws-eks issue
    3241). With two roles, node pools can be added and removed on either side and no access entry is anybody else's.

    Turning Auto Mode on or off updates the cluster in place. Turning it off ends all of its nodes and load balancers
    and leaves its volumes ("Disable EKS Auto Mode"), as deleting the cluster does.

    Attributes:
        built_in_role: Role of nodes of the built-in node pools; None without them.
        node_role: Role of nodes of node pools of one's own; None without them.
    """

    built_in_role: iam.Role | None
    node_role: iam.Role | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        image_pull_policy: iam.IManagedPolicy,
        options: AutoModeOptions,
    ) -> None:
        """Turn Auto Mode on.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            control_plane: What gets Auto Mode.
            image_pull_policy: What the nodes may pull.
            options: Node pools.
        """
        super().__init__(scope, construct_id)
        self._policy = self._define_policy(control_plane)
        self._image_pull_policy = image_pull_policy
        self.built_in_role = self._define_role("BuiltInRole") if options.built_in_node_pools else None
        self.node_role = self._define_role("NodeRole") if options.node_pools else None
        control_plane.enable_auto_mode(built_in_node_pools=options.built_in_node_pools, node_role=self.built_in_role)
        if self.node_role is not None:
            self._admit(self.node_role, control_plane)
            tag_policy = TagPolicy(self, "TagPolicy", cluster_name=control_plane.cluster_name)
            control_plane.role.add_managed_policy(tag_policy)

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: AutoModeOptions) -> BoundNodes:
        """Turn Auto Mode on for a cluster.

        Args:
            scope: What the cluster provides.
            name: Name of the entry; part of no ID, because a cluster has one.
            options: Node pools.
        """
        del name
        auto_mode = cls(
            scope.cluster,
            "AutoMode",
            control_plane=scope.control_plane,
            image_pull_policy=scope.image_pull_policy,
            options=options,
        )
        if auto_mode.node_role is None:
            return BoundNodes(ready=[])
        values = {"AutoModeNodeRole": auto_mode.node_role.role_name, **scope.network_values}
        # Other nodes have them by the configuration of the VPC CNI add-on.
        pods = {"PodSubnets": ",".join(scope.pod_subnets.values())} if scope.pod_subnets else {}
        return BoundNodes(ready=[], values=values | pods)

    def _define_policy(self, control_plane: ControlPlane) -> iam.ManagedPolicy:
        """What `AmazonEKSWorkerNodeMinimalPolicy` allows, for this cluster alone.

        Images are the other policy's. Nothing else is needed: network and storage are the control plane's, and there
        are no sessions on such nodes ("Amazon EKS Auto Mode node IAM role").
        """
        return iam.ManagedPolicy(
            self,
            "Policy",
            description="EKS Auto Mode nodes: Pod Identity",
            statements=[
                iam.PolicyStatement(
                    sid="PodIdentityAgent",
                    actions=["eks-auth:AssumeRoleForPodIdentity"],
                    resources=[control_plane.cluster_arn],
                )
            ],
        )

    def _define_role(self, construct_id: str) -> iam.Role:
        return iam.Role(
            self,
            construct_id,
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[self._image_pull_policy, self._policy],
        )

    def _admit(self, role: iam.Role, control_plane: ControlPlane) -> None:
        """Let nodes with the role join: "Create a Node Class for Amazon EKS", considerations."""
        eks.AccessEntry(
            self,
            "AccessEntry",
            cluster=control_plane.interface,
            principal=role.role_arn,
            access_entry_type=eks.AccessEntryType.EC2,
            access_policies=[
                eks.AccessPolicy.from_access_policy_name(
                    "AmazonEKSAutoNodePolicy", access_scope_type=eks.AccessScopeType.CLUSTER
                )
            ],
        )


class TagPolicy(iam.ManagedPolicy):
    """Lets the control plane start instances that have tags of one's own.

    The managed policies allow no tags but those of Amazon EKS, and without this no instance of a node class with others
    starts ("Custom AWS tags for EKS Auto resources"; containers-roadmap issue 2487). Volumes of pods and load balancers
    are not in it: their tags are in manifests that are not made here.
    """

    def __init__(self, scope: Construct, construct_id: str, *, cluster_name: str) -> None:
        """Define the policy.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster_name: Whose instances they are.
        """
        of_cluster = {"aws:RequestTag/eks:eks-cluster-name": cluster_name}
        super().__init__(
            scope,
            construct_id,
            description="EKS Auto Mode: instances with tags",
            statements=[
                iam.PolicyStatement(
                    sid="Compute",
                    actions=["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"],
                    resources=["*"],
                    conditions={
                        "StringEquals": of_cluster,
                        "StringLike": {
                            "aws:RequestTag/eks:kubernetes-node-class-name": "*",
                            "aws:RequestTag/eks:kubernetes-node-pool-name": "*",
                        },
                    },
                ),
                iam.PolicyStatement(
                    sid="Network",
                    actions=["ec2:CreateNetworkInterface"],
                    resources=["*"],
                    conditions={
                        "StringEquals": of_cluster,
                        "StringLike": {"aws:RequestTag/eks:kubernetes-cni-node-name": "*"},
                    },
                ),
            ],
        )
        acknowledge(
            self,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="What is created has no ARN before. The conditions ask for tags that only EKS Auto Mode sets, with "
            "the name of this cluster, as in the policy that AWS documents (Custom AWS tags for EKS Auto resources).",
        )
