"""EC2 instances for an ECS cluster, as many as the tasks need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_autoscaling as autoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.instance_requirements import instance_requirements
from reference_constructs.compute.launch_template import HardenedLaunchTemplate
from reference_constructs.compute.mixed_instances import acknowledge_unread_launch_template, mixed_instances_policy
from reference_constructs.compute.working_hours import lower_minimum_after_work
from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.ecs.agent_settings import configure_agent, configure_windows_agent
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions, Ec2WarmPoolOptions
from reference_constructs.ecs.instance_images import image_parameter
from reference_constructs.network.limited_security_group import LimitedSecurityGroup
from reference_constructs.security.acknowledgements import acknowledge, acknowledge_guard_rule
from reference_constructs.security.permissions import session_manager_statement
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_INSTANCE_WARMUP_SECONDS = 120


class Ec2Capacity(Construct):
    """An Auto Scaling group on a launch template, and the capacity provider through which ECS scales it.

    The image is resolved by EC2 when an instance starts, not by CloudFormation when a stack is deployed: a new
    instance is patched, and a deployment of something else never replaces the hosts (aws-cdk issue 12484). Run
    an instance refresh each month to replace those that run.

    Deleting: CloudFormation sets the group to 0 and waits. Instances that ECS has protected from scale-in never
    go (aws-cdk issue 18179), and ECS does not take the protection off when the provider is deleted
    (containers-roadmap issue 2862); the lifecycle hook of managed draining can hold each for an hour more. So
    both are on only while `protected`, where a deletion takes a person anyway: see docs/operations.md.

    Attributes:
        auto_scaling_group: The instances.
        capacity_provider: What a service names in its strategy.
        security_group: Of the instances; tasks have one of their own.
    """

    auto_scaling_group: autoscaling.AutoScalingGroup
    capacity_provider: ecs.AsgCapacityProvider
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.Cluster,
        subnets: Sequence[ec2.ISubnet],
        options: Ec2CapacityOptions,
        dual_stack: bool = False,
        volume_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
        working_hours: WorkingHoursOptions | None = None,
    ) -> None:
        """Define the instances and attach them to the cluster.

        Args:
            scope: Parent, in the cluster's stack: the cluster's list of capacity providers is one resource.
            construct_id: ID in the parent.
            cluster: Cluster that they join.
            subnets: Private ones, one per zone.
            options: Instances, their number, and their price.
            dual_stack: Whether the subnets have IPv6 addresses too (`LimitedSecurityGroup`).
            volume_key: Encrypts the volumes; without it EBS uses the AWS managed key. Its policy must admit EC2
                (`EncryptionKey.allow_ebs_volumes`), or no instance starts.
            retention: With `protected`, managed termination protection, so that scaling in never stops a task, and
                managed draining, so that a stopping host first moves its tasks.
            working_hours: When its minimum size holds; None for always. Managed scaling removes the instances that
                run no task.
        """
        super().__init__(scope, construct_id)
        self._cluster = cluster
        self._options = options
        self._dual_stack = dual_stack
        launch_template = self._define_launch_template(self._define_role(), volume_key)
        self._define_auto_scaling_group(launch_template, subnets)
        self._acknowledge_findings()
        self._define_capacity_provider(protected=retention.protected)
        self._configure_agent(launch_template)
        if options.warm_pool is not None:
            self._define_warm_pool(options.warm_pool)
        if working_hours is not None and options.min_size:
            lower_minimum_after_work(self.auto_scaling_group, working_hours, min_size=options.min_size)

    def _define_role(self) -> iam.IRole:
        """The agent's permissions on this cluster only, where `AmazonEC2ContainerServiceforEC2Role` is on all.

        Images and logs are the execution role's affair: every task has one.
        """
        policy = iam.ManagedPolicy(
            self,
            "InstancePolicy",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "ecs:DeregisterContainerInstance",
                        "ecs:RegisterContainerInstance",
                        "ecs:SubmitAttachmentStateChanges",
                        "ecs:SubmitContainerStateChange",
                        "ecs:SubmitTaskStateChange",
                    ],
                    resources=[self._cluster.cluster_arn],
                ),
                iam.PolicyStatement(
                    actions=["ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState"],
                    resources=["*"],
                    conditions={"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}},
                ),
                iam.PolicyStatement(actions=["ecs:DiscoverPollEndpoint"], resources=["*"]),
                session_manager_statement(),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="ecs:DiscoverPollEndpoint and the Session Manager actions have no resource-level permission; the "
            "other actions on * are conditioned on this cluster (Service Authorization Reference).",
        )
        # With the role and not after it: an agent that may not register gives up.
        role = iam.Role(
            self, "InstanceRole", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"), managed_policies=[policy]
        )
        # Else the L2 adds inline policies that say the same again, with logs and images of the whole account.
        return role.without_policy_updates()

    def _define_launch_template(self, role: iam.IRole, volume_key: kms.IKey | None) -> HardenedLaunchTemplate:
        options = self._options
        self.security_group = LimitedSecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._cluster.vpc,
            description="ECS container instances: nothing comes in, tasks have groups of their own",
            egress=options.egress,
            dual_stack=self._dual_stack,
        )
        template = HardenedLaunchTemplate(
            self,
            "LaunchTemplate",
            operating_system=options.operating_system,
            volume_gib=options.volume_gib,
            volume_key=volume_key,
            machine_image=ec2.MachineImage.resolve_ssm_parameter_at_launch(
                image_parameter(options.operating_system, options.architecture, options.accelerator),
                os=ec2.OperatingSystemType.WINDOWS if options.is_windows else None,
            ),
            user_data=self._new_user_data(),
            role=role,
            security_group=self.security_group,
        )
        self._use_reservations(template)
        return template

    def _new_user_data(self) -> ec2.UserData:
        if self._options.is_windows:
            return ec2.UserData.for_windows()
        return ec2.UserData.custom("") if self._is_bottlerocket else ec2.UserData.for_linux()

    def _use_reservations(self, template: HardenedLaunchTemplate) -> None:
        """Escape hatch: the L2 of launch templates knows no Capacity Reservations."""
        options = self._options
        target = {
            "CapacityReservationId": options.capacity_reservation_id,
            "CapacityReservationResourceGroupArn": options.capacity_reservation_group_arn,
        }
        if options.uses_reservations:
            cast(ec2.CfnLaunchTemplate, template.node.default_child).add_property_override(
                "LaunchTemplateData.CapacityReservationSpecification.CapacityReservationTarget",
                {key: value for key, value in target.items() if value},
            )

    def _define_auto_scaling_group(self, launch_template: ec2.LaunchTemplate, subnets: Sequence[ec2.ISubnet]) -> None:
        options = self._options
        self.auto_scaling_group = autoscaling.AutoScalingGroup(
            self,
            "AutoScalingGroup",
            vpc=self._cluster.vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            min_capacity=options.min_size,
            max_capacity=options.max_size,
            mixed_instances_policy=mixed_instances_policy(
                launch_template,
                instance_types=options.instance_types,
                on_demand_base=options.on_demand_base,
                on_demand_percent_above_base=options.on_demand_percent_above_base,
                requirements=instance_requirements(options.instance_requirements, accelerator=options.accelerator)
                if options.instance_requirements
                else None,
            ),
            group_metrics=[autoscaling.GroupMetrics.all()],
            default_instance_warmup=cdk.Duration.seconds(_INSTANCE_WARMUP_SECONDS),
            # A changed launch template rolls through the group, a new host first, then the old one drains.
            update_policy=autoscaling.UpdatePolicy.instance_refresh(
                strategy=autoscaling.InstanceRefreshStrategy.ROLLING,
                min_healthy_percentage=100,
                max_healthy_percentage=200,
                # The default is true in this policy, and Auto Scaling refuses it: "A launch template that uses an SSM
                # parameter instead of an AMI ID for ImageId is not supported when skip matching is enabled".
                # CloudFormation starts a refresh only for a change that concerns every instance.
                skip_matching=False,
                # The default waits an hour for ECS to lift its protection, then fails the update.
                scale_in_protected_instances=autoscaling.ScaleInProtectedInstances.REFRESH,
            ),
        )

    def _acknowledge_findings(self) -> None:
        group, instance_types = self.auto_scaling_group, self._options.instance_types
        if len(instance_types) == 1 and self._options.instance_requirements is None:
            acknowledge_guard_rule(
                group,
                "autoscaling_group_has_types_and_zones_to_choose_from",
                reason=f"Instances of one type, {instance_types[0]}, in every zone of the network, by choice of the "
                "environment. With Spot Instances, whose capacity of one type runs out first, its checks warn of it.",
            )
        acknowledge_unread_launch_template(group)
        acknowledge(
            group,
            "AS3",
            packs=("AwsSolutions",),
            reason="ECS managed scaling starts and stops these hosts all day; a notification for each would bury the "
            "alarms. CloudTrail and the group's activity history record every one.",
        )

    def _define_capacity_provider(self, *, protected: bool) -> None:
        self.capacity_provider = ecs.AsgCapacityProvider(
            self,
            "CapacityProvider",
            auto_scaling_group=self.auto_scaling_group,
            enable_managed_scaling=True,
            target_capacity_percent=self._options.target_capacity_percent,
            instance_warmup_period=_INSTANCE_WARMUP_SECONDS,
            enable_managed_termination_protection=protected,
            enable_managed_draining=True,
            machine_image_type=ecs.MachineImageType.BOTTLEROCKET
            if self._is_bottlerocket
            else ecs.MachineImageType.AMAZON_LINUX_2,  # also 2023: both read /etc/ecs/ecs.config
        )
        if not protected:
            self._disable_managed_draining()
        self._cluster.add_asg_capacity_provider(self.capacity_provider)

    def _disable_managed_draining(self) -> None:
        """Escape hatch: without protection and draining the L2 adds a draining Lambda function (issue 24641)."""
        provider = cast("ecs.CfnCapacityProvider", self.capacity_provider.node.find_child("CapacityProvider"))
        provider.add_property_override("AutoScalingGroupProvider.ManagedDraining", "DISABLED")
        acknowledge_guard_rule(
            provider,
            "ecs_capacity_provider_spares_busy_instances",
            reason="A disposable environment: an instance that ECS protects from scale-in never goes, and with it "
            "neither does the stack (aws-cdk issue 18179). protected: true turns the protection on.",
        )

    @property
    def _is_bottlerocket(self) -> bool:
        return self._options.operating_system == "bottlerocket"

    def _configure_agent(self, template: ec2.LaunchTemplate) -> None:
        """Let no task take the role of its host, and use the two minutes of notice of a Spot interruption.

        The hop limit of the launch template stops containers behind a bridge only: a task in network mode `awsvpc` has
        a network interface of its own, from which the metadata service is one hop away (bottlerocket issue 3607). With
        the role, a container could receive the credentials of other tasks ("ECScape", 2025). The CDK does not set it
        (`canContainersAccessInstanceRole`), and drains before an interruption only where a group has a Spot price.
        """
        if self._options.is_windows:
            configure_windows_agent(template, self._options, cluster_name=self._cluster.cluster_name)
        else:
            configure_agent(self.auto_scaling_group, self._options)

    def _define_warm_pool(self, options: Ec2WarmPoolOptions) -> None:
        """Instances never return to it: Amazon ECS does not allow `ReuseOnScaleIn`."""
        autoscaling.WarmPool(
            self,
            "WarmPool",
            auto_scaling_group=self.auto_scaling_group,
            pool_state=autoscaling.PoolState[options.state.upper()],
            min_size=options.min_size,
            max_group_prepared_capacity=options.max_prepared,
        )
