"""Rules of the listener rule for test requests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, other, service


def _tested(test: str, *lines: str, priority: int = 10, paths: str = "/*") -> str:
    traffic = f"test_traffic: {{header_value: canary{test}}}"
    deployment = f"strategy: BLUE_GREEN, {traffic}, rollback_alarms: {{alarm_names: [x]}}"
    routing = f"routing: {{priority: {priority}, path_patterns: [{paths}]}}"
    return service(routing, f"deployment: {{{deployment}}}", *lines)


def _next(priority: int) -> str:
    return other(f"routing: {{priority: {priority}, path_patterns: [/b]}}")


PAIRS = (
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
            "ecs.services.web.deployment.test_traffic: there are 5 path_patterns and host_headers, and the "
            "header of test requests\n"
            "allowed: at most 5 together\n"
            "why: A listener rule can have five condition values, and that for test requests has the header "
            "on top."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
