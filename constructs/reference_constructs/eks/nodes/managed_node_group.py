"""EC2 nodes that EKS creates, updates and replaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.managed_node_group_options import (
    MOST_NODES_OF_AN_UPDATE_PERCENT,
    ManagedNodeGroupOptions,
)
from reference_constructs.security.acknowledgements import acknowledge_relation

_AMI_TYPES = {
    ("al2023", "arm64"): eks.NodegroupAmiType.AL2023_ARM_64_STANDARD,
    ("al2023", "x86_64"): eks.NodegroupAmiType.AL2023_X86_64_STANDARD,
    ("bottlerocket", "arm64"): eks.NodegroupAmiType.BOTTLEROCKET_ARM_64,
    ("bottlerocket", "x86_64"): eks.NodegroupAmiType.BOTTLEROCKET_X86_64,
}
_CAPACITY_TYPES = {"on_demand": eks.CapacityType.ON_DEMAND, "spot": eks.CapacityType.SPOT}


class ManagedNodeGroup(Construct):
    """Nodes with IMDSv2, encrypted volumes and no role that a pod could take.

    They come after the add-ons that they need, of whatever cluster the control plane is part of.

    Neither group nor launch template has a name, so CloudFormation can replace them: a new group is made
    before the old one is drained.

    Attributes:
        launch_template: What every node is started from.
        node_group: The L2.
    """

    launch_template: HardenedLaunchTemplate
    node_group: eks.Nodegroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        subnets: Sequence[ec2.ISubnet],
        node_role: iam.IRole,
        options: ManagedNodeGroupOptions,
        volume_key: kms.IKey | None = None,
    ) -> None:
        """Define the node group.

        Args:
            scope: Parent.
            construct_id: ID in the parent; also part of the nodes' Name tag.
            control_plane: What the nodes join.
            subnets: Private ones.
            node_role: Role of the nodes, such as `EksCluster.node_role`.
            options: What differs between two groups.
            volume_key: Encrypts the volumes; its policy must admit EBS. Without it `aws/ebs` does.
        """
        super().__init__(scope, construct_id)
        self._define_launch_template(
            name_tag=f"{control_plane.cluster_name}-{construct_id}", options=options, volume_key=volume_key
        )
        self._define_node_group(control_plane, subnets=subnets, node_role=node_role, options=options)
        self._tie_version(control_plane.kubernetes_version)
        self._acknowledge_quick_updates(options.max_unavailable_percent)
        # Nodes without their network never become ready (terraform-aws-eks issue 3001), also those of another stack.
        self.node_group.node.add_dependency(control_plane.network_add_ons)

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: ManagedNodeGroupOptions) -> BoundNodes:
        """Define the node group among those of a cluster.

        Args:
            scope: What the cluster provides.
            name: Construct ID of the node group.
            options: What differs between two groups.
        """
        nodes = cls(
            scope.group("NodeGroups"),
            name,
            control_plane=scope.control_plane,
            subnets=scope.subnets,
            node_role=scope.node_role(),
            options=options,
            volume_key=scope.volume_key,
        )
        return BoundNodes(ready=[nodes.node_group])

    def _define_launch_template(
        self, *, name_tag: str, options: ManagedNodeGroupOptions, volume_key: kms.IKey | None
    ) -> None:
        """What the node group itself cannot say: metadata service, volumes, monitoring, tags of instances.

        No security group: with one in the template EKS would leave out its own, through which control plane,
        nodes and pods talk. No instance type and no version either: EKS refuses a version update that comes
        with any other change ("Customize managed nodes with launch templates").
        """
        self.launch_template = HardenedLaunchTemplate(
            self,
            "LaunchTemplate",
            operating_system=options.operating_system,
            volume_gib=options.volume_gib,
            volume_key=volume_key,
            user_data=_kubelet_settings(options) if options.max_pods else None,
        )
        # The CDK tags instances and volumes with the tags of the construct; its own Name is a construct path.
        cdk.Tags.of(self.launch_template).add("Name", name_tag)

    def _define_node_group(
        self,
        control_plane: ControlPlane,
        *,
        subnets: Sequence[ec2.ISubnet],
        node_role: iam.IRole,
        options: ManagedNodeGroupOptions,
    ) -> None:
        self.node_group = eks.Nodegroup(
            self,
            "NodeGroup",
            cluster=control_plane.interface,
            subnets=ec2.SubnetSelection(subnets=list(subnets)),
            node_role=node_role,
            ami_type=_AMI_TYPES[options.operating_system, options.architecture],
            instance_types=[ec2.InstanceType(name) for name in options.instance_types],
            capacity_type=_CAPACITY_TYPES[options.capacity_type],
            min_size=options.min_size,
            desired_size=options.desired_size,
            max_size=options.max_size,
            labels=dict(options.labels) or None,
            taints=[
                eks.TaintSpec(key=taint.key, value=taint.value, effect=eks.TaintEffect[taint.effect])
                for taint in options.taints
            ]
            or None,
            max_unavailable_percentage=options.max_unavailable_percent,
            enable_node_auto_repair=True,
            # The L2's default is true: updates would then ignore pod disruption budgets.
            force_update=False,
            launch_template_spec=eks.LaunchTemplateSpec(
                id=cast(str, self.launch_template.launch_template_id),
                version=self.launch_template.latest_version_number,
            ),
        )

    def _tie_version(self, kubernetes_version: str) -> None:
        """Let the nodes follow the control plane, which EKS does not do by itself.

        The L2 has no `version` but all else that a node group needs, so this is one property and not the L1.
        CloudFormation upgrades the cluster first, because the group refers to it.
        """
        resource = cast(eks.CfnNodegroup, self.node_group.node.default_child)
        resource.version = kubernetes_version

    def _acknowledge_quick_updates(self, max_unavailable_percent: int) -> None:
        if max_unavailable_percent > MOST_NODES_OF_AN_UPDATE_PERCENT:
            acknowledge_relation(
                self.node_group,
                "nodes_are_replaced_in_turn",
                reason=f"The options let an update replace {max_unavailable_percent} percent of the nodes at once, for "
                "nodes whose pods may all be interrupted. Disruption budgets are respected.",
            )


def _kubelet_settings(options: ManagedNodeGroupOptions) -> ec2.UserData:
    """Settings that EKS merges with its own, in the form of the operating system.

    "Customize managed nodes with launch templates", Amazon EC2 user data; "Merging multiple configuration objects",
    nodeadm; eksctl issue 8037, whose code sets `maxPods` in the same way.
    """
    if options.operating_system == "bottlerocket":
        return ec2.UserData.custom(f"[settings.kubernetes]\nmax-pods = {options.max_pods}\n")
    return ec2.UserData.custom(
        "\n".join(
            [
                "MIME-Version: 1.0",
                'Content-Type: multipart/mixed; boundary="BOUNDARY"',
                "",
                "--BOUNDARY",
                "Content-Type: application/node.eks.aws",
                "",
                "---",
                "apiVersion: node.eks.aws/v1alpha1",
                "kind: NodeConfig",
                "spec:",
                "  kubelet:",
                "    config:",
                f"      maxPods: {options.max_pods}",
                "",
                "--BOUNDARY--",
                "",
            ]
        )
    )
