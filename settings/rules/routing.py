"""Rules of how the load balancer routes requests to services."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import routed_services

_SERVICE = "ecs.services.<name>"
_ROUTING = f"{_SERVICE}.routing"
_MAX_WILDCARDS = 5
_CONDITIONS = (f"{_ROUTING}.path_patterns", f"{_ROUTING}.host_headers")


@rule("docs/adr/0007: services share a load balancer", keys=(_ROUTING, "ecs.load_balancer"))
def routing_has_a_load_balancer(environment: Environment) -> Iterator[Problem]:
    """Requests reach a service through the load balancer that services share."""
    for path, _, _ in routed_services(environment):
        if environment.ecs is not None and environment.ecs.load_balancer is None:
            yield Problem(
                path=(*path, "routing"),
                finding="there is routing, but no ecs.load_balancer",
                fix="add ecs.load_balancer, or remove routing",
            )


@rule("Quotas for your Application Load Balancers", keys=(_ROUTING, *_CONDITIONS))
def routing_has_one_to_five_values(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have five condition values; without any, it would match every request."""
    for path, _, routing in routed_services(environment):
        count = len(routing.path_patterns) + len(routing.host_headers)
        if not 1 <= count <= 5:
            yield Problem(
                path=(*path, "routing"),
                finding=f"there are {count} path_patterns and host_headers together"
                if count
                else "there are no path_patterns and no host_headers",
                allowed="1 to 5 together",
            )


@rule("Quotas for your Application Load Balancers", keys=(_ROUTING, *_CONDITIONS))
def routing_has_at_most_five_wildcards(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have five wildcard characters, and the quota cannot be raised."""
    for path, _, routing in routed_services(environment):
        values = (*routing.path_patterns, *routing.host_headers)
        count = sum(value.count(wildcard) for value in values for wildcard in "*?")
        if count > _MAX_WILDCARDS:
            yield Problem(
                path=(*path, "routing"),
                finding=f"there are {count} wildcards in path_patterns and host_headers together",
                allowed=f"at most {_MAX_WILDCARDS} together",
            )


@rule("Listener rules for your Application Load Balancer, path conditions", keys=(f"{_ROUTING}.path_patterns[]",))
def path_pattern_can_match(environment: Environment) -> Iterator[Problem]:
    """The path of every request begins with a slash."""
    for path, _, routing in routed_services(environment):
        for index, pattern in enumerate(routing.path_patterns):
            if pattern[0] not in "/*?":
                yield Problem(
                    path=(*path, "routing", "path_patterns", index),
                    value=pattern,
                    allowed=f"a pattern that begins with /, such as /{pattern}",
                )


@rule(
    "PathPatternConditionConfig, Elastic Load Balancing API Reference",
    keys=_CONDITIONS,
)
def routing_value_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a condition that has one value twice."""
    for path, _, routing in routed_services(environment):
        yield from come_once((*path, "routing", "path_patterns"), routing.path_patterns)
        yield from come_once((*path, "routing", "host_headers"), routing.host_headers)


@rule(
    "docs/adr/0007: services share a load balancer",
    keys=(f"{_SERVICE}.containers", f"{_SERVICE}.containers.<name>.port", _ROUTING),
)
def routing_has_one_container_with_a_port(environment: Environment) -> Iterator[Problem]:
    """A target of the load balancer is one port of one container."""
    for path, service, _ in routed_services(environment):
        ports = [name for name, container in service.containers.items() if container.port is not None]
        if len(ports) != 1:
            have = f"containers {listed(ports)} have a port" if ports else "no container has a port"
            yield Problem(
                path=(*path, "containers"),
                finding=f"there is routing, but {have}",
                fix="set port of exactly one container",
            )


@warning(
    "Task definition parameters, essential",
    keys=(f"{_SERVICE}.containers.<name>.essential", _ROUTING),
)
def routed_container_is_essential(environment: Environment) -> Iterator[Problem]:
    """When it ends, its task goes on without anything that answers, until the load balancer's health check fails."""
    for path, service, _ in routed_services(environment):
        for name, container in service.containers.items():
            if container.port is not None and not container.essential:
                yield Problem(
                    path=(*path, "containers", name, "essential"),
                    finding="the load balancer sends requests to this container, and it is not essential",
                    fix="remove essential, or set it to true",
                )


@rule(
    "Health checks for Application Load Balancer target groups",
    keys=(f"{_ROUTING}.health_check_timeout_seconds", f"{_ROUTING}.health_check_interval_seconds"),
)
def target_health_check_ends_before_the_next(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a timeout that is not less than the interval."""
    for path, _, routing in routed_services(environment):
        if routing.health_check_timeout_seconds >= routing.health_check_interval_seconds:
            yield Problem(
                path=(*path, "routing", "health_check_timeout_seconds"),
                value=routing.health_check_timeout_seconds,
                allowed=f"less than health_check_interval_seconds, which is {routing.health_check_interval_seconds}",
            )


@rule("Matcher, Elastic Load Balancing API Reference", keys=(f"{_ROUTING}.health_check_success_codes",))
def success_codes_ascend(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a range whose first code is greater than its last."""
    for path, _, routing in routed_services(environment):
        first, dash, last = routing.health_check_success_codes.partition("-")
        if dash and first > last:
            yield Problem(
                path=(*path, "routing", "health_check_success_codes"),
                value=routing.health_check_success_codes,
                allowed=f"a range that ascends, such as {last}-{first}",
            )


@warning(
    "Service definition parameters, healthCheckGracePeriodSeconds",
    keys=(
        f"{_ROUTING}.health_check_grace_period_seconds",
        f"{_SERVICE}.containers.<name>.health_check.start_period_seconds",
    ),
)
def grace_period_covers_the_start(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS stops a task that fails its health checks after the grace period, and tries again."""
    for path, service, routing in routed_services(environment):
        grace = routing.health_check_grace_period_seconds
        checks = [each.health_check for each in service.containers.values() if each.health_check is not None]
        longest = max((check.start_period_seconds for check in checks), default=0)
        if grace is not None and grace < longest:
            yield Problem(
                path=(*path, "routing", "health_check_grace_period_seconds"),
                finding=f"the grace period is {grace}, but a container has a start_period_seconds of {longest}",
                fix=f"set it to {longest + routing.seconds_to_judge_a_target} or more, or leave it out",
            )


@rule("Listener rules for your Application Load Balancer, rule priority", keys=(f"{_ROUTING}.priority",))
def priority_is_used_once(environment: Environment) -> Iterator[Problem]:
    """A listener refuses two rules with the same priority."""
    owners: dict[int, str] = {}
    for path, _, routing in routed_services(environment):
        name = str(path[-1])
        priority = routing.rule_priority(name)
        owner = owners.setdefault(priority, name)
        if owner != name:
            how = "" if routing.priority else "computed "
            yield Problem(
                path=(*path, "routing", "priority"),
                finding=f"the {how}priority {priority} is also that of service {owner}",
                fix="set priority to another number from 1 to 50000",
            )
