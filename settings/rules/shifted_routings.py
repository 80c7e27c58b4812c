"""Rules of routings whose requests a deployment shifts: what the listener rule can have, and the one for tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facts.load_balancing import VALUES_OF_A_RULE
from reference_constructs.ecs.deployment_options import ShiftTestTrafficOptions
from reference_constructs.ecs.routing_options import RoutingOptions
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.routing_subjects import (
    condition_keys,
    existing_load_balancers,
    listener_rules,
    routing_keys,
    routings,
)
from settings.rules.rule import rule

_DEPLOYMENT = "ecs.services.<name>.deployment"
_STRATEGY = f"{_DEPLOYMENT}.strategy"
_TEST = f"{_DEPLOYMENT}.test_traffic"
_VALUES = condition_keys(
    "path_patterns", "host_headers", "http_headers", "http_request_methods", "query_strings", "source_ips"
)


@dataclass(frozen=True)
class _TestRule:
    """The listener rule for test requests of a routing."""

    path: KeyPath
    routing: RoutingOptions
    routing_key: str
    options: ShiftTestTrafficOptions
    production: int
    """Priority of the rule for all requests."""

    title: str

    @property
    def priority(self) -> int:
        return self.options.priority or self.production - 1


def _shifted(environment: Environment) -> Iterator[tuple[KeyPath, ServiceSettings, RoutingOptions]]:
    for path, service, routing in routings(environment):
        if service.deployment.shifts_traffic:
            yield path, service, routing


def _test_rules(environment: Environment) -> Iterator[_TestRule]:
    rules = {each.path: each for each in listener_rules(environment)}
    for path, service, routing in _shifted(environment):
        if (test := service.deployment.test_traffic) is not None:
            key = ".".join(map(str, path[3:]))
            own = rules[path]
            place = (*path[:3], "deployment", "test_traffic")
            yield _TestRule(place, routing, key, test, own.priority, f"the test requests of {own.title}")


@rule(
    "Application Load Balancer resources for blue/green deployments: limitations",
    keys=(_STRATEGY, *routing_keys("authentication")),
)
def shifted_requests_are_only_forwarded(environment: Environment) -> Iterator[Problem]:
    """A deployment fails if the listener rule that it shifts has other actions beside that to forward."""
    for path, service, routing in _shifted(environment):
        if routing.authentication is not None:
            yield Problem(
                path=(*path, "authentication"),
                finding=f"users are authenticated, and strategy is {service.deployment.strategy}",
                fix="use ROLLING, or let the application authenticate its users",
            )


@rule(
    "AdvancedConfiguration, Amazon ECS API Reference: productionListenerRule",
    keys=(_STRATEGY, *routing_keys("further_rules")),
)
def every_rule_is_shifted(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS shifts one rule of a target group; the others go on to tasks that the deployment stops."""
    for path, service, routing in _shifted(environment):
        if routing.further_rules:
            yield Problem(
                path=(*path, "further_rules"),
                finding=f"there are further_rules, and strategy is {service.deployment.strategy}",
                fix="make each an item of routings, which has its own target groups, or use ROLLING",
            )


@rule(
    "Listener rules for your Application Load Balancer, rule priority",
    keys=(f"{_TEST}.priority", *condition_keys("priority")),
)
def test_requests_are_found_first(environment: Environment) -> Iterator[Problem]:
    """The rule for all requests would take the test requests too, or the load balancer refuses the priority twice."""
    taken = {(each.load_balancer, each.priority): each.title for each in listener_rules(environment)}
    for path, name, existing in existing_load_balancers(environment):
        taken |= {
            (name, each): f"one of {'.'.join(map(str, path))}.taken_priorities" for each in existing.taken_priorities
        }
    for test in _test_rules(environment):
        place = (test.routing.load_balancer, test.priority)
        if not 1 <= test.priority < test.production:
            finding = f"the priority {test.priority} is not before that of all requests, which is {test.production}"
        elif place in taken:
            owner = taken[place]
            finding = (
                f"the priority {test.priority} is also {owner if owner.startswith('one ') else f'that of {owner}'}"
            )
        else:
            taken[place] = test.title
            continue
        yield Problem(
            path=(*test.path, "priority"),
            finding=finding,
            fix=f"set it to a free number below {test.production}"
            if test.production > 1
            else f"raise {test.routing_key}.priority",
        )


@rule("Quotas for your Application Load Balancers", keys=(_TEST, *_VALUES))
def test_requests_have_room_for_a_header(environment: Environment) -> Iterator[Problem]:
    """A listener rule can have five condition values, and that for test requests has the header on top."""
    for test in _test_rules(environment):
        if test.routing.number_of_values == VALUES_OF_A_RULE:
            yield Problem(
                path=test.path,
                finding=f"there are {VALUES_OF_A_RULE} values in the conditions of {test.routing_key}, and the header "
                "of test requests",
                allowed=f"at most {VALUES_OF_A_RULE} together",
            )


@rule("HttpHeaderConditionConfig, Elastic Load Balancing API Reference", keys=(f"{_TEST}.header_name", *_VALUES))
def test_header_is_no_other_condition(environment: Environment) -> Iterator[Problem]:
    """A rule has one condition for a header, and test requests meet the conditions of all requests besides theirs."""
    for test in _test_rules(environment):
        taken = {each.lower() for each in test.routing.http_headers}
        if test.options.header_name.lower() in {"host", *taken}:
            yield Problem(
                path=(*test.path, "header_name"),
                value=test.options.header_name,
                allowed=f"a header that is no condition of {test.routing_key}, and not Host",
            )
