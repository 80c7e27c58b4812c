"""Rules of routings whose requests a deployment shifts, and of the listener rule for test requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_existing_ecs import balanced
from tests.settings.rules.test_routing_conditions import HTTPS, POOL, USERS
from tests.support.rule_pairs import CAPACITY, LOAD_BALANCER, RulePair, other, service


def _tested(
    test: str, *lines: str, priority: int = 10, paths: str = "/*", before: str = CAPACITY + LOAD_BALANCER
) -> str:
    traffic = f"test_traffic: {{header_value: canary{test}}}"
    deployment = f"strategy: BLUE_GREEN, {traffic}, rollback_alarms: {{alarm_names: [x]}}"
    routing = f"routing: {{priority: {priority}, path_patterns: [{paths}]}}"
    return service(routing, f"deployment: {{{deployment}}}", *lines, before=before)


def _next(priority: int) -> str:
    return other(f"routing: {{priority: {priority}, path_patterns: [/b]}}")


def _shifted(routing: str, strategy: str, *, before: str = HTTPS % POOL) -> str:
    deployment = f"deployment: {{strategy: {strategy}, rollback_alarms: {{alarm_names: [x]}}}}"
    return service(routing, deployment, before=before)


def _existing(taken: int) -> str:
    """Behind a load balancer that exists, with the priority that another rule has."""
    tested = _tested("").partition("      deployment:")[2]
    return balanced(f"taken_priorities: [{taken}]", routing="priority: 10, path_patterns: [/*]") + (
        f"      deployment:{tested}"
    )


def _twice(routing: str = "", test: str = "") -> str:
    """A service with two routings, and test requests to both."""
    return _tested(test, f"routings: {{api: {{path_patterns: [/api], priority: 5{routing}}}}}", before=LOAD_BALANCER)


PAIRS = (
    RulePair(
        rule="shifted_requests_are_only_forwarded",
        rejected=_shifted(USERS % "", "CANARY"),
        accepted=_shifted(USERS % "", "ROLLING"),
        message=(
            "ecs.services.web.routing.authentication: users are authenticated, and strategy is CANARY\n"
            "fix: use ROLLING, or let the application authenticate its users\n"
            "why: A deployment fails if the listener rule that it shifts has other actions beside that to forward."
        ),
    ),
    RulePair(
        rule="every_rule_is_shifted",
        rejected=_shifted("routing: {path_patterns: [/a], further_rules: {more: {path_patterns: [/b]}}}", "LINEAR"),
        accepted=_shifted("routings: {some: {path_patterns: [/a]}, more: {path_patterns: [/b]}}", "LINEAR"),
        message=(
            "ecs.services.web.routing.further_rules: there are further_rules, and strategy is LINEAR\n"
            "fix: make each an item of routings, which has its own target groups, or use ROLLING\n"
            "why: Amazon ECS shifts one rule of a target group; the others go on to tasks that the deployment stops."
        ),
    ),
    RulePair(
        rule="test_requests_are_found_first: of each routing",
        rejected=_twice(test=", priority: 3"),
        accepted=_twice(),
        message=(
            "ecs.services.web.deployment.test_traffic.priority: the priority 3 is also that of the test requests of "
            "service web\n"
            "fix: set it to a free number below 5\n"
            "why: The rule for all requests would take the test requests too, or the load balancer refuses "
            "the priority twice."
        ),
    ),
    RulePair(
        rule="test_requests_are_found_first: others have added a rule",
        rejected=_existing(9),
        accepted=_existing(8),
        message=(
            "ecs.services.web.deployment.test_traffic.priority: the priority 9 is also one of "
            "ecs.load_balancer.existing.taken_priorities\n"
            "fix: set it to a free number below 10\n"
            "why: The rule for all requests would take the test requests too, or the load balancer refuses "
            "the priority twice."
        ),
    ),
    RulePair(
        rule="test_header_is_no_other_condition",
        rejected=_twice(", http_headers: {X-Test-Traffic: [a]}"),
        accepted=_twice(", http_headers: {X-Tenant: [a]}"),
        message=(
            "ecs.services.web.deployment.test_traffic.header_name: 'x-test-traffic', the default, is not allowed\n"
            "allowed: a header that is no condition of routings.api, and not Host\n"
            "why: A rule has one condition for a header, and test requests meet the conditions of all requests besides "
            "theirs."
        ),
    ),
    RulePair(
        rule="test_requests_are_found_first",
        rejected=_tested(", priority: 11"),
        accepted=_tested(", priority: 9"),
        message=(
            "ecs.services.web.deployment.test_traffic.priority: the priority 11 is not before that of all "
            "requests, which is 10\n"
            "fix: set it to a free number below 10\n"
            "why: The rule for all requests would take the test requests too, or the load balancer refuses "
            "the priority twice."
        ),
    ),
    RulePair(
        rule="test_requests_are_found_first: there is a number before",
        rejected=_tested("", priority=1),
        accepted=_tested("", priority=2),
        message=(
            "ecs.services.web.deployment.test_traffic.priority: the priority 0 is not before that of all "
            "requests, which is 1\n"
            "fix: raise routing.priority\n"
            "why: The rule for all requests would take the test requests too, or the load balancer refuses "
            "the priority twice."
        ),
    ),
    RulePair(
        rule="test_requests_are_found_first: a service has the number",
        rejected=_tested("") + _next(9),
        accepted=_tested("") + _next(8),
        message=(
            "ecs.services.web.deployment.test_traffic.priority: the priority 9 is also that of service other\n"
            "fix: set it to a free number below 10\n"
            "why: The rule for all requests would take the test requests too, or the load balancer refuses "
            "the priority twice."
        ),
    ),
    RulePair(
        rule="test_requests_have_room_for_a_header",
        rejected=_tested("", paths="/a, /b, /c, /d, /e"),
        accepted=_tested("", paths="/a, /b, /c, /d"),
        message=(
            "ecs.services.web.deployment.test_traffic: there are 5 values in the conditions of routing, and the header "
            "of test requests\n"
            "allowed: at most 5 together\n"
            "why: A listener rule can have five condition values, and that for test requests has the header "
            "on top."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
