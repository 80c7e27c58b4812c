"""Rules of how load balancers route requests to services."""

from __future__ import annotations

from collections.abc import Iterator

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
    load_balancer_key,
    network_routings,
    routing_keys,
    routings,
)
from settings.rules.rule import rule, warning

_SERVICE = "ecs.services.<name>"
_NETWORK = f"{_SERVICE}.network_routings.<name>"


@rule(
    "docs/adr/0007: services share a load balancer",
    keys=(*routing_keys(), *routing_keys("load_balancer"), *balancer_keys()),
)
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
