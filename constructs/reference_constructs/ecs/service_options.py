"""Options of a service."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.ecs.deployment_options import DeploymentOptions
from reference_constructs.ecs.listener_rule_priority import MAX_PRIORITY, computed_priority
from reference_constructs.ecs.placement_options import (
    DEFAULT_STRATEGIES,
    PlacementConstraintOptions,
    PlacementStrategyOptions,
)
from reference_constructs.ecs.scaling_options import ScalingOptions
from reference_constructs.ecs.service_connect_options import ServiceConnectOptions, ServiceDiscoveryOptions
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Port, ResourceName, SecurityGroupId

# Above this, an alarm is raised (`service_alarms.py`); scaling is to begin before.
UTILIZATION_ALARM_PERCENT: Final = 90

# "Condition types for listener rules", Application Load Balancers.
PathPattern = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9_.$/~\"'@:+&*?-]+$",
        max_length=128,
        examples=["/orders/*"],
        json_schema_extra=in_words("letters, digits, and the characters `_.$/~\"'@:+&-`; `*` and `?` are wildcards"),
    ),
]
HostHeader = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9.*?-]*\.[A-Za-z*?]+$",
        max_length=128,
        examples=["*.example.com"],
        json_schema_extra=in_words("letters, digits, hyphens, and at least one period; `*` and `?` are wildcards"),
    ),
]


class RoutingOptions(Options):
    """Listener rule and target group of a service behind the shared load balancer."""

    path_patterns: Annotated[tuple[PathPattern, ...], Field(max_length=5)] = ()
    """Path patterns to match, such as `/orders` and `/orders/*`. The path is forwarded unchanged."""

    host_headers: Annotated[tuple[HostHeader, ...], Field(max_length=5)] = ()
    """Host headers to match, such as `orders.example.com`."""

    priority: Annotated[int, Field(ge=1, le=MAX_PRIORITY)] | None = None
    """Priority of the listener rule. The rule with the lowest number is evaluated first. With `null`, the priority is
    computed from the host headers, the path patterns, and the name of the service, so that no other service changes it
    (docs/adr/0007)."""

    protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    """Protocol between the load balancer and the tasks, for requests and health checks. With `HTTPS`, the container
    must serve TLS itself, with a certificate that can be self-signed: the load balancer does not validate it. With
    `HTTP`, the requests are not encrypted inside the VPC."""

    health_check_path: Annotated[
        str,
        Field(
            pattern=r"^/",
            max_length=1024,
            examples=["/health"],
            json_schema_extra=in_words("path that starts with `/`"),
        ),
    ] = "/"
    """Path of the health checks of the target group."""

    health_check_port: Port | None = None
    """Port of the health checks. With `null`, it is the port that receives the requests."""

    health_check_success_codes: Annotated[
        str,
        Field(
            pattern=r"^[2-4][0-9]{2}((-[2-4][0-9]{2})|(,[2-4][0-9]{2})*)$",
            examples=["200-299"],
            json_schema_extra=in_words("status codes from 200 to 499: one, a list such as `200,204`, or a range"),
        ),
    ] = "200"
    """HTTP status codes of a successful health check (`Matcher`)."""

    health_check_interval_seconds: Annotated[int, Field(ge=5, le=300)] = 10
    """Time between the health checks of a target, in seconds."""

    health_check_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 5
    """Time, in seconds, after which a health check without a response has failed. It must be less than the interval."""

    healthy_threshold_count: Annotated[int, Field(ge=2, le=10)] = 2
    """Number of consecutive successful health checks after which a target is healthy."""

    unhealthy_threshold_count: Annotated[int, Field(ge=2, le=10)] = 3
    """Number of consecutive failed health checks after which a target is unhealthy."""

    health_check_grace_period_seconds: Annotated[int, Field(ge=0, le=2_147_483_647)] | None = None
    """Time, in seconds, after the start of a task in which Amazon ECS ignores failed health checks. With `null`, it is
    the longest `start_period_seconds` of the containers, or 30 if there is none, and the time that the thresholds take.
    State it for an application that needs longer to start and has no container health check."""

    deregistration_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 20
    """Time, in seconds, in which a deregistered target can complete requests in flight. Amazon ECS stops the containers
    of the task afterwards, so it makes each deployment longer. The default of Elastic Load Balancing is 300."""

    @property
    def seconds_to_judge_a_target(self) -> int:
        """How long the load balancer needs to find a target healthy after it has found it unhealthy."""
        return (self.healthy_threshold_count + self.unhealthy_threshold_count) * self.health_check_interval_seconds

    def rule_priority(self, service_name: str) -> int:
        """The priority of the listener rule of a service: the one that is stated, or the computed one.

        Args:
            service_name: Name of the service.
        """
        return self.priority or computed_priority(service_name, self.host_headers, self.path_patterns)


class ServiceOptions(TaskOptions):
    """ECS service. Each service is deployed as a separate stack."""

    routing: RoutingOptions | None = None
    """Requests that the shared load balancer forwards to the service. With `null`, the service receives none. With
    `routing`, exactly one container of the task must have a `port`."""

    service_connect: ServiceConnectOptions | None = None
    """Service Connect: other services by name, with a proxy in each task. With `null`, the tasks have none. It requires
    `ecs.namespace`, and who may connect is `reachable_from`."""

    service_discovery: ServiceDiscoveryOptions | None = None
    """Records of the tasks in the private hosted zone of `ecs.namespace`. With `null`, there are none."""

    reachable_from: tuple[ResourceName, ...] = ()
    """Services whose tasks may connect to the tasks of this one, by name: to the ports that `service_connect` serves,
    or without any, to all ports of its containers. Nothing else in the VPC can, apart from the load balancer."""

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
