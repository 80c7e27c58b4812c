"""Rules of the listener rule for test requests."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.subjects import routed_services

_SERVICE = "ecs.services.<name>"
_TEST = f"{_SERVICE}.deployment.test_traffic"
_ROUTING = f"{_SERVICE}.routing"
_MAX_VALUES = 5


@rule(
    "Listener rules for your Application Load Balancer, rule priority",
    keys=(f"{_TEST}.priority", f"{_ROUTING}.priority"),
)
def test_requests_are_found_first(environment: Environment) -> Iterator[Problem]:
    """The rule for all requests would take the test requests too, or the load balancer refuses the priority twice."""
    taken = {routing.rule_priority(str(path[-1])): str(path[-1]) for path, _, routing in routed_services(environment)}
    for path, service, routing in routed_services(environment):
        test, name = service.deployment.test_traffic, str(path[-1])
        if test is None or not service.deployment.shifts_traffic:
            continue
        production = routing.rule_priority(name)
        priority = test.priority or production - 1
        if not 1 <= priority < production:
            finding = f"the priority {priority} is not before that of all requests, which is {production}"
        elif priority in taken:
            finding = f"the priority {priority} is also that of service {taken[priority]}"
        else:
            taken[priority] = name
            continue
        yield Problem(
            path=(*path, "deployment", "test_traffic", "priority"),
            finding=finding,
            fix=f"set it to a free number below {production}" if production > 1 else "raise routing.priority",
        )


@rule(
    "Quotas for your Application Load Balancers", keys=(_TEST, f"{_ROUTING}.path_patterns", f"{_ROUTING}.host_headers")
)
def test_requests_have_room_for_a_header(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have five condition values, and that for test requests has the header on top."""
    for path, service, routing in routed_services(environment):
        count = len(routing.path_patterns) + len(routing.host_headers)
        if service.deployment.test_traffic is not None and service.deployment.shifts_traffic and count == _MAX_VALUES:
            yield Problem(
                path=(*path, "deployment", "test_traffic"),
                finding=f"there are {count} path_patterns and host_headers, and the header of test requests",
                allowed=f"at most {_MAX_VALUES} together",
            )
