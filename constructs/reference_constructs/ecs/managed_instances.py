"""EC2 instances that Amazon ECS manages itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.compute.instance_options import Accelerator
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from reference_constructs.network.limited_security_group import LimitedSecurityGroup
from reference_constructs.security.acknowledgements import acknowledge

_CPU_MANUFACTURERS: Final = {
    "amazon-web-services": ec2.CpuManufacturer.AWS,
    "amd": ec2.CpuManufacturer.AMD,
    "intel": ec2.CpuManufacturer.INTEL,
}
_MANUFACTURERS: Final = {
    "nvidia": ec2.AcceleratorManufacturer.NVIDIA,
    "neuron": ec2.AcceleratorManufacturer.AWS,
}
_PREFERENCES: Final = {"only": "RESERVATIONS_ONLY", "first": "RESERVATIONS_FIRST"}


class ManagedInstances(Construct):
    """A capacity provider of Amazon ECS Managed Instances.

    Amazon ECS starts instances of Bottlerocket for the tasks that name the provider, replaces each within 14 days, and
    ends those that are idle. What differs from an Auto Scaling group: there is no launch template, no user data, and
    no limit of the number of instances.

    Deleting: the provider has an end only once no instance of it is left, so the services that use it go first, as with
    every capacity of the cluster (aws-cdk issue 36071).

    Attributes:
        capacity_provider: What a service names in its strategy.
        security_group: Of the instances; tasks have one of their own.
    """

    capacity_provider: ecs.ManagedInstancesCapacityProvider
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.Cluster,
        subnets: Sequence[ec2.ISubnet],
        options: ManagedInstancesOptions,
        dual_stack: bool = False,
    ) -> None:
        """Define the capacity provider and attach it to the cluster.

        Args:
            scope: Parent, in the cluster's stack: the cluster's list of capacity providers is one resource.
            construct_id: ID in the parent.
            cluster: Cluster that the instances join.
            subnets: Private ones, one per zone.
            options: Which instances.
            dual_stack: Whether the subnets have IPv6 addresses too (`LimitedSecurityGroup`).
        """
        super().__init__(scope, construct_id)
        self._cluster = cluster
        self._options = options
        self._define_security_group(dual_stack=dual_stack)
        instance_role = self._define_instance_role()
        self._define_capacity_provider(subnets, instance_role, self._define_infrastructure_role(instance_role))
        self._state_what_the_l2_lacks()
        cluster.add_managed_instances_capacity_provider(self.capacity_provider)

    def _define_security_group(self, *, dual_stack: bool) -> None:
        self.security_group = LimitedSecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._cluster.vpc,
            description="ECS Managed Instances: nothing comes in, tasks have groups of their own",
            egress=self._options.egress,
            dual_stack=dual_stack,
        )

    def _define_instance_role(self) -> iam.Role:
        """The agent's permissions on this cluster only; `AmazonECSInstanceRolePolicyForManagedInstances` has all."""
        cluster = self._cluster
        policy = iam.ManagedPolicy(
            self,
            "InstancePolicy",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "ecs:RegisterContainerInstance",
                        "ecs:SubmitAttachmentStateChanges",
                        "ecs:SubmitTaskStateChange",
                    ],
                    resources=[cluster.cluster_arn],
                ),
                iam.PolicyStatement(
                    actions=["ecs:Poll", "ecs:PutSystemLogEvents", "ecs:StartTelemetrySession"],
                    resources=["*"],
                    conditions={"ArnEquals": {"ecs:cluster": cluster.cluster_arn}},
                ),
                iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="ecs:DiscoverPollEndpoint has no resource-level permission; the others on * are conditioned on "
            "this cluster (Service Authorization Reference).",
        )
        return iam.Role(
            self, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[policy]
        )

    def _define_infrastructure_role(self, instance_role: iam.IRole) -> iam.IRole:
        """What Amazon ECS manages the instances with.

        The managed policy passes roles named `ecsInstanceRole*` alone. A statement that passes this one does without a
        physical name: "Amazon ECS infrastructure IAM role", Managed Instances.
        """
        stack = cdk.Stack.of(self)
        policy = iam.ManagedPolicy(
            self,
            "PassRolePolicy",
            statements=[
                iam.PolicyStatement(
                    actions=["iam:PassRole"],
                    resources=[instance_role.role_arn],
                    conditions={"StringLike": {"iam:PassedToService": f"ec2.{stack.url_suffix}*"}},
                )
            ],
        )
        name = "AmazonECSInfrastructureRolePolicyForManagedInstances"
        role = iam.Role(
            self,
            "InfrastructureRole",
            assumed_by=iam.ServicePrincipal(
                "ecs.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": stack.account}}
            ),
            managed_policies=[policy, iam.ManagedPolicy.from_aws_managed_policy_name(name)],
        )
        acknowledge(
            role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{name}]",
            packs=("AwsSolutions",),
            reason="Amazon ECS changes what it needs to manage instances, and AWS maintains this policy for it; its "
            "actions are limited to resources with the tag AmazonECSManaged.",
        )
        return role

    def _define_capacity_provider(
        self, subnets: Sequence[ec2.ISubnet], instance_role: iam.IRole, infrastructure_role: iam.IRole
    ) -> None:
        options = self._options
        self.capacity_provider = ecs.ManagedInstancesCapacityProvider(
            self,
            "CapacityProvider",
            subnets=list(subnets),
            security_groups=[self.security_group],
            infrastructure_role=infrastructure_role,
            ec2_instance_profile=iam.InstanceProfile(self, "InstanceProfile", role=instance_role),
            # None is ON_DEMAND. The L2 has no RESERVED.
            capacity_option_type=ecs.CapacityOptionType.SPOT if options.capacity_option == "spot" else None,
            task_volume_storage=cdk.Size.gibibytes(options.storage_gib),
            monitoring=ecs.InstanceMonitoring.DETAILED if options.detailed_monitoring else ecs.InstanceMonitoring.BASIC,
            instance_requirements=_requirements(options.instance_requirements, options.accelerator)
            if options.instance_requirements
            else None,
            propagate_tags=ecs.PropagateManagedInstancesTags.CAPACITY_PROVIDER,
        )

    def _state_what_the_l2_lacks(self) -> None:
        """Escape hatch: properties of `AWS::ECS::CapacityProvider` that the L2 of the CDK 2.275 does not have."""
        options = self._options
        resource = cast(ecs.CfnCapacityProvider, self.capacity_provider.node.default_child)
        provider = "ManagedInstancesProvider"
        resource.add_property_override(
            f"{provider}.AutoRepairConfiguration.ActionsStatus", "ENABLED" if options.auto_repair else "DISABLED"
        )
        if options.scale_in_after_seconds is not None:
            resource.add_property_override(
                f"{provider}.InfrastructureOptimization.ScaleInAfter", options.scale_in_after_seconds
            )
        if options.capacity_option == "reserved":
            template = f"{provider}.InstanceLaunchTemplate"
            resource.add_property_override(f"{template}.CapacityOptionType", "RESERVED")
            resource.add_property_override(
                f"{template}.CapacityReservations",
                {
                    "ReservationGroupArn": options.capacity_reservation_group_arn,
                    "ReservationPreference": _PREFERENCES[options.capacity_reservation_preference],
                },
            )


