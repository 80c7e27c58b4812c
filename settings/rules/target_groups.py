"""Rules of what a target group of an Application Load Balancer can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.routing_options import RoutingOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.routing_subjects import has_https, load_balancer_key, routing_keys, routings
from settings.rules.rule import rule, warning

_CODES: Final = ("health_check_success_codes", "health_check_grpc_codes")
_CONTAINER: Final = "ecs.services.<name>.containers.<name>"
_RESERVED_COOKIES: Final = ("AWSALB", "AWSALBAPP", "AWSALBTG")


@rule("Matcher, Elastic Load Balancing API Reference", keys=routing_keys("health_check_success_codes"))
def success_codes_ascend(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a range whose first code is greater than its last."""
    for path, _, routing in routings(environment):
        first, dash, last = routing.health_check_success_codes.partition("-")
        if dash and first > last:
            yield Problem(
                path=(*path, "health_check_success_codes"),
                value=routing.health_check_success_codes,
                allowed=f"a range that ascends, such as {last}-{first}",
            )


@rule(
    "Matcher, Elastic Load Balancing API Reference",
    keys=routing_keys("health_check_success_codes", "health_check_grpc_codes", "protocol_version"),
)
def health_check_codes_are_of_the_protocol(environment: Environment) -> Iterator[Problem]:
    """A health check is answered with a status of HTTP or of gRPC, and the codes of the other are not looked at."""
    for path, _, routing in routings(environment):
        is_grpc = routing.protocol_version == "GRPC"
        key, right = _CODES if is_grpc else reversed(_CODES)
        if getattr(routing, key) != RoutingOptions.model_fields[key].default:
            yield Problem(
                path=(*path, key),
                finding=f"there is {key}, and protocol_version is {routing.protocol_version}",
                fix=f"use {right}" if is_grpc else f"use {right}, or GRPC",
            )


@warning(
    "Health checks for Application Load Balancer target groups: HealthCheckPort",
    keys=(*routing_keys("health_check_port"), f"{_CONTAINER}.port", f"{_CONTAINER}.additional_ports"),
)
def health_check_port_is_of_a_container(environment: Environment) -> Iterator[Problem]:
    """Health checks of a port on which nothing listens fail, and Amazon ECS stops one task after the other."""
    for path, service, routing in routings(environment):
        ports = [port for each in service.containers.values() for _, port, protocol in each.ports if protocol == "tcp"]
        if routing.health_check_port is not None and routing.health_check_port not in ports:
            yield Problem(
                path=(*path, "health_check_port"),
                finding=f"no container has the TCP port {routing.health_check_port}",
                fix=f"use {listed(sorted(map(str, set(ports))), 'or')}, or add it to additional_ports"
                if ports
                else "add it to additional_ports of the container that listens on it",
            )


@rule(
    "Target groups for your Application Load Balancers: protocol version; Authenticate users",
    keys=routing_keys("protocol_version"),
)
def protocol_version_has_https(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing takes target groups for HTTP/2 and gRPC behind listeners for HTTPS alone."""
    for path, _, routing in routings(environment):
        if routing.protocol_version != "HTTP1" and not has_https(environment, routing.load_balancer):
            yield Problem(
                path=(*path, "protocol_version"),
                finding=f"{load_balancer_key(routing.load_balancer)} serves plain HTTP",
                fix="give it a certificate, or use HTTP1",
            )


@rule(
    "Edit target group attributes for your Application Load Balancer: slow start; routing algorithms",
    keys=routing_keys("slow_start_seconds", "load_balancing_algorithm", "anomaly_mitigation"),
)
def algorithm_takes_what_is_asked_of_it(environment: Environment) -> Iterator[Problem]:
    """Slow start works with round robin alone, and anomaly mitigation with weighted random alone."""
    for path, _, routing in routings(environment):
        algorithm = routing.load_balancing_algorithm
        if routing.slow_start_seconds is not None and algorithm != "round_robin":
            yield Problem(
                path=(*path, "slow_start_seconds"),
                finding=f"load_balancing_algorithm is {algorithm}, which has no slow start",
                fix="remove slow_start_seconds, or use round_robin",
            )
        if routing.anomaly_mitigation and algorithm != "weighted_random":
            yield Problem(
                path=(*path, "anomaly_mitigation"),
                finding=f"load_balancing_algorithm is {algorithm}, which has no anomaly mitigation",
                fix="remove anomaly_mitigation, or use weighted_random",
            )


@rule("Sticky sessions for your Application Load Balancer", keys=routing_keys("stickiness.cookie_name"))
def cookie_name_is_not_reserved(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing uses the names of its own cookies itself."""
    for path, _, routing in routings(environment):
        if routing.stickiness is not None and routing.stickiness.cookie_name in _RESERVED_COOKIES:
            yield Problem(
                path=(*path, "stickiness", "cookie_name"),
                value=routing.stickiness.cookie_name,
                allowed="the name of a cookie of the application",
            )
