"""EC2 nodes that EKS creates, updates and replaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.instance_placement import place_instances
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions, NodeRepairOptions
from reference_constructs.eks.nodes.node_group_hours import NodeGroupHours
from reference_constructs.eks.nodes.user_data import acknowledge_commands, node_user_data
from reference_constructs.security.acknowledgements import acknowledge_guard_rule, acknowledge_relation

# By operating system, architecture, and accelerator, as EKS names them (AMITypes, Amazon EKS API Reference).
_AMI_TYPES: Final = {
    ("al2023", "arm64", None): "AL2023_ARM_64_STANDARD",
    ("al2023", "x86_64", None): "AL2023_x86_64_STANDARD",
    ("al2023", "arm64", "nvidia"): "AL2023_ARM_64_NVIDIA",
    ("al2023", "x86_64", "nvidia"): "AL2023_x86_64_NVIDIA",
    ("al2023", "x86_64", "neuron"): "AL2023_x86_64_NEURON",
    ("bottlerocket", "arm64", None): "BOTTLEROCKET_ARM_64",
    ("bottlerocket", "x86_64", None): "BOTTLEROCKET_x86_64",
    ("bottlerocket", "arm64", "nvidia"): "BOTTLEROCKET_ARM_64_NVIDIA",
    ("bottlerocket", "x86_64", "nvidia"): "BOTTLEROCKET_x86_64_NVIDIA",
    # The Neuron driver is in the standard AMI.
    ("bottlerocket", "x86_64", "neuron"): "BOTTLEROCKET_x86_64",
    ("windows_2019_core", "x86_64", None): "WINDOWS_CORE_2019_x86_64",
    ("windows_2019_full", "x86_64", None): "WINDOWS_FULL_2019_x86_64",
    ("windows_2022_core", "x86_64", None): "WINDOWS_CORE_2022_x86_64",
    ("windows_2022_full", "x86_64", None): "WINDOWS_FULL_2022_x86_64",
    ("windows_2025_core", "x86_64", None): "WINDOWS_CORE_2025_x86_64",
    ("windows_2025_full", "x86_64", None): "WINDOWS_FULL_2025_x86_64",
}
_OF_THE_L2: Final = {member.name.lower(): member for member in eks.NodegroupAmiType}
# What `aws_ec2.InstanceType` takes apart.
_REPAIR_ACTIONS: Final = {"no_action": "NoAction", "reboot": "Reboot", "replace": "Replace"}
_READABLE_TYPE: Final = re.compile(r"[a-z]+\d{1,2}[a-z-]*\.[a-z0-9-]+")


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
        working_hours: WorkingHoursOptions | None = None,
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
            working_hours: When there are nodes; None for always.

        Raises:
            ValueError: If the AMI type does not exist, or an AMI of one's own is for an IPv4 cluster that
                states no `service_cidr`.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._cluster_name = control_plane.cluster_name
        if options.is_windows:
            control_plane.let_eks_manage_network_interfaces()
        self._define_launch_template(control_plane, volume_key=volume_key)
        self._define_node_group(control_plane, subnets=subnets, node_role=node_role)
        self._set_what_the_l2_lacks(control_plane.kubernetes_version)
        self._admit_windows_nodes_of_an_ami(control_plane, node_role)
        self._tag()
        self._acknowledge_quick_updates()
        self._acknowledge_own_ami()
        # Nodes without their network never become ready (terraform-aws-eks issue 3001), also those of another stack.
        self.node_group.node.add_dependency(control_plane.network_add_ons)
        if working_hours is not None:
            NodeGroupHours(
                self,
                "WorkingHours",
                node_group=self.node_group,
                cluster_name=control_plane.cluster_name,
                hours=working_hours,
                min_size=options.min_size,
                desired_size=options.desired_size,
                max_size=options.max_size,
            )

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
            subnets=scope.subnets_of(options),
            node_role=scope.role_of(name, options),
            options=options,
            volume_key=scope.volume_key_of(name, options),
            working_hours=scope.working_hours,
        )
        return BoundNodes(ready=[nodes.node_group])

    def _define_launch_template(self, control_plane: ControlPlane, *, volume_key: kms.IKey | None) -> None:
        """What the node group itself cannot say: metadata service, volumes, monitoring, tags of instances.

        No security group unless one is asked for: with one in the template EKS leaves out its own, through which
        control plane, nodes and pods talk, so it is named then too. No version and, but for Capacity Blocks, no
        instance type: EKS refuses a version update that comes with any other change ("Customize managed nodes with
        launch templates").
        """
        options = self._options
        user_data = node_user_data(options, control_plane.details if options.image_id else None)
        self.launch_template = HardenedLaunchTemplate(
            self,
            "LaunchTemplate",
            operating_system=options.operating_system,
            volume_gib=options.volume_gib,
            volume_key=volume_key,
            volume_type=options.volume_type_of_location,
            user_data=ec2.UserData.custom(user_data) if user_data else None,
            security_groups=self._security_groups(control_plane),
        )
        place_instances(self.launch_template, options, vpc=control_plane.cluster.vpc)
        acknowledge_commands(self.launch_template, options)
        if options.image_id:
            self._launch_template.add_property_override("LaunchTemplateData.ImageId", options.image_id)
        if options.capacity_type == "capacity_block":
            self._start_in_the_capacity_block()

    def _security_groups(self, control_plane: ControlPlane) -> list[ec2.ISecurityGroup]:
        if not self._options.security_group_ids and not self._options.efa_interfaces:
            return []
        return [
            control_plane.cluster.cluster_security_group,
            *(
                ec2.SecurityGroup.from_security_group_id(self, group_id, group_id, mutable=False)
                for group_id in self._options.security_group_ids
            ),
        ]

    def _start_in_the_capacity_block(self) -> None:
        """All of it is in the template, the instance type too ("Create a managed node group with Capacity Blocks").

        The L2 of launch templates knows no other market than Spot.
        """
        self._launch_template.add_property_override(
            "LaunchTemplateData.InstanceMarketOptions", {"MarketType": "capacity-block"}
        )
        self._launch_template.add_property_override("LaunchTemplateData.InstanceType", self._options.instance_types[0])

    def _define_node_group(
        self, control_plane: ControlPlane, *, subnets: Sequence[ec2.ISubnet], node_role: iam.IRole
    ) -> None:
        options = self._options
        self.node_group = eks.Nodegroup(
            self,
            "NodeGroup",
            cluster=control_plane.interface,
            subnets=ec2.SubnetSelection(subnets=list(subnets)),
            node_role=node_role,
            # For Neuron, the L2 would apply the device plugin by a Lambda function.
            ami_type=_OF_THE_L2.get(self._ami_type.lower()) if self._ami_type and not options.accelerator else None,
            instance_types=self._types_that_the_l2_compares(),
            capacity_type=eks.CapacityType[options.capacity_type.upper()],
            min_size=options.min_size,
            desired_size=options.desired_size,
            max_size=options.max_size,
            labels=dict(options.labels) or None,
            taints=[
                eks.TaintSpec(key=taint.key, value=taint.value, effect=eks.TaintEffect[taint.effect])
                for taint in options.taints
            ]
            or None,
            max_unavailable=options.max_unavailable,
            max_unavailable_percentage=None if options.max_unavailable else options.max_unavailable_percent,
            enable_node_auto_repair=True,
            # The L2's default is true: updates would then ignore pod disruption budgets.
            force_update=False,
            release_version=options.release_version,
            launch_template_spec=eks.LaunchTemplateSpec(
                id=cast(str, self.launch_template.launch_template_id),
                version=self.launch_template.latest_version_number,
            ),
        )

    def _types_that_the_l2_compares(self) -> list[ec2.InstanceType] | None:
        """Those whose architecture the L2 compares with that of the AMI.

        It does not know the newest types with accelerators, warns of Amazon Linux 2 where it is given no AMI type, and
        refuses types for Windows that the user guide names no more.
        """
        options = self._options
        if options.accelerator or options.image_id or options.is_windows:
            return None
        return _readable_types(options.instance_types)

    @property
    def _ami_type(self) -> str | None:
        """None for an AMI of one's own, with which EKS takes neither type nor version.

        Raises:
            ValueError: If EKS has none.
        """
        options = self._options
        if options.image_id:
            return None
        key = (options.operating_system, options.architecture, options.accelerator)
        if key not in _AMI_TYPES:
            raise ValueError(f"there is no AMI type for {', '.join(str(part) for part in key if part)}")
        return _AMI_TYPES[key]

    def _set_what_the_l2_lacks(self, kubernetes_version: str) -> None:
        """The L2 has all else that a node group needs, so these are properties and not the L1.

        With its version, the nodes follow the control plane, which EKS does not do by itself. CloudFormation upgrades
        the cluster first, because the group refers to it.
        """
        options, resource = self._options, self._resource
        resource.ami_type = self._ami_type
        resource.version = None if options.image_id else kubernetes_version
        is_in_template = options.capacity_type == "capacity_block"
        resource.instance_types = None if is_in_template else list(options.instance_types)
        if options.update_strategy == "minimal":
            resource.add_property_override("UpdateConfig.UpdateStrategy", "MINIMAL")
        if options.node_repair != NodeRepairOptions():
            resource.node_repair_config = _node_repair(options.node_repair)
        if pool := options.warm_pool:
            resource.warm_pool_config = eks.CfnNodegroup.WarmPoolConfigProperty(
                enabled=True,
                min_size=pool.min_size,
                max_group_prepared_capacity=pool.max_prepared,
                pool_state=pool.state.upper(),
                reuse_on_scale_in=pool.reuse_on_scale_in,
            )

    def _admit_windows_nodes_of_an_ami(self, control_plane: ControlPlane, node_role: iam.IRole) -> None:
        """With an AMI of one's own, EKS takes every node for Linux, unless there is an access entry already.

        The identity of Linux nodes lacks what kube-proxy needs on Windows (terraform-aws-eks issue 2994).
        """
        if self._options.is_windows and self._options.image_id:
            entry = eks.CfnAccessEntry(
                self,
                "AccessEntry",
                cluster_name=control_plane.cluster.cluster_name,
                principal_arn=node_role.role_arn,
                type="EC2_WINDOWS",
            )
            self.node_group.node.add_dependency(entry)

    def _tag(self) -> None:
        """The CDK tags instances and volumes with the tags of the construct; its own Name is a construct path."""
        for key, value in self._options.tags.items():
            cdk.Tags.of(self).add(key, value)
        name = f"{self._cluster_name}-{self.node.id}"
        cdk.Tags.of(self.launch_template).add("Name", self._options.tags.get("Name", name))

    @property
    def _resource(self) -> eks.CfnNodegroup:
        return cast(eks.CfnNodegroup, self.node_group.node.default_child)

    @property
    def _launch_template(self) -> ec2.CfnLaunchTemplate:
        return cast(ec2.CfnLaunchTemplate, self.launch_template.node.default_child)

    def _acknowledge_quick_updates(self) -> None:
        if self._options.replaces_most_nodes_at_once:
            number, percent = self._options.max_unavailable, self._options.max_unavailable_percent
            acknowledge_relation(
                self.node_group,
                "nodes_are_replaced_in_turn",
                reason=f"The options let an update replace {number or f'{percent} percent'} of the nodes at once, for "
                "nodes whose pods may all be interrupted. Disruption budgets are respected.",
            )

    def _acknowledge_own_ami(self) -> None:
        rules = ("eks_nodes_run_a_supported_system", "eks_node_group_version_is_stated_and_supported")
        for rule in rules if self._options.image_id else ():
            acknowledge_guard_rule(
                self.node_group,
                rule,
                reason=f"An AMI of one's own was asked for explicitly (image_id), for "
                f"{self._options.operating_system}; EKS takes neither AMI type nor version with it.",
            )


def _readable_types(names: Sequence[str]) -> list[ec2.InstanceType] | None:
    """The types for the L2, which compares their architecture with that of the AMI.

    It cannot read a name such as u7in-16tb.224xlarge; then EKS alone compares.
    """
    return [ec2.InstanceType(name) for name in names] if all(map(_READABLE_TYPE.fullmatch, names)) else None


def _node_repair(options: NodeRepairOptions) -> eks.CfnNodegroup.NodeRepairConfigProperty:
    return eks.CfnNodegroup.NodeRepairConfigProperty(
        enabled=True,
        max_unhealthy_node_threshold_count=options.max_unhealthy_count,
        max_unhealthy_node_threshold_percentage=options.max_unhealthy_percent,
        max_parallel_nodes_repaired_count=options.max_parallel_count,
        max_parallel_nodes_repaired_percentage=options.max_parallel_percent,
        node_repair_config_overrides=[
            eks.CfnNodegroup.NodeRepairConfigOverridesProperty(
                node_monitoring_condition=each.condition,
                node_unhealthy_reason=each.reason,
                min_repair_wait_time_mins=each.wait_minutes,
                repair_action=_REPAIR_ACTIONS[each.action],
            )
            for each in options.overrides
        ]
        or None,
    )