def _requirements(options: InstanceRequirementsOptions, accelerator: Accelerator) -> ec2.InstanceRequirementsConfig:
    inclusions = (options.burstable_performance, options.bare_metal, options.local_storage)
    burstable, bare_metal, local_storage = (each.upper() for each in inclusions)
    return ec2.InstanceRequirementsConfig(
        v_cpu_count_min=options.vcpus_min,
        v_cpu_count_max=options.vcpus_max,
        memory_min=cdk.Size.mebibytes(options.memory_mib_min),
        memory_max=None if options.memory_mib_max is None else cdk.Size.mebibytes(options.memory_mib_max),
        accelerator_count_min=options.gpus_min or None,
        # Without it, accelerators are not excluded (AcceleratorCountRequest, Amazon ECS API Reference).
        accelerator_count_max=options.gpus_max,
        accelerator_manufacturers=[_MANUFACTURERS[accelerator]] if options.gpus_max else None,
        cpu_manufacturers=[_CPU_MANUFACTURERS[each] for each in options.cpu_manufacturers]
        if options.cpu_manufacturers
        else None,
        instance_generations=[ec2.InstanceGeneration[each.upper()] for each in options.instance_generations],
        burstable_performance=ec2.BurstablePerformance[burstable],
        bare_metal=ec2.BareMetal[bare_metal],
        local_storage=ec2.LocalStorage[local_storage],
        allowed_instance_types=list(options.allowed_instance_types) or None,
        excluded_instance_types=list(options.excluded_instance_types) or None,
    )
