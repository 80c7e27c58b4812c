"""EC2 nodes in an Auto Scaling group of the account, which join the cluster by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.compute.mixed_instances import acknowledge_unread_launch_template, mixed_instances_policy
from reference_constructs.compute.working_hours import empty_after_work
from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.instance_placement import place_instances
from reference_constructs.eks.nodes.node_images import node_image_parameter
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from reference_constructs.eks.nodes.user_data import acknowledge_commands, node_user_data
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule

# Until a node has joined, and its pods have started.
_INSTANCE_WARMUP_SECONDS: Final = 180


class SelfManagedNodes(Construct):
    """Nodes with IMDSv2, encrypted volumes, and a role of their own, of On-Demand and Spot Instances together.

    The AMI is resolved by EC2 when an instance starts, from the public parameter for the Kubernetes version: a new node
    is patched, and a deployment of something else never replaces nodes. A new version changes the launch template,
    which refers to the cluster and so follows it; then an instance refresh replaces the nodes and CloudFormation waits
    for it. A rolling update would need a signal from each node instead. Nodes that fail to start fail the refresh, and
    the rollback starts another with the launch template of before, which leaves the control plane as it is.

    What EKS does for managed node groups is here: the access entry, before the first node; the cluster security group;
    and the tag by which controllers know the nodes of a cluster ("Create self-managed Amazon Linux nodes").

    The desired capacity is not stated: it belongs to whatever scales the nodes, and is the minimum at creation.

    Attributes:
        auto_scaling_group: The nodes.
        launch_template: What every node is started from.
        access_entry: Admits the role to the cluster; None in a local cluster, where the ConfigMap `aws-auth` does.
    """

    auto_scaling_group: autoscaling.AutoScalingGroup
    launch_template: HardenedLaunchTemplate
    access_entry: eks.CfnAccessEntry | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        subnets: Sequence[ec2.ISubnet],
        node_role: iam.IRole,
        options: SelfManagedNodesOptions,
        volume_key: kms.IKey | None = None,
        working_hours: WorkingHoursOptions | None = None,
    ) -> None:
        """Define the nodes.

        Args:
            scope: Parent.
            construct_id: ID in the parent; also part of the nodes' Name tag.
            control_plane: What the nodes join; its options state `service_cidr`, unless its pods have IPv6 addresses.
            subnets: Private ones, in the Region, in a Local Zone, or on an Outpost.
            node_role: Role of these nodes alone: it gets an access entry here, and a role has one alone.
            options: What differs between two groups.
            volume_key: Encrypts the volumes; its policy must admit EBS. Without it `aws/ebs` does.
            working_hours: When there are nodes; None for always.

        Raises:
            ValueError: If there is no AMI, or the IPv4 cluster has no `service_cidr`.
        """
        super().__init__(scope, construct_id)
        self._options = options
        if options.is_windows:
            control_plane.let_eks_manage_network_interfaces()
        self._admit_nodes(control_plane, node_role)
        self._define_launch_template(control_plane, node_role, volume_key)
        self._define_auto_scaling_group(control_plane.cluster.vpc, subnets)
        self._tag(control_plane.cluster_name)
        self._acknowledge_findings()
        self._acknowledge_price_of_spot()
        self._acknowledge_little_choice(len(subnets))
        self.auto_scaling_group.node.add_dependency(control_plane.network_add_ons)
        if self.access_entry is not None:
            self.auto_scaling_group.node.add_dependency(self.access_entry)
        if working_hours is not None:
            empty_after_work(
                self.auto_scaling_group, working_hours, min_size=options.min_size, max_size=options.max_size
            )

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: SelfManagedNodesOptions) -> BoundNodes:
        """Define the nodes among those of a cluster.

        Args:
            scope: What the cluster provides.
            name: Construct ID of the nodes.
            options: What differs between two groups.
        """
        node_role = scope.role_of(name, options)
        nodes = cls(
            scope.group("SelfManagedNodes"),
            name,
            control_plane=scope.control_plane,
            subnets=scope.subnets_of(options),
            node_role=node_role,
            options=options,
            volume_key=scope.volume_key_of(name, options),
            working_hours=scope.working_hours,
        )
        admitted = nodes.access_entry is not None
        return BoundNodes(ready=[nodes.auto_scaling_group], role_arns_to_admit=[] if admitted else [node_role.role_arn])

    def _admit_nodes(self, control_plane: ControlPlane, node_role: iam.IRole) -> None:
        """The L2 knows no type for Windows nodes."""
        if control_plane.is_local:
            self.access_entry = None
            return
        self.access_entry = eks.CfnAccessEntry(
            self,
            "AccessEntry",
            cluster_name=control_plane.cluster.cluster_name,
            principal_arn=node_role.role_arn,
            type="EC2_WINDOWS" if self._options.is_windows else "EC2_LINUX",
        )

    def _define_launch_template(
        self, control_plane: ControlPlane, node_role: iam.IRole, volume_key: kms.IKey | None
    ) -> None:
        options = self._options
        self.launch_template = HardenedLaunchTemplate(
            self,
            "LaunchTemplate",
            operating_system=options.operating_system,
            volume_gib=options.volume_gib,
            volume_key=volume_key,
            volume_type=options.volume_type_of_location,
            machine_image=self._image(control_plane.kubernetes_version),
            user_data=ec2.UserData.custom(node_user_data(options, control_plane.details)),
            role=node_role,
            security_group=control_plane.cluster.cluster_security_group,
            security_groups=[
                ec2.SecurityGroup.from_security_group_id(self, group_id, group_id, mutable=False)
                for group_id in options.security_group_ids
            ],
        )
        place_instances(self.launch_template, options, vpc=control_plane.cluster.vpc)
        acknowledge_commands(self.launch_template, options)

    def _image(self, kubernetes_version: str) -> ec2.IMachineImage:
        if self._options.image_id:
            # Images are looked up by the Region of the stack, which is stated for every environment.
            return ec2.MachineImage.generic_linux({cdk.Stack.of(self).region: self._options.image_id})
        return ec2.MachineImage.resolve_ssm_parameter_at_launch(
            node_image_parameter(self._options, kubernetes_version),
            os=ec2.OperatingSystemType.WINDOWS if self._options.is_windows else ec2.OperatingSystemType.LINUX,
        )

    def _define_auto_scaling_group(self, vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet]) -> None:
        options = self._options
        self.auto_scaling_group = autoscaling.AutoScalingGroup(
            self,
            "AutoScalingGroup",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            min_capacity=options.min_size,
            max_capacity=options.max_size,
            mixed_instances_policy=mixed_instances_policy(
                self.launch_template,
                instance_types=options.instance_types,
                on_demand_base=options.on_demand_base,
                on_demand_percent_above_base=options.on_demand_percent_above_base,
                spot_allocation_strategy=options.spot_allocation_strategy,
                spot_instance_pools=options.spot_instance_pools,
                spot_max_price=options.spot_max_price,
            ),
            group_metrics=[autoscaling.GroupMetrics.all()],
            default_instance_warmup=cdk.Duration.seconds(_INSTANCE_WARMUP_SECONDS),
            update_policy=self._update_policy(),
        )

    def _update_policy(self) -> autoscaling.UpdatePolicy:
        percent, ends_first = self._options.max_unavailable_percent, self._options.update_strategy == "minimal"
        return autoscaling.UpdatePolicy.instance_refresh(
            strategy=autoscaling.InstanceRefreshStrategy.ROLLING,
            min_healthy_percentage=100 - percent if ends_first else 100,
            max_healthy_percentage=100 if ends_first else 100 + percent,
            # The default is true in this policy, and Auto Scaling refuses it with an AMI from a parameter: "Use AWS
            # Systems Manager parameters instead of AMI IDs in launch templates".
            skip_matching=False,
            # Somebody may have protected an instance; the default waits an hour for it, then fails the update.
            scale_in_protected_instances=autoscaling.ScaleInProtectedInstances.REFRESH,
        )

    def _tag(self, cluster_name: str) -> None:
        """The CDK tags instances and volumes with the tags of the construct; its own Name is a construct path."""
        for key, value in self._options.tags.items():
            cdk.Tags.of(self).add(key, value)
        name = self._options.tags.get("Name", f"{cluster_name}-{self.node.id}")
        for tagged in (self.launch_template, self.auto_scaling_group):
            cdk.Tags.of(tagged).add("Name", name)
        cdk.Tags.of(self.auto_scaling_group).add(
            f"kubernetes.io/cluster/{cluster_name}", "owned", apply_to_launched_instances=True
        )

    def _acknowledge_findings(self) -> None:
        group = self.auto_scaling_group
        acknowledge_unread_launch_template(group)
        acknowledge(
            group,
            "AS3",
            packs=("AwsSolutions",),
            reason="Autoscaling starts and stops nodes all day; a notification for each would bury the alarms. "
            "CloudTrail and the group's activity history record every one.",
        )

    def _acknowledge_price_of_spot(self) -> None:
        if self._options.spot_max_price is not None or self._options.spot_allocation_strategy == "lowest_price":
            acknowledge_guard_rule(
                self.auto_scaling_group,
                "autoscaling_spot_instances_are_interrupted_seldom",
                reason="The options limit the price of Spot Instances, or choose them by the lowest price alone.",
            )

    def _acknowledge_little_choice(self, subnets: int) -> None:
        types = self._options.instance_types
        if len(types) == 1 or subnets == 1:
            acknowledge_guard_rule(
                self.auto_scaling_group,
                "autoscaling_group_has_types_and_zones_to_choose_from",
                reason=f"Nodes of {', '.join(types)} in {subnets} subnets, by choice of the options: capacity that is "
                "reserved, or a place with one subnet. With Spot Instances of one type, the checks warn.",
            )
