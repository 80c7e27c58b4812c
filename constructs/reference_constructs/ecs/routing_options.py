"""Options of how an Application Load Balancer routes requests to a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.ecs.container_options import ContainerName
from reference_constructs.edge.listener_rule_options import ListenerRuleOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Port, ResourceName


class StickinessOptions(Options):
    """Sticky sessions: further requests of a client go to the task that had the first one."""

    duration_seconds: Annotated[int, Field(ge=1, le=604_800)] = 86_400
    """Time, in seconds, after which the next request can go to another task."""

    cookie_name: (
        Annotated[
            str,
            Field(
                pattern=r"^[A-Za-z0-9_.-]{1,256}$",
                examples=["SESSION"],
                json_schema_extra=in_words("name of a cookie"),
            ),
        ]
        | None
    ) = None
    """Name of a cookie of the application, without which a response starts no session. With `null`, the load balancer
    sets a cookie of its own."""


class RoutingOptions(ListenerRuleOptions):
    """Listener rule and target group of a service behind an Application Load Balancer."""

    load_balancer: ResourceName | None = None
    """Name of one of `ecs.load_balancers`. With `null`, it is `ecs.load_balancer`."""

    container: ContainerName | None = None
    """Name of the container that requests are forwarded to. With `null`, it is the only one with a `port`."""

    container_port: Port | None = None
    """Port of the container, its `port` or one of its `additional_ports`. With `null`, it is its `port`."""

    further_rules: dict[ResourceName, ListenerRuleOptions] = {}
    """Further listener rules that forward to the same target group, by name. A listener rule can have five values in
    all of its conditions together, and each of these has five more."""

    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] = "HTTP1"
    """Protocol version between the load balancer and the tasks. `HTTP2` and `GRPC` require a listener with HTTPS. With
    `GRPC`, `health_check_path` is a method, such as `/grpc.health.v1.Health/Check`, and its default is
    `/AWS.ALB/healthcheck`."""

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
    """HTTP status codes of a successful health check (`Matcher`). With `protocol_version: GRPC`, it is not used."""

    health_check_grpc_codes: Annotated[
        str,
        Field(
            pattern=r"^[0-9]{1,2}(-[0-9]{1,2}|(,[0-9]{1,2})*)$",
            examples=["0"],
            json_schema_extra=in_words("gRPC status codes from 0 to 99: one, a list such as `0,12`, or a range"),
        ),
    ] = "12"
    """gRPC status codes of a successful health check, with `protocol_version: GRPC`. The default means that the method
    is not implemented, which a server answers that runs. With a `health_check_path` of a method that there is, use
    `"0"`."""

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

    slow_start_seconds: Annotated[int, Field(ge=30, le=900)] | None = None
    """Time, in seconds, in which the share of requests of a new task grows to that of the others. With `null`, it gets
    its share at once."""

    load_balancing_algorithm: Literal["round_robin", "least_outstanding_requests", "weighted_random"] = "round_robin"
    """How the load balancer chooses among the tasks."""

    anomaly_mitigation: bool = False
    """Whether tasks that answer with more errors than the others get fewer requests. It requires
    `load_balancing_algorithm: weighted_random`."""

    stickiness: StickinessOptions | None = None
    """Sticky sessions. With `null`, each request can go to each task."""

    @property
    def seconds_to_judge_a_target(self) -> int:
        """How long the load balancer needs to find a target healthy after it has found it unhealthy."""
        return (self.healthy_threshold_count + self.unhealthy_threshold_count) * self.health_check_interval_seconds

    @property
    def path_of_health_check(self) -> str:
        """The path that is stated, or the one that fits the protocol version."""
        is_stated = "health_check_path" in self.model_fields_set
        return "/AWS.ALB/healthcheck" if self.protocol_version == "GRPC" and not is_stated else self.health_check_path

    @property
    def rules(self) -> Iterator[tuple[str, ListenerRuleOptions]]:
        """Every listener rule with its name, which is empty for that of the routing itself."""
        yield "", self
        yield from self.further_rules.items()
