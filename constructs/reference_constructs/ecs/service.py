"""A service: as many tasks as are wanted, spread over zones, behind the shared load balancer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.ecs.container import Container
from reference_constructs.ecs.service_alarms import ServiceAlarms
from reference_constructs.ecs.task_definition import ServiceTaskDefinition

_HEALTH_CHECK_INTERVAL_SECONDS = 10
_HEALTH_CHECK_TIMEOUT_SECONDS = 5
_HEALTHY_THRESHOLD = 2
_UNHEALTHY_THRESHOLD = 3


@dataclass(frozen=True, kw_only=True)
class CapacityShare:
    """A share of the tasks and where it runs.

    Attributes:
        capacity_provider: `FARGATE`, `FARGATE_SPOT`, or the name of a capacity provider of the cluster.
        base: Tasks that run here before weights count.
        weight: Share of the tasks above the base.
    """

    capacity_provider: str
    base: int = 0
    weight: int = 1


@dataclass(frozen=True, kw_only=True)
class Routing:
    """Which requests of a shared listener reach the service.

    Attributes:
        listener: Listener of the shared load balancer.
        priority: Unique on the listener, 1 to 50,000; lower is asked first.
        path_patterns: Such as `/orders/*`; the path is not rewritten.
        host_headers: Such as `orders.example.com`.
        health_check_path: Answers 200 while the task is well.
        deregistration_delay_seconds: How long a stopping task finishes its requests.
    """

    listener: elbv2.IApplicationListener
    priority: int
    path_patterns: Sequence[str] = ()
    host_headers: Sequence[str] = ()
    health_check_path: str = "/"
    deregistration_delay_seconds: int = 20


@dataclass(frozen=True, kw_only=True)
class Scaling:
    """How many tasks run.

    Attributes:
        min_tasks: Fewest.
        max_tasks: Most.
        cpu_percent: Average CPU use to hold; None turns it off.
        memory_percent: Average memory use to hold; None turns it off.
        requests_per_target: Requests per task and minute to hold; None turns it off.
    """

    min_tasks: int
    max_tasks: int
    cpu_percent: int | None = 60
    memory_percent: int | None = 75
    requests_per_target: int | None = None


class EcsService(Construct):
    """An ECS service that deploys without losing a request, or goes back to what ran before.

    Deployments start new tasks before they stop old ones (100 % to 200 %); the circuit breaker stops one whose
    tasks keep failing and rolls back, where ECS by itself would try for hours (aws-cdk issue 1498). Tasks are
    spread over the zones and moved back when a zone has recovered. Nothing here touches the stack of the cluster
    or of the load balancer: rule, target group and both halves of the security group rule are resources of this
    construct's stack.

    Attributes:
        service: The service.
        security_group: Of its tasks: only the load balancer comes in, and only to the container's port.
        target_group: What the listener's rule forwards to; none without routing.
        alarms: What to watch.
    """

    service: ecs.FargateService | ecs.Ec2Service
    security_group: ec2.SecurityGroup
    target_group: elbv2.ApplicationTargetGroup | None
    alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.ICluster,
        task: ServiceTaskDefinition,
        subnets: Sequence[ec2.ISubnet],
        capacity_provider_strategy: Sequence[CapacityShare],
        desired_tasks: int = 1,
        routing: Routing | None = None,
        scaling: Scaling | None = None,
        execute_command: bool = False,
        alarms: bool = True,
        alarm_topic: sns.ITopic | None = None,
    ) -> None:
        """Define the service.

        Args:
            scope: Parent.
            construct_id: Id in the parent.
            cluster: Where it runs.
            task: What runs.
            subnets: Private ones, one per zone.
            capacity_provider_strategy: Where the tasks run; Fargate and instances do not mix.
            desired_tasks: How many, when there is no `scaling`.
            routing: Requests of the shared load balancer that reach it; none for a worker.
            scaling: Let Application Auto Scaling decide how many. Then the template states no count: one there
                would undo the scaling at every deployment (aws-cdk issue 3919).
            execute_command: Allow ECS Exec; the task role must allow it too.
            alarms: Alarms on 5xx answers, unhealthy tasks, CPU and memory.
            alarm_topic: Who is told.

        Raises:
            ValueError: If there is routing, but not exactly one container with a port; if requests are to scale
                the tasks, but there is no routing.
        """
        super().__init__(scope, construct_id)
        self._cluster = cluster
        self._task = task
        self._define_security_group()
        self._define_service(
            subnets=subnets,
            strategy=capacity_provider_strategy,
            desired_tasks=None if scaling else desired_tasks,
            routing=routing,
            execute_command=execute_command,
        )
        self.target_group = self._define_target_group(routing) if routing else None
        if routing and self.target_group:
            self._define_listener_rule(routing, self.target_group)
        if scaling:
            self._define_scaling(scaling)
        # In one stack with its cluster, a service must not come before the cluster's capacity providers.
        self.service.node.add_dependency(cluster)
        self.alarms = (
            ServiceAlarms(
                self, "Alarms", service=self.service, target_group=self.target_group, topic=alarm_topic
            ).alarms
            if alarms
            else []
        )

    def _define_security_group(self) -> None:
        self.security_group = ec2.SecurityGroup(
            self,
            "SecurityGroup",
            vpc=self._cluster.vpc,
            description="Tasks: the load balancer in, to the port of the container only",
        )

    def _define_service(
        self,
        *,
        subnets: Sequence[ec2.ISubnet],
        strategy: Sequence[CapacityShare],
        desired_tasks: int | None,
        routing: Routing | None,
        execute_command: bool,
    ) -> None:
        definition = self._task.task_definition
        on_ec2 = not definition.is_fargate_compatible
        # Any, because the two classes share these keywords and no type that says so.
        common: dict[str, Any] = {
            "cluster": self._cluster,
            "task_definition": definition,
            "desired_count": desired_tasks,
            "vpc_subnets": ec2.SubnetSelection(subnets=list(subnets)),
            "security_groups": [self.security_group],
            "assign_public_ip": False,
            "capacity_provider_strategies": [
                ecs.CapacityProviderStrategy(
                    capacity_provider=share.capacity_provider, base=share.base or None, weight=share.weight
                )
                for share in strategy
            ],
            "min_healthy_percent": 100,
            "max_healthy_percent": 200,
            "circuit_breaker": ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            "availability_zone_rebalancing": ecs.AvailabilityZoneRebalancing.ENABLED,
            "health_check_grace_period": self._health_check_grace() if routing else None,
            "enable_execute_command": execute_command,
            "enable_ecs_managed_tags": True,
            "propagate_tags": ecs.PropagatedTagSource.SERVICE,
        }
        if on_ec2:
            self.service = ecs.Ec2Service(
                self,
                "Service",
                # Zones first, so that rebalancing is possible; then as few hosts as will do.
                placement_strategies=[
                    ecs.PlacementStrategy.spread_across(ecs.BuiltInAttributes.AVAILABILITY_ZONE),
                    ecs.PlacementStrategy.packed_by_memory(),
                ],
                **common,
            )
        else:
            self.service = ecs.FargateService(
                self, "Service", platform_version=ecs.FargatePlatformVersion.LATEST, **common
            )
            self._state_scheduling_strategy(self.service)

    def _state_scheduling_strategy(self, service: ecs.FargateService) -> None:
        """On Fargate the L2 leaves it out, on EC2 it states it, and it is create-only.

        Without it, a service that moves from Fargate to instances, which ECS does by a deployment (UpdateService,
        `capacityProviderStrategy`), would be replaced by CloudFormation.
        """
        cast(ecs.CfnService, service.node.default_child).scheduling_strategy = "REPLICA"

    def _health_check_grace(self) -> cdk.Duration:
        """How long ECS lets a new task be unhealthy: its own start, then the load balancer's checks.

        Shorter, and ECS kills a slow starter for ever; much longer, and the circuit breaker comes late.
        """
        starts = [check.start_period_seconds for c in self._task.containers if (check := c.health_check)]
        checks = (_HEALTHY_THRESHOLD + _UNHEALTHY_THRESHOLD) * _HEALTH_CHECK_INTERVAL_SECONDS
        return cdk.Duration.seconds(max(starts, default=30) + checks)

    def _serving_container(self) -> Container:
        """The one container that listens; any other choice would be a guess."""
        listening = [container for container in self._task.containers if container.port is not None]
        if len(listening) != 1:
            names = ", ".join(container.name for container in listening) or "none"
            raise ValueError(f"containers with a port: {names}; routing needs exactly one")
        return listening[0]

    def _define_target_group(self, routing: Routing) -> elbv2.ApplicationTargetGroup:
        container = self._serving_container()
        return elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            vpc=self._cluster.vpc,
            port=80,
            protocol=elbv2.ApplicationProtocol.HTTP,
            target_type=elbv2.TargetType.IP,
            targets=[
                self.service.load_balancer_target(
                    container_name=container.name, container_port=container.port, protocol=ecs.Protocol.TCP
                )
            ],
            deregistration_delay=cdk.Duration.seconds(routing.deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                path=routing.health_check_path,
                interval=cdk.Duration.seconds(_HEALTH_CHECK_INTERVAL_SECONDS),
                timeout=cdk.Duration.seconds(_HEALTH_CHECK_TIMEOUT_SECONDS),
                healthy_threshold_count=_HEALTHY_THRESHOLD,
                unhealthy_threshold_count=_UNHEALTHY_THRESHOLD,
            ),
        )

    def _define_listener_rule(self, routing: Routing, target_group: elbv2.ApplicationTargetGroup) -> None:
        conditions = []
        if routing.host_headers:
            conditions.append(elbv2.ListenerCondition.host_headers(list(routing.host_headers)))
        if routing.path_patterns:
            conditions.append(elbv2.ListenerCondition.path_patterns(list(routing.path_patterns)))
        elbv2.ApplicationListenerRule(
            self,
            "ListenerRule",
            listener=routing.listener,
            priority=routing.priority,
            conditions=conditions,
            action=elbv2.ListenerAction.forward([target_group]),
        )

    def _define_scaling(self, scaling: Scaling) -> None:
        count = self.service.auto_scale_task_count(min_capacity=scaling.min_tasks, max_capacity=scaling.max_tasks)
        if scaling.cpu_percent is not None:
            count.scale_on_cpu_utilization("Cpu", target_utilization_percent=scaling.cpu_percent)
        if scaling.memory_percent is not None:
            count.scale_on_memory_utilization("Memory", target_utilization_percent=scaling.memory_percent)
        if scaling.requests_per_target is not None:
            if self.target_group is None:
                raise ValueError("requests_per_target needs routing: without it there are no requests to count")
            count.scale_on_request_count(
                "Requests", requests_per_target=scaling.requests_per_target, target_group=self.target_group
            )
