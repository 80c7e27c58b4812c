"""Options of a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.ecs.deployment_options import DeploymentOptions
from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.placement_options import (
    DEFAULT_STRATEGIES,
    PlacementConstraintOptions,
    PlacementStrategyOptions,
)
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.ecs.scaling_options import ScalingOptions
from reference_constructs.ecs.service_connect_options import ServiceConnectOptions, ServiceDiscoveryOptions
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.ecs.vpc_lattice_options import ServiceLatticeOptions
from reference_constructs.edge.listener_rule_options import ListenerRuleOptions
from reference_constructs.value_types import ResourceName, SecurityGroupId

# Above this, an alarm is raised (`service_alarms.py`); scaling is to begin before.
UTILIZATION_ALARM_PERCENT: Final = 90


class ServiceOptions(TaskOptions):
    """ECS service. Each service is deployed as a separate stack."""

    routing: RoutingOptions | None = None
    """Requests that the shared load balancer forwards to the service. With `null`, the service receives none. With
    `routing`, exactly one container of the task must have a `port`, or `container` names one."""

    routings: dict[ResourceName, RoutingOptions] = {}
    """Further requests that load balancers forward to the service, by name. Each has a target group of its own, such as
    for another load balancer, another container or port, or another health check. A service can have five target groups
    in all."""

    network_routings: dict[ResourceName, NetworkRoutingOptions] = {}
    """Connections that Network Load Balancers forward to the service, by name."""

    service_connect: ServiceConnectOptions | None = None
    """Service Connect: other services by name, with a proxy in each task. With `null`, the tasks have none. It requires
    `ecs.namespace`, and who may connect is `reachable_from`."""

    service_discovery: ServiceDiscoveryOptions | None = None
    """Records of the tasks in the private hosted zone of `ecs.namespace`. With `null`, there are none."""

    vpc_lattice: ServiceLatticeOptions | None = None
    """Amazon VPC Lattice: HTTPS requests from every VPC of the service network in `ecs.vpc_lattice`. With `null`, there
    are none."""

    reachable_from: tuple[ResourceName, ...] = ()
    """Services whose tasks may connect to the tasks of this one, by name: to the ports that `service_connect` serves,
    or without any, to all ports of its containers. Names of queue workers, scheduled tasks, and standalone tasks are
    allowed too. Nothing else in the VPC can connect, apart from the load balancer."""

    security_group_ids: Annotated[tuple[SecurityGroupId, ...], Field(max_length=4)] = ()
    """IDs of security groups that exist, in addition to that of the tasks, such as one that a database admits."""

    outputs: bool = False
    """Whether the stack has outputs that other stacks and programs may use: the security group, the name, the task
    role, and the log group of the service."""

    desired_count: Annotated[int, Field(ge=0, le=5000)] = 1
    """Number of tasks to run. Use `scaling` instead if the number is to follow the load."""

    scaling: ScalingOptions | None = None
    """Service auto scaling. With `null`, the number of tasks is `desired_count`."""

    scheduling_strategy: Literal["REPLICA", "DAEMON"] = "REPLICA"
    """Scheduling strategy: `REPLICA` runs a number of tasks, `DAEMON` runs one task on each instance of the cluster,
    such as an agent for logs. `DAEMON` requires EC2 capacity, and has neither a number of tasks nor `scaling`; its
    `capacity_provider_strategy` must name every group of the cluster."""

    minimum_healthy_percent: Annotated[int, Field(ge=0, le=100)] | None = None
    """Lower limit of running tasks during a deployment, in percent of the number of tasks, rounded up. With `null`, it
    is 100, and 0 for `DAEMON`. For what must never run twice, set it to 0 and `maximum_percent` to 100: a deployment
    then stops the old task before it starts the new one, and the service does not run in between."""

    maximum_percent: Annotated[int, Field(ge=100, le=10000)] | None = None
    """Upper limit of tasks during a deployment, in percent of the number of tasks, rounded down. With `null`, it is
    200, and 100 for `DAEMON`. With 100, tasks are not rebalanced over Availability Zones either, because ECS starts
    a task before it stops another for that."""

    deployment: DeploymentOptions = DeploymentOptions()
    """How the service replaces its tasks, and what takes a deployment back. The default replaces them one after the
    other, and goes back to the old ones if the new ones do not start."""

    alarms: bool = True
    """Whether to create CloudWatch alarms for CPU utilization and memory utilization and, with `routing`, for HTTP 5xx
    responses and unhealthy targets."""

    placement_strategies: Annotated[tuple[PlacementStrategyOptions, ...], Field(max_length=5)] = DEFAULT_STRATEGIES
    """How Amazon ECS chooses among the instances of an Auto Scaling group. The default spreads the tasks over the
    Availability Zones and then uses as few instances as possible. Tasks move back to a zone that has recovered only if
    the first strategy spreads over the Availability Zones."""

    placement_constraints: Annotated[tuple[PlacementConstraintOptions, ...], Field(max_length=10)] = ()
    """Which instances of an Auto Scaling group Amazon ECS can place tasks on."""

    @property
    def all_routings(self) -> dict[str, RoutingOptions]:
        """Every routing by its name, which is empty for `routing`."""
        return {**({"": self.routing} if self.routing is not None else {}), **self.routings}

    @property
    def listener_rules(self) -> Iterator[tuple[str, RoutingOptions, ListenerRuleOptions]]:
        """Every listener rule with its name among those of the service, and its routing.

        The name is that of the routing, empty for `routing`; for a further rule, a slash and its name follow.
        """
        for name, routing in self.all_routings.items():
            for further, rule in routing.rules:
                yield (f"{name}/{further}" if further else name), routing, rule

    def listener_rule_priorities(self, service_name: str) -> dict[str, int]:
        """The priority of every listener rule, by its name among those of the service.

        Args:
            service_name: Name of the service.
        """
        names = {name: f"{service_name}/{name}" if name else service_name for name, _, _ in self.listener_rules}
        return {name: rule.rule_priority(names[name]) for name, _, rule in self.listener_rules}

    @property
    def has_targets(self) -> bool:
        """Whether a load balancer sends anything to its tasks."""
        return bool(self.all_routings or self.network_routings)

    @property
    def seconds_to_judge_a_target(self) -> int:
        """How long the slowest of its load balancers needs to find a target healthy."""
        judged = [each.seconds_to_judge_a_target for each in self.all_routings.values()]
        return max([*judged, *(each.seconds_to_judge_a_target for each in self.network_routings.values())], default=0)

    @property
    def grace_period_seconds(self) -> int | None:
        """The longest grace period that a routing states, which is one of the service."""
        stated = [each.health_check_grace_period_seconds for each in self.all_routings.values()]
        return max((each for each in stated if each is not None), default=None)

    @property
    def is_daemon(self) -> bool:
        """Whether one task runs on each instance."""
        return self.scheduling_strategy == "DAEMON"

    @property
    def reachable_ports(self) -> list[tuple[int, str]]:
        """Ports that `reachable_from` opens, each with its transport protocol."""
        served = {each.port_name for each in self.service_connect.serves.values()} if self.service_connect else set()
        found = []
        for container in self.containers.values():
            if container.port is not None and (not served or container.port_name in served):
                found.append((container.port, "tcp"))
            ports = container.additional_ports.items()
            found += [(each.port, each.protocol) for name, each in ports if not served or name in served]
        return found

    @property
    def least_percent(self) -> int:
        """Lower limit of running tasks during a deployment."""
        if self.minimum_healthy_percent is not None:
            return self.minimum_healthy_percent
        return 0 if self.is_daemon else 100

    @property
    def most_percent(self) -> int:
        """Upper limit of tasks during a deployment."""
        if self.maximum_percent is not None:
            return self.maximum_percent
        return 100 if self.is_daemon else 200

    @property
    def may_leave_targets(self) -> bool:
        """Whether a deployment may stop all tasks behind a load balancer at once."""
        return self.has_targets and bool(self.fewest_tasks or self.is_daemon) and not self.least_percent

    @property
    def has_room_to_deploy(self) -> bool:
        """Whether rounding leaves a task to stop, or one to start, with the fewest tasks that run."""
        if self.deployment.shifts_traffic:
            return True
        tasks = self.fewest_tasks
        stops = tasks - -(-tasks * self.least_percent // 100)
        return not tasks or stops > 0 or tasks * self.most_percent // 100 > tasks

    @property
    def fewest_tasks(self) -> int:
        """Number of tasks that the service runs at least; none of a daemon, whose number is that of the instances."""
        if self.is_daemon:
            return 0
        return self.desired_count if self.scaling is None else self.scaling.min_capacity

    @property
    def most_tasks(self) -> int:
        """Number of tasks that the service runs at most, apart from those of a deployment."""
        if self.is_daemon:
            return 0
        return self.desired_count if self.scaling is None else self.scaling.most

    @property
    def most_tasks_in_deployment(self) -> int:
        """New tasks start before old ones stop: twice as many during a deployment."""
        # All new tasks run before the first old one stops, whatever the limit is.
        percent = max(self.most_percent, 200) if self.deployment.shifts_traffic else self.most_percent
        return self.most_tasks * percent // 100

    @property
    def spreads_over_zones(self) -> bool:
        """Whether zones come first where tasks are placed, which Amazon ECS requires for zone rebalancing."""
        return not self.placement_strategies or self.placement_strategies[0] == DEFAULT_STRATEGIES[0]
