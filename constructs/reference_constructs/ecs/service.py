"""A service: as many tasks as are wanted, spread over zones, behind the shared load balancer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.durations import seconds
from reference_constructs.ecs.capacity_provider_strategy import NO_CAPACITY_PROVIDERS, capacity_provider_strategy
from reference_constructs.ecs.deployment_alarms import DeploymentAlarms
from reference_constructs.ecs.lattice_service import LatticeNetwork, LatticeService
from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.network_target import NetworkTarget
from reference_constructs.ecs.placement_options import PlacementConstraintOptions, PlacementStrategyOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.ecs.scaling_options import ScalingOptions
from reference_constructs.ecs.service_alarms import ServiceAlarms
from reference_constructs.ecs.service_connections import connect, discover, open_ports
from reference_constructs.ecs.service_deployment import state_deployment_details, strategy_arguments
from reference_constructs.ecs.service_load_balancer import (
    NO_IDENTITY_PROVIDERS,
    NO_LOAD_BALANCERS,
    NO_PRIORITIES,
    ServiceLoadBalancer,
)
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.service_ports import serving_port
from reference_constructs.ecs.service_scaling import ServiceScaling
from reference_constructs.ecs.service_target_group import ServiceTargetGroup
from reference_constructs.ecs.service_volume import ServiceVolume
from reference_constructs.ecs.task import EcsTask
from reference_constructs.ecs.traffic_shift import TrafficShift
from reference_constructs.ecs.volume_options import EbsVolumeOptions
from reference_constructs.edge.listener_options import AnyIdentityProviderOptions
from reference_constructs.edge.listener_rule import ListenerRule, forward
from reference_constructs.edge.listener_rule_options import ListenerRuleOptions
from reference_constructs.network.limited_security_group import LimitedSecurityGroup
from reference_constructs.security.acknowledgements import acknowledge_guard_rule, acknowledge_relation

_DEFAULT_START_SECONDS = 30
NO_CALLERS: Final[Mapping[str, ec2.ISecurityGroup]] = {}


class EcsService(Construct):
    """An ECS service that deploys without losing a request, or goes back to what ran before.

    Deployments start new tasks before they stop old ones (100 % to 200 %) unless the options say otherwise; the
    circuit breaker stops one whose tasks keep failing and rolls back, where ECS by itself would try for hours (aws-cdk
    issue 1498). Tasks are spread over the zones and moved back when a zone has recovered. Nothing here touches the
    stack of the cluster or of the load balancer: listener rule, target group and security group are resources of this
    construct's stack.

    Attributes:
        service: The service.
        security_group: Of its tasks: only the load balancer comes in, and only to the container's port; out go HTTPS,
            everything inside the VPC, and what the options say.
        target_group: What the listener's rule forwards to, or the first of the routings; none without routing.
        target_groups: Those of Application Load Balancers, by name of the routing; that of `routing` has an empty name.
        network_targets: Listeners and target groups of Network Load Balancers, by name of the routing.
        alternate_target_groups: What is forwarded to after every other deployment that shifts requests, named as above.
        lattice_service: What Amazon VPC Lattice forwards to the tasks; None without `vpc_lattice`.
        scaling: What changes the number of tasks; None if it is fixed.
        alarms: What to watch.
    """

    service: ecs.FargateService | ecs.Ec2Service
    security_group: ec2.SecurityGroup
    target_group: elbv2.ApplicationTargetGroup | None
    target_groups: dict[str, elbv2.ApplicationTargetGroup]
    network_targets: dict[str, NetworkTarget]
    alternate_target_groups: dict[str, elbv2.ApplicationTargetGroup]
    lattice_service: LatticeService | None
    scaling: ServiceScaling | None
    alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: ServiceOptions,
        cluster: ecs.ICluster,
        task: EcsTask,
        subnets: Sequence[ec2.ISubnet],
        vpc_cidrs: Sequence[str] = (),
        dual_stack: bool = False,
        capacity_providers: Mapping[str, str] = NO_CAPACITY_PROVIDERS,
        target_security_group: ec2.ISecurityGroup | None = None,
        listener: elbv2.IApplicationListener | None = None,
        identity_providers: Mapping[str, AnyIdentityProviderOptions] = NO_IDENTITY_PROVIDERS,
        load_balancers: Mapping[str, ServiceLoadBalancer] = NO_LOAD_BALANCERS,
        listener_rule_priority: int | None = None,
        listener_rule_priorities: Mapping[str, int] = NO_PRIORITIES,
        alarm_topic: sns.ITopic | None = None,
        volume_key: kms.IKey | None = None,
        working_hours: WorkingHoursOptions | None = None,
        namespace: servicediscovery.INamespace | None = None,
        name_in_namespace: str = "",
        own_group: ec2.ISecurityGroup | None = None,
        callers: Mapping[str, ec2.ISecurityGroup] = NO_CALLERS,
        lattice_network: LatticeNetwork | None = None,
    ) -> None:
        """Define the service.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Capacity, number of tasks, routing, scaling, alarms.
            cluster: Where it runs.
            task: What runs.
            subnets: Private ones, one per zone; public ones if the options assign public addresses.
            vpc_cidrs: IPv4 CIDR blocks of the VPC, to which the tasks may talk on every port. Without any the one that
                the VPC has, which is an import if the VPC is in another stack.
            dual_stack: Whether the subnets have IPv6 addresses too (`LimitedSecurityGroup`).
            capacity_providers: Names of the capacity providers of the cluster's EC2 groups, by name of the group.
            target_security_group: Where the load balancer's security group lets it out to
                (`SharedLoadBalancer.target_security_group`). Without it, the CDK adds a rule to that group for each
                service, of which it can have 60.
            listener: Listener of the shared load balancer; needed if there is `options.routing`.
            identity_providers: Those of the shared load balancer, by name.
            load_balancers: Further load balancers, by name, to which routings refer.
            listener_rule_priority: Priority of the listener rule where `options.routing` states none.
            listener_rule_priorities: Priorities of other listener rules that state none, by name: that of the routing,
                and for a further rule of it `<routing>/<rule>`.
            alarm_topic: Topic that is notified by the alarms.
            volume_key: Encrypts the EBS volumes of the tasks; without one, the default key of Amazon EBS does.
            working_hours: When tasks run; None for always. A daemon runs where there are instances, so it has none.
            namespace: Where services have their names; needed for Service Connect and service discovery.
            name_in_namespace: Name of the service there, where the options state none.
            own_group: Security group that the tasks of this service have and nobody else, by which others admit them.
            callers: Such groups of the services that may connect, by what the rule is to say of each, such as
                `Service orders`.
            lattice_network: Service network of Amazon VPC Lattice; needed if there is `options.vpc_lattice`.

        Raises:
            ValueError: If there is routing, but no listener, no priority, or not exactly one container with a port; if
                requests are to scale the tasks, but there is no routing; if a capacity provider is not in the cluster;
                if alarms of requests are to roll back deployments, but there is no routing; if the service is to have
                a name, but there is no namespace; if there is `vpc_lattice`, but no service network.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._cluster = cluster
        self._vpc = cluster.vpc
        self._task = task
        self._limits = self._limits_of_scaling(working_hours)
        self._define_security_group(vpc_cidrs, dual_stack=dual_stack)
        self._load_balancers = load_balancers
        self._shared_load_balancer = ServiceLoadBalancer(
            listener=listener, target_security_group=target_security_group, identity_providers=identity_providers
        )
        self._own_group = own_group
        open_ports(self.security_group, options, callers)
        strategy = capacity_provider_strategy(options.capacity_provider_strategy, capacity_providers)
        self._define_service(subnets, strategy)
        self._add_volumes(volume_key)
        own = {} if listener_rule_priority is None else {"": listener_rule_priority}
        self._define_targets({**own, **listener_rule_priorities})
        self._acknowledge_short_grace()
        self._define_deployment(alarm_topic)
        self._define_names(namespace, name_in_namespace)
        self._define_lattice_service(lattice_network)
        self._acknowledge_deployment()
        self._acknowledge_platform_version()
        self.scaling = None
        if self._limits is not None:
            self.scaling = ServiceScaling(
                self.service, self._limits, target_group=self.target_group, working_hours=working_hours
            )
        # In one stack with its cluster, a service must not come before the cluster's capacity providers.
        self.service.node.add_dependency(cluster)
        self._define_alarms(alarm_topic)

    def _limits_of_scaling(self, working_hours: WorkingHoursOptions | None) -> ScalingOptions | None:
        """A fixed number of tasks is scaled too if it is another outside of working hours."""
        options = self._options
        if options.scaling is not None or working_hours is None or not options.most_tasks:
            return options.scaling
        return ScalingOptions(
            min_capacity=options.desired_count,
            max_capacity=options.desired_count,
            cpu_utilization_percent=None,
            memory_utilization_percent=None,
        )

    def _define_security_group(self, vpc_cidrs: Sequence[str], *, dual_stack: bool) -> None:
        self.security_group = LimitedSecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._vpc,
            description="Tasks: the load balancer in, to the port of the container only",
            egress=self._options.egress,
            vpc_cidrs=vpc_cidrs or [self._vpc.vpc_cidr_block],
            dual_stack=dual_stack,
        )

    def _target_security_groups(self) -> list[ec2.ISecurityGroup]:
        """Those of the load balancers that are used, each once."""
        used = [each.load_balancer for each in self._options.all_routings.values()]
        used += [each.load_balancer for each in self._options.network_routings.values()]
        balancers = [self._load_balancer(name) for name in dict.fromkeys(used)]
        return [each.target_security_group for each in balancers if each.target_security_group is not None]

    def _define_service(self, subnets: Sequence[ec2.ISubnet], strategy: Sequence[ecs.CapacityProviderStrategy]) -> None:
        options = self._options
        # Any, because the two classes share these keywords and no type that says so.
        common: dict[str, Any] = {
            "cluster": self._cluster,
            "task_definition": self._task.task_definition,
            # One beside scaling would undo the scaling at every deployment (aws-cdk issue 3919).
            "desired_count": options.desired_count if self._limits is None and not options.is_daemon else None,
            "vpc_subnets": ec2.SubnetSelection(subnets=list(subnets)),
            "security_groups": [
                self.security_group,
                *self._target_security_groups(),
                *([self._own_group] if self._own_group is not None else []),
                *self._import_security_groups(),
            ],
            "assign_public_ip": options.assign_public_ip,
            # Refused for a daemon, which runs on every instance (containers-roadmap issue 692).
            "capacity_provider_strategies": None if options.is_daemon else list(strategy),
            "min_healthy_percent": options.least_percent,
            "max_healthy_percent": options.most_percent,
            "circuit_breaker": ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            # Refused if no task can start before another stops, or zones do not come first ("Balancing an Amazon ECS
            # service across Availability Zones").
            "availability_zone_rebalancing": ecs.AvailabilityZoneRebalancing.ENABLED
            if options.most_percent > 100 and (options.spreads_over_zones or self._task.launch_type != "EC2")
            else ecs.AvailabilityZoneRebalancing.DISABLED,
            "health_check_grace_period": self._health_check_grace() if options.has_targets else None,
            **strategy_arguments(options.deployment),
            "enable_ecs_managed_tags": True,
            "propagate_tags": ecs.PropagatedTagSource.SERVICE,
        }
        if self._task.launch_type == "EC2":
            self.service = ecs.Ec2Service(
                self,
                "Service",
                daemon=options.is_daemon or None,
                placement_strategies=None
                if options.is_daemon
                else [_placement_strategy(each) for each in options.placement_strategies],
                placement_constraints=[_placement_constraint(each) for each in options.placement_constraints] or None,
                **common,
            )
        else:
            # Of Managed Instances too, which the L2 of services on instances refuses (aws-cdk issue 36035).
            self.service = ecs.FargateService(self, "Service", platform_version=self._task.platform_version, **common)
            self._state_scheduling_strategy(self.service)
        self._state_execute_command()
        self._acknowledge_public_addresses()

    def _import_security_groups(self) -> list[ec2.ISecurityGroup]:
        """Not changed here: who is admitted there is its owner's."""
        return [
            ec2.SecurityGroup.from_security_group_id(self, f"SecurityGroup{index}", identifier, mutable=False)
            for index, identifier in enumerate(self._options.security_group_ids)
        ]

    def _define_names(self, namespace: servicediscovery.INamespace | None, name: str) -> None:
        options = self._options
        if options.service_connect is None and options.service_discovery is None:
            return
        if namespace is None:
            raise ValueError("service_connect and service_discovery need a namespace")
        if options.service_connect is not None:
            connect(self, self.service, options.service_connect, namespace=namespace.namespace_arn, task=self._task)
        if options.service_discovery is not None:
            discover(self.service, options.service_discovery, service_name=name, namespace=namespace)

    def _define_lattice_service(self, network: LatticeNetwork | None) -> None:
        self.lattice_service = None
        options = self._options.vpc_lattice
        if options is None:
            return
        if network is None:
            raise ValueError("vpc_lattice needs a service network")
        self.lattice_service = LatticeService(
            self,
            "Lattice",
            options=options,
            network=network,
            deployment=self._options.deployment,
            service=self.service,
            security_group=self.security_group,
            vpc=self._vpc,
            port=self._task.options.named_ports[options.port_name],
        )

    def _acknowledge_public_addresses(self) -> None:
        if not self._options.assign_public_ip:
            return
        for rule in ("ecs_service_has_no_public_address", "ec2_tasks_are_in_private_subnets"):
            acknowledge_guard_rule(
                self.service,
                rule,
                reason="Public addresses were asked for explicitly (assign_public_ip), in place of a NAT gateway. The "
                "security group admits the load balancer only, and nothing else on the internet.",
            )

    def _acknowledge_deployment(self) -> None:
        options = self._options
        if options.least_percent < 100:
            acknowledge_guard_rule(
                self.service,
                "ecs_service_starts_before_it_stops",
                reason="One task runs on each instance, and there is no room for a second one beside it."
                if options.is_daemon
                else "Fewer tasks during a deployment were asked for explicitly (minimum_healthy_percent: "
                f"{options.least_percent}), such as for what must never run twice.",
            )
        if not options.has_room_to_deploy:
            acknowledge_relation(
                self.service,
                "deployment_can_begin",
                reason=f"Between {options.least_percent} and {options.most_percent} percent were asked for explicitly, "
                "of which the file is warned: it can be right for another number of tasks, which scaling may set.",
            )
        if options.deployment.shifts_traffic and not options.deployment.bake_minutes:
            acknowledge_guard_rule(
                self.service,
                "ecs_shift_has_a_bake_time",
                reason="No bake time was asked for explicitly (bake_time_minutes), of which the file is warned.",
            )
        if options.may_leave_targets:
            acknowledge_relation(
                self.service,
                "deployment_leaves_targets",
                reason="0 percent (minimum_healthy_percent) are what the file asks for, of which it is warned: "
                "old tasks and new ones never run together, and nobody is answered between them.",
            )
        if any(each.type == "distinctInstance" for each in options.placement_constraints):
            acknowledge_relation(
                self.service,
                "tasks_on_distinct_instances_have_as_many",
                reason="Each task on another instance was asked for explicitly (placement_constraints). The file is "
                "warned where the groups of instances are too small for the most tasks.",
            )

    def _acknowledge_platform_version(self) -> None:
        if self._task.platform_version not in (None, ecs.FargatePlatformVersion.LATEST):
            acknowledge_guard_rule(
                self.service,
                "ecs_service_runs_on_the_latest_platform",
                reason=f"Platform version {self._options.platform_version}, by choice of the environment, whose checks "
                "warn of it.",
            )

    def _state_execute_command(self) -> None:
        """Escape hatch: the L2 would grant the task role inline what it has already."""
        service = cast(ecs.CfnService, self.service.node.default_child)
        service.enable_execute_command = self._options.execute_command

    def _state_scheduling_strategy(self, service: ecs.FargateService) -> None:
        """On Fargate the L2 leaves it out, on EC2 it states it, and it is create-only.

        Without it, a service that moves from Fargate to instances, which ECS does by a deployment (UpdateService,
        `capacityProviderStrategy`), would be replaced by CloudFormation.
        """
        cast(ecs.CfnService, service.node.default_child).scheduling_strategy = "REPLICA"

    def _add_volumes(self, key: kms.IKey | None) -> None:
        for name, options in self._options.volumes.items():
            if isinstance(options, EbsVolumeOptions):
                volume = ServiceVolume(self, f"Volume-{name}", name=name, options=options, encryption_key=key)
                self.service.add_volume(volume.volume)
                # Without its permissions, Amazon ECS attaches no volume, and the first tasks fail.
                self.service.node.add_dependency(volume.role)

    def _health_check_grace(self) -> cdk.Duration:
        """How long ECS lets a new task be unhealthy: its own start, then the load balancer's checks.

        Shorter, and ECS stops a slow starter over and over; much longer, and the circuit breaker comes late.
        """
        stated = self._options.grace_period_seconds
        if stated is not None:
            return seconds(stated)
        return seconds(self._start_seconds(default=_DEFAULT_START_SECONDS) + self._options.seconds_to_judge_a_target)

    def _start_seconds(self, *, default: int) -> int:
        checks = [each.health_check for each in self._task.options.containers.values() if each.health_check is not None]
        return max((check.start_period_seconds for check in checks), default=default)

    def _acknowledge_short_grace(self) -> None:
        stated, start = self._options.grace_period_seconds, self._start_seconds(default=0)
        if stated is not None and stated < start:
            acknowledge_relation(
                self.service,
                "new_tasks_are_given_time",
                reason=f"The options give new tasks {stated} seconds, although a container may take {start} to start: "
                "whoever states it would rather lose a slow task early.",
            )

    def _define_targets(self, priorities: Mapping[str, int]) -> None:
        self.target_group = None
        self.target_groups, self.alternate_target_groups, self.network_targets = {}, {}, {}
        shifts = {}
        for name, routing in self._options.all_routings.items():
            self.target_groups[name] = ServiceTargetGroup(
                self, _id("TargetGroup", name), options=routing, vpc=self._vpc
            )
            self.target_group = self.target_group or self.target_groups[name]
            if self._options.deployment.shifts_traffic:
                shifts[name] = self._define_shift(name, routing, priorities)
            self._register_tasks(name, routing, shifts.get(name))
            self._allow_health_checks(routing)
        for name, routing, rule in self._options.listener_rules:
            if name not in shifts:
                self._define_listener_rule(name, routing, rule, priorities)
        for name, network_routing in self._options.network_routings.items():
            self._define_network_target(name, network_routing)

    def _load_balancer(self, name: str | None) -> ServiceLoadBalancer:
        if name is None:
            return self._shared_load_balancer
        if name not in self._load_balancers:
            raise ValueError(f"routing needs load_balancers with {name}")
        return self._load_balancers[name]

    def _place_of_rule(
        self, name: str, routing: RoutingOptions, rule: ListenerRuleOptions, priorities: Mapping[str, int]
    ) -> tuple[elbv2.IApplicationListener, int]:
        listener = self._load_balancer(routing.load_balancer).listener
        priority = rule.priority or priorities.get(name)
        if listener is None or priority is None:
            raise ValueError("routing needs a listener, and a priority in options.routing or listener_rule_priority")
        return listener, priority

    def _define_shift(self, name: str, routing: RoutingOptions, priorities: Mapping[str, int]) -> TrafficShift:
        listener, priority = self._place_of_rule(name, routing, routing, priorities)
        self.alternate_target_groups[name] = ServiceTargetGroup(
            self, _id("AlternateTargetGroup", name), options=routing, vpc=self._vpc
        )
        return TrafficShift(
            self,
            _id("TrafficShift", name),
            options=self._options.deployment,
            routing=routing,
            rule_id=_id("ListenerRule", name),
            listener=listener,
            priority=priority,
            primary=self.target_groups[name],
            alternate=self.alternate_target_groups[name],
        )

    def _register_tasks(self, name: str, routing: RoutingOptions, shift: TrafficShift | None) -> None:
        container, port = serving_port(self._task.options.containers, routing.container, routing.container_port)
        target = self.service.load_balancer_target(
            container_name=container,
            container_port=port,
            protocol=ecs.Protocol.TCP,
            alternate_target=shift.alternate_target if shift is not None else None,
        )
        self.target_groups[name].add_target(target)

    def _define_listener_rule(
        self, name: str, routing: RoutingOptions, rule: ListenerRuleOptions, priorities: Mapping[str, int]
    ) -> None:
        listener, priority = self._place_of_rule(name, routing, rule, priorities)
        providers = self._load_balancer(routing.load_balancer).identity_providers
        authentication = rule.authentication
        ListenerRule(
            self,
            _id("ListenerRule", name.replace("/", ".")),
            listener=listener,
            options=rule,
            priority=priority,
            action=forward(
                [self.target_groups[name.partition("/")[0]]],
                authentication,
                providers.get(authentication.identity_provider) if authentication else None,
                Construct(self, _id("Users", name.replace("/", "."))) if authentication else self,
            ),
        )

    def _allow_health_checks(self, routing: RoutingOptions) -> None:
        listener = self._load_balancer(routing.load_balancer).listener
        if routing.health_check_port is not None and listener is not None:
            # The CDK opens the port that the target group states, which nothing uses where targets state their own.
            self.security_group.connections.allow_from(
                listener, ec2.Port.tcp(routing.health_check_port), "Health checks of the load balancer"
            )

    def _target_groups_of(self, name: str) -> list[elbv2.ApplicationTargetGroup]:
        """That of a routing, and the other one if requests are shifted between two."""
        both = (self.target_groups[name], self.alternate_target_groups.get(name))
        return [each for each in both if each is not None]

    def _define_deployment(self, topic: sns.ITopic | None) -> None:
        """How a deployment goes, and what takes it back, beside the strategy itself."""
        options, names = self._options.deployment, list[str]()
        if options.rollback_alarms is not None:
            alarms = DeploymentAlarms(
                self,
                "DeploymentAlarms",
                options=options.rollback_alarms,
                target_groups={name: self._target_groups_of(name) for name in self.target_groups},
                topic=topic,
            )
            names = alarms.names
        state_deployment_details(self.service, options, alarm_names=names)

    def _define_network_target(self, name: str, routing: NetworkRoutingOptions) -> None:
        balancer = self._load_balancer(routing.load_balancer)
        self.network_targets[name] = NetworkTarget(
            self,
            f"NetworkTarget-{name}",
            options=routing,
            balancer=balancer,
            service=self.service,
            security_group=self.security_group,
            vpc=self._vpc,
            containers=self._task.options.containers,
            deployment=self._options.deployment,
        )

    def _define_alarms(self, topic: sns.ITopic | None) -> None:
        self.alarms = []
        if self._options.alarms:
            alarms = ServiceAlarms(
                self,
                "Alarms",
                service=self.service,
                target_groups={name: self._target_groups_of(name) for name in self.target_groups},
                topic=topic,
                scaling=self._options.scaling,
            )
            self.alarms = alarms.alarms


def _id(kind: str, name: str) -> str:
    """Construct IDs are a contract: without a name, those that a service with a single routing had."""
    return f"{kind}-{name}" if name else kind


def _placement_strategy(options: PlacementStrategyOptions) -> ecs.PlacementStrategy:
    if options.type == "random" or options.field is None:
        return ecs.PlacementStrategy.randomly()
    if options.type == "binpack":
        return ecs.PlacementStrategy.packed_by(ecs.BinPackResource[options.field.upper()])
    return ecs.PlacementStrategy.spread_across(options.field)


def _placement_constraint(options: PlacementConstraintOptions) -> ecs.PlacementConstraint:
    if options.type == "distinctInstance" or options.expression is None:
        return ecs.PlacementConstraint.distinct_instances()
    return ecs.PlacementConstraint.member_of(options.expression)
