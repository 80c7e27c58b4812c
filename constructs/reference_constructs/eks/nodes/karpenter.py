"""What Karpenter needs of AWS: it starts and ends nodes from inside of the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.interruption_queue import InterruptionQueue
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.karpenter_permissions import DiscoveryPolicy, NodeLifecyclePolicy
from reference_constructs.eks.nodes.node_role import NodeRole
from reference_constructs.eks.pod_identity_role import PodIdentityRole

# In kube-system, where the API server puts its requests before others ("Preventing APIServer Request Throttling").
NAMESPACE: Final = "kube-system"
SERVICE_ACCOUNT: Final = "karpenter"


class Karpenter(Construct):
    """Role and instance profile of nodes, the identity of the controller, and its interruption queue.

    The instance profile is made here and given to each EC2NodeClass, instead of a role from which Karpenter makes
    profiles: the controller needs no permission to make any, and no route to IAM, which has no VPC endpoint
    ("EC2NodeClass", spec.instanceProfile).

    The role of the nodes is not that of managed node groups: Amazon EKS makes and deletes the access entry of theirs,
    and the one here is ours.

    Attributes:
        node_role: Role of the nodes.
        instance_profile: With that role.
        controller_role: What the controller may do.
        interruptions: Notices of instances that are about to end.
    """

    node_role: NodeRole
    instance_profile: iam.InstanceProfile
    controller_role: PodIdentityRole
    interruptions: InterruptionQueue

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        subnets: Sequence[ec2.ISubnet],
        image_pull_policy: iam.IManagedPolicy,
    ) -> None:
        """Define what Karpenter needs.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            control_plane: What the nodes join.
            subnets: Private ones, where nodes may be.
            image_pull_policy: What the nodes may pull.
        """
        super().__init__(scope, construct_id)
        self._control_plane = control_plane
        self.interruptions = InterruptionQueue(self, "Interruptions")
        self.node_role = NodeRole(
            self, "NodeRole", cluster_arn=control_plane.cluster_arn, image_pull_policy=image_pull_policy
        )
        self.instance_profile = iam.InstanceProfile(self, "InstanceProfile", role=cast(iam.IRole, self.node_role))
        self._admit_nodes()
        self._define_controller_role(subnets)

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: KarpenterOptions) -> BoundNodes:
        """Define what Karpenter needs in a cluster.

        Args:
            scope: What the cluster provides.
            name: Name of the entry; part of no ID, because a cluster has one.
            options: Node pools, which are in the manifests alone.
        """
        del name, options
        karpenter = cls(
            scope.cluster,
            "Karpenter",
            control_plane=scope.control_plane,
            subnets=scope.subnets,
            image_pull_policy=scope.image_pull_policy,
        )
        values = {
            "KarpenterInstanceProfile": karpenter.instance_profile.instance_profile_name,
            "KarpenterInterruptionQueue": karpenter.interruptions.queue.queue_name,
            **scope.network_values,
        }
        return BoundNodes(ready=[], values=values)

    def _admit_nodes(self) -> None:
        """Nodes that nobody but us knows of have no access entry by themselves ("Create access entries")."""
        eks.AccessEntry(
            self,
            "AccessEntry",
            cluster=self._control_plane.interface,
            principal=self.node_role.role_arn,
            access_entry_type=eks.AccessEntryType.EC2_LINUX,
            access_policies=[],
        )

    def _define_controller_role(self, subnets: Sequence[ec2.ISubnet]) -> None:
        self.controller_role = PodIdentityRole(
            self,
            "ControllerRole",
            cluster_arn=self._control_plane.cluster_arn,
            namespace=NAMESPACE,
            service_account=SERVICE_ACCOUNT,
            managed_policies=[
                NodeLifecyclePolicy(
                    self,
                    "NodeLifecyclePolicy",
                    control_plane=self._control_plane,
                    subnet_ids=[subnet.subnet_id for subnet in subnets],
                    security_group_ids=[self._control_plane.cluster.cluster_security_group_id],
                    node_role=cast(iam.IRole, self.node_role),
                ),
                DiscoveryPolicy(
                    self,
                    "DiscoveryPolicy",
                    control_plane=self._control_plane,
                    queue_arn=self.interruptions.queue.queue_arn,
                ),
            ],
        )
        eks.CfnPodIdentityAssociation(
            self,
            "ControllerIdentity",
            cluster_name=self._control_plane.cluster.cluster_name,
            namespace=NAMESPACE,
            service_account=SERVICE_ACCOUNT,
            role_arn=self.controller_role.role_arn,
        )
