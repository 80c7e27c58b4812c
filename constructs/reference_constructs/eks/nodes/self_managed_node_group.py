"""EC2 nodes of an Auto Scaling group of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.instance_placement import place_instances
from reference_constructs.eks.nodes.node_images import image_parameter
from reference_constructs.eks.nodes.node_role import NodeRole
from reference_constructs.eks.nodes.self_managed_node_group_options import SelfManagedNodeGroupOptions
from reference_constructs.eks.nodes.user_data import node_user_data
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule, acknowledge_relation

# From the start of an instance until its node is ready and has its add-ons; EC2 is content long before.
_INSTANCE_WARMUP_SECONDS = 300
_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "PREFER_NO_SCHEDULE": "PreferNoSchedule", "NO_EXECUTE": "NoExecute"}


class SelfManagedNodeGroup(Construct):
    """An Auto Scaling group on a hardened launch template, whose instances join a cluster by an access entry.

    EKS does nothing for these nodes, so what it would do is here: complete user data, the security group of the
    cluster, the tag by which the VPC CNI knows its instances, and an access entry for a role that no other nodes have,
    because EKS makes those of managed node groups itself and knows a role by one type only ("Create access entries").

    The image is resolved by EC2 when an instance starts: a new instance is patched, and a deployment of something else
    never replaces nodes. A change of the launch template, such as a Kubernetes version, is an instance refresh: new
    nodes first, then old ones end. Auto Scaling neither drains nodes nor sees whether they joined (docs/adr/0020).

    Deletion ends the instances before their access entry and the network add-ons go, so nothing of the VPC CNI stays.

    Attributes:
        auto_scaling_group: The instances.
        launch_template: What every instance is started from.
        role: Of the instances; its policies are those of other nodes.
        access_entry: Maps the role to the Kubernetes identity of nodes.
    """

    auto_scaling_group: autoscaling.AutoScalingGroup
    launch_template: HardenedLaunchTemplate
    role: iam.IRole
    access_entry: eks.AccessEntry

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        control_plane: ControlPlane,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        image_pull_policy: iam.IManagedPolicy,
        options: SelfManagedNodeGroupOptions,
        volume_key: kms.IKey | None = None,
    ) -> None:
        """Define the nodes.

        Args:
            scope: Parent.
            construct_id: ID in the parent; also part of the nodes' Name tag.
            control_plane: What the nodes join; its options must state `service_cidr`.
            vpc: Network of the subnets.
            subnets: Private ones.
            image_pull_policy: What the nodes may pull.
            options: What differs between two groups.
            volume_key: Encrypts the volumes; its policy must admit EBS. Without it `aws/ebs` does.

        Raises:
            ValueError: If the cluster does not state `service_cidr`, or AWS has no such image.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._control_plane = control_plane
        if options.is_windows:
            control_plane.let_eks_manage_network_interfaces()
        self._define_role(image_pull_policy)
        self._define_launch_template(vpc, volume_key)
        self._define_auto_scaling_group(vpc, subnets)
        self._tag()
        self._acknowledge_findings(subnets)
        # Nodes without their network are never ready, and without an entry they are nobody.
        self.auto_scaling_group.node.add_dependency(control_plane.network_add_ons, self.access_entry)

    @classmethod
    def bind(cls, scope: NodeScope, name: str, options: SelfManagedNodeGroupOptions) -> BoundNodes:
        """Define the nodes among those of a cluster.

        Args:
            scope: What the cluster provides.
            name: Construct ID of the nodes.
            options: What differs between two groups.
        """
        nodes = cls(
            scope.group("SelfManagedNodes"),
            name,
            control_plane=scope.control_plane,
            vpc=scope.vpc,
            subnets=scope.subnets_of(options),
            image_pull_policy=scope.image_pull_policy,
            options=options,
            volume_key=scope.volume_key,
        )
        return BoundNodes(ready=[nodes.auto_scaling_group])

    def _define_role(self, image_pull_policy: iam.IManagedPolicy) -> None:
        self.role = NodeRole(
            self,
            "Role",
            cluster_arn=self._control_plane.cluster_arn,
            image_pull_policy=image_pull_policy,
            policy_arns=self._options.policy_arns,
        )
        is_windows = self._options.is_windows
        self.access_entry = eks.AccessEntry(
            self,
            "AccessEntry",
            cluster=self._control_plane.interface,
            principal=self.role.role_arn,
            access_entry_type=eks.AccessEntryType.EC2_WINDOWS if is_windows else eks.AccessEntryType.EC2_LINUX,
            # Amazon EKS refuses access policies for entries of nodes ("CreateAccessEntry").
            access_policies=[],
        )

    def _define_launch_template(self, vpc: ec2.IVpc, volume_key: kms.IKey | None) -> None:
        options, cluster = self._options, self._control_plane.cluster
        groups = [
            cluster.cluster_security_group,
            *(
                ec2.SecurityGroup.from_security_group_id(self, group_id, group_id, mutable=False)
                for group_id in options.security_group_ids
            ),
        ]
        self.launch_template = HardenedLaunchTemplate(
            self,
            "LaunchTemplate",
            operating_system=options.operating_system,
            volume_gib=options.volume_gib,
            volume_key=volume_key,
            volume_type=options.edge.volume_type if options.edge else "gp3",
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(
                image_parameter(options, self._control_plane.kubernetes_version)
            ),
            user_data=ec2.UserData.custom(node_user_data(options, self._control_plane.details)),
            role=self.role,
            security_groups=groups,
        )
        place_instances(self.launch_template, options, vpc=vpc)
        if options.image_id:
            resource = cast(ec2.CfnLaunchTemplate, self.launch_template.node.default_child)
            resource.add_property_override("LaunchTemplateData.ImageId", options.image_id)

    def _define_auto_scaling_group(self, vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet]) -> None:
        """Without a desired capacity, so that no deployment takes back what an autoscaler decided."""
        options = self._options
        self.auto_scaling_group = autoscaling.AutoScalingGroup(
            self,
            "AutoScalingGroup",
            vpc=vpc,
            min_capacity=options.min_size,
            max_capacity=options.max_size,
            mixed_instances_policy=autoscaling.MixedInstancesPolicy(
                launch_template=self.launch_template,
                launch_template_overrides=[
                    autoscaling.LaunchTemplateOverrides(instance_type=ec2.InstanceType(name))
                    for name in options.instance_types
                ],
                instances_distribution=autoscaling.InstancesDistribution(
                    on_demand_allocation_strategy=autoscaling.OnDemandAllocationStrategy.PRIORITIZED,
                    on_demand_base_capacity=options.on_demand_base,
                    on_demand_percentage_above_base_capacity=options.on_demand_percent_above_base,
                    spot_allocation_strategy=autoscaling.SpotAllocationStrategy.PRICE_CAPACITY_OPTIMIZED,
                ),
            ),
            group_metrics=[autoscaling.GroupMetrics.all()],
            default_instance_warmup=cdk.Duration.seconds(_INSTANCE_WARMUP_SECONDS),
            update_policy=autoscaling.UpdatePolicy.instance_refresh(
                strategy=autoscaling.InstanceRefreshStrategy.ROLLING,
                min_healthy_percentage=100,
                max_healthy_percentage=100 + options.max_surge_percent,
                # Auto Scaling refuses it for an image that an SSM parameter gives (`Ec2Capacity`).
                skip_matching=False,
            ),
        )
        # L1, because subnets of an edge location are known by their IDs only, and the L2 asks for their zones.
        resource = cast(autoscaling.CfnAutoScalingGroup, self.auto_scaling_group.node.default_child)
        resource.vpc_zone_identifier = [subnet.subnet_id for subnet in subnets]

    def _tag(self) -> None:
        options, cluster_name = self._options, self._control_plane.cluster_name
        cdk.Tags.of(self).add("Name", f"{cluster_name}-{self.node.id}")
        for key, value in options.tags.items():
            cdk.Tags.of(self).add(key, value)
        # By it, the VPC CNI and load balancer controllers know instances of the cluster.
        cdk.Tags.of(self.auto_scaling_group).add(f"kubernetes.io/cluster/{cluster_name}", "owned")
        if options.cluster_autoscaler:
            self._tag_for_the_cluster_autoscaler()

    def _tag_for_the_cluster_autoscaler(self) -> None:
        """ "Auto-Discovery Setup" and "Scaling a node group to 0", cluster autoscaler on AWS."""
        prefix = "k8s.io/cluster-autoscaler"
        tags = {f"{prefix}/enabled": "true", f"{prefix}/{self._control_plane.cluster_name}": "owned"}
        tags |= {f"{prefix}/node-template/label/{key}": value for key, value in self._options.labels.items()}
        tags |= {
            f"{prefix}/node-template/taint/{taint.key}": f"{taint.value}:{_EFFECTS[taint.effect]}"
            for taint in self._options.taints
        }
        for key, value in tags.items():
            cdk.Tags.of(self.auto_scaling_group).add(key, value, apply_to_launched_instances=False)

    def _acknowledge_findings(self, subnets: Sequence[ec2.ISubnet]) -> None:
        group, options = self.auto_scaling_group, self._options
        if len(options.instance_types) == 1 or len(subnets) == 1:
            acknowledge_guard_rule(
                group,
                "autoscaling_group_has_types_and_zones_to_choose_from",
                reason=f"Nodes of {', '.join(options.instance_types)} in {len(subnets)} subnets, by choice of the "
                "options. With Spot Instances, whose capacity of one type runs out first, the checks of the file warn.",
            )
        if len(subnets) == 1 and options.edge is None:
            acknowledge_relation(
                group,
                "workload_runs_in_every_zone_of_its_network",
                reason="One zone was asked for explicitly for these nodes (availability_zones).",
            )
        blind = (
            "cdk-nag 3.0.2 reads the launch template of a group only where no MixedInstancesPolicy stands in between. "
            "The launch template beside it encrypts every volume and requires IMDSv2; the tests assert both."
        )
        acknowledge(group, "EC26", packs=("AwsSolutions",), reason=blind)
        acknowledge(group, "EC2IMDSv2Enabled", packs=("NIST.800.53.R5", "HIPAA.Security"), reason=blind)
        acknowledge(
            group,
            "AS3",
            packs=("AwsSolutions",),
            reason="Autoscalers start and stop nodes all day; a notification for each would bury the alarms. CloudTrail "
            "and the group's activity history record every one.",
        )
