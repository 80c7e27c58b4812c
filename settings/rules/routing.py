"""Rules of how load balancers route requests to services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.network_routing_options import NetworkRoutingOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.ecs.service_ports import listening_ports
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.routing_subjects import (
    all_load_balancers,
    balancer_keys,
    has_https,
    load_balancer_key,
    network_routings,
    routing_keys,
    routings,
)
from settings.rules.rule import rule, warning

_SERVICE = "ecs.services.<name>"
_NETWORK = f"{_SERVICE}.network_routings.<name>"
_RESERVED_COOKIES: Final = ("AWSALB", "AWSALBAPP", "AWSALBTG")


@rule("docs/adr/0007: services share a load balancer", keys=(*routing_keys("load_balancer"), *balancer_keys()))
def routing_has_a_load_balancer(environment: Environment) -> Iterator[Problem]:
    """Requests reach a service through the load balancer that services share."""
    known = all_load_balancers(environment)
    for path, _, routing in routings(environment):
        name = routing.load_balancer
        if name not in known and name is None:
            yield Problem(
                path=path,
                finding=f"there is {_key(path)}, but no ecs.load_balancer",
                fix=f"add ecs.load_balancer, or remove {_key(path)}"
                if len(known) == 0
                else "name one of ecs.load_balancers in load_balancer",
            )
        elif name not in known:
            hint = did_you_mean(str(name), filter(None, known))
            yield Problem(
                path=(*path, "load_balancer"),
                finding=f"there is no {load_balancer_key(name)}",
                fix=hint or "add it, or name another one",
            )


@rule(
    "docs/adr/0007: services share a load balancer",
    keys=(
        f"{_SERVICE}.containers",
        f"{_SERVICE}.containers.<name>.port",
        *routing_keys("container", "container_port"),
    ),
)
def routing_has_one_container_with_a_port(environment: Environment) -> Iterator[Problem]:
    """A target of the load balancer is one port of one container."""
    for path, service, routing in routings(environment):
        stated = [key for key in ("container", "container_port") if getattr(routing, key) is not None]
        ports = [each.port for each in service.containers.values()]
        found = listening_ports(service.containers, routing.container, routing.container_port)
        if len(found) == 1:
            continue
        if stated:
            yield Problem(
                path=(*path, stated[-1]),
                value=getattr(routing, stated[-1]),
                allowed=_listed_ports(service) if not found else "one container: name it in container",
            )
            continue
        names = [name for name, _ in found]
        have = f"containers {listed(names)} have a port" if any(ports) else "no container has a port"
        yield Problem(
            path=(*path[:3], "containers"),
            finding=f"there is {_key(path)}, but {have}",
            fix="set port of exactly one container"
            if not any(ports)
            else f"set port of exactly one container, or name one in {_key(path)}.container",
        )


def _key(routing: KeyPath) -> str:
    """Its place in the service."""
    return ".".join(map(str, routing[3:]))


def _listed_ports(service: ServiceSettings) -> str:
    ports = [
        f"{port} of {name}"
        for name, container in service.containers.items()
        for _, port, protocol in container.ports
        if protocol == "tcp"
    ]
    return listed(ports, "or") if ports else "a port of a container"


@warning(
    "Task definition parameters, essential",
    keys=(f"{_SERVICE}.containers.<name>.essential", *routing_keys("container")),
)
def routed_container_is_essential(environment: Environment) -> Iterator[Problem]:
    """When it ends, its task goes on without anything that answers, until the load balancer's health check fails."""
    for path, service, routing in routings(environment):
        for name, _ in listening_ports(service.containers, routing.container, routing.container_port):
            if not service.containers[name].essential:
                yield Problem(
                    path=(*path[:3], "containers", name, "essential"),
                    finding="the load balancer sends requests to this container, and it is not essential",
                    fix="remove essential, or set it to true",
                )


@rule(
    "Health checks for Application Load Balancer target groups",
    keys=(
        *routing_keys("health_check_timeout_seconds", "health_check_interval_seconds"),
        f"{_NETWORK}.health_check_timeout_seconds",
        f"{_NETWORK}.health_check_interval_seconds",
    ),
)
def target_health_check_ends_before_the_next(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a timeout that is not less than the interval."""
    both: list[tuple[KeyPath, RoutingOptions | NetworkRoutingOptions]] = [
        *((path, each) for path, _, each in routings(environment)),
        *((path, each) for path, _, each in network_routings(environment)),
    ]
    for path, routing in both:
        if routing.health_check_timeout_seconds >= routing.health_check_interval_seconds:
            yield Problem(
                path=(*path, "health_check_timeout_seconds"),
                value=routing.health_check_timeout_seconds,
                allowed=f"less than health_check_interval_seconds, which is {routing.health_check_interval_seconds}",
            )


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


@warning(
    "Service definition parameters, healthCheckGracePeriodSeconds",
    keys=(
        *routing_keys("health_check_grace_period_seconds"),
        f"{_SERVICE}.containers.<name>.health_check.start_period_seconds",
    ),
)
def grace_period_covers_the_start(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS stops a task that fails its health checks after the grace period, and tries again."""
    for path, service, routing in routings(environment):
        grace = routing.health_check_grace_period_seconds
        checks = [each.health_check for each in service.containers.values() if each.health_check is not None]
        longest = max((check.start_period_seconds for check in checks), default=0)
        if grace is not None and grace < longest and grace == service.grace_period_seconds:
            yield Problem(
                path=(*path, "health_check_grace_period_seconds"),
                finding=f"the grace period is {grace}, but a container has a start_period_seconds of {longest}",
                fix=f"set it to {longest + routing.seconds_to_judge_a_target} or more, or leave it out",
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
