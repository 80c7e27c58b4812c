"""Rules of routing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, RulePair, other, problems, service

TWO_PORTS = "      containers: {web: {image: 'app:1', port: 8080}, admin: {image: 'app:1', port: 8081}}\n"
TWO_CONTAINERS = "      containers: {web: {image: 'app:1', port: 8080%s}, log: {image: 'app:1'}}\n"
SLOW = (
    "      containers: {web: {image: 'app:1', port: 8080, "
    "health_check: {command: [CMD, /ok], start_period_seconds: 120}}}\n"
)

PAIRS = (
    RulePair(
        rule="routing_has_a_load_balancer",
        rejected=service("routing: {path_patterns: [/*]}", before=CAPACITY),
        accepted=service("routing: {path_patterns: [/*]}"),
        message=(
            "ecs.services.web.routing: there is routing, but no ecs.load_balancer\n"
            "fix: add ecs.load_balancer, or remove routing\n"
            "why: Requests reach a service through the load balancer that services share."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values",
        rejected=service("routing: {}"),
        accepted=service("routing: {host_headers: [a.example.com]}"),
        message=(
            "ecs.services.web.routing: there are no path_patterns and no host_headers\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values: at most five",
        rejected=service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.b, b.b, c.b]}"),
        accepted=service("routing: {path_patterns: [/a, /b, /c], host_headers: [a.b, b.b]}"),
        message=(
            "ecs.services.web.routing: there are 6 path_patterns and host_headers together\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_value_comes_once",
        rejected=service("routing: {path_patterns: [/a, /a]}"),
        accepted=service("routing: {path_patterns: [/a, /b]}"),
        message=(
            "ecs.services.web.routing.path_patterns[1]: '/a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a condition that has one value twice."
        ),
    ),
    RulePair(
        rule="routing_value_comes_once: host headers",
        rejected=service("routing: {host_headers: [a.example.com, a.example.com]}"),
        accepted=service("routing: {host_headers: [a.example.com, b.example.com]}"),
        message=(
            "ecs.services.web.routing.host_headers[1]: 'a.example.com' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a condition that has one value twice."
        ),
    ),
    RulePair(
        rule="routing_has_one_container_with_a_port",
        rejected=service("routing: {path_patterns: [/*]}", container="      containers: {web: {image: 'app:1'}}\n"),
        accepted=service("routing: {path_patterns: [/*]}"),
        message=(
            "ecs.services.web.containers: there is routing, but no container has a port\n"
            "fix: set port of exactly one container\n"
            "why: A target of the load balancer is one port of one container."
        ),
    ),
    RulePair(
        rule="routing_has_one_container_with_a_port: not two",
        rejected=service("routing: {path_patterns: [/*]}", container=TWO_PORTS),
        accepted=service(container=TWO_PORTS),
        message=(
            "ecs.services.web.containers: there is routing, but containers web and admin have a port\n"
            "fix: set port of exactly one container\n"
            "why: A target of the load balancer is one port of one container."
        ),
    ),
    RulePair(
        rule="target_health_check_ends_before_the_next",
        rejected=service("routing: {path_patterns: [/*], health_check_timeout_seconds: 10}"),
        accepted=service("routing: {path_patterns: [/*], health_check_timeout_seconds: 9}"),
        message=(
            "ecs.services.web.routing.health_check_timeout_seconds: 10 is not allowed\n"
            "allowed: less than health_check_interval_seconds, which is 10\n"
            "why: Elastic Load Balancing refuses a timeout that is not less than the interval."
        ),
    ),
    RulePair(
        rule="grace_period_covers_the_start",
        rejected=service("routing: {path_patterns: [/*], health_check_grace_period_seconds: 119}", container=SLOW),
        accepted=service("routing: {path_patterns: [/*], health_check_grace_period_seconds: 120}", container=SLOW),
        message=(
            "ecs.services.web.routing.health_check_grace_period_seconds: the grace period is 119, but a container has "
            "a start_period_seconds of 120\n"
            "fix: set it to 170 or more, or leave it out\n"
            "why: Amazon ECS stops a task that fails its health checks after the grace period, and "
            "tries again."
        ),
    ),
    RulePair(
        rule="priority_is_used_once",
        rejected=service("routing: {path_patterns: [/*], priority: 7}")
        + other("routing: {path_patterns: [/a], priority: 7}"),
        accepted=service("routing: {path_patterns: [/*], priority: 7}")
        + other("routing: {path_patterns: [/a], priority: 6}"),
        message=(
            "ecs.services.other.routing.priority: the priority 7 is also that of service web\n"
            "fix: set priority to another number from 1 to 50000\n"
            "why: A listener refuses two rules with the same priority."
        ),
    ),
    RulePair(
        rule="priority_is_used_once: a computed one too",
        rejected=service("routing: {path_patterns: [/*], priority: 43193}") + other("routing: {path_patterns: [/b*]}"),
        accepted=service("routing: {path_patterns: [/*], priority: 43194}") + other("routing: {path_patterns: [/b*]}"),
        message=(
            "ecs.services.other.routing.priority: the computed priority 43193 is also that of service web\n"
            "fix: set priority to another number from 1 to 50000\n"
            "why: A listener refuses two rules with the same priority."
        ),
    ),
    RulePair(
        rule="routing_has_at_most_five_wildcards",
        rejected=service("routing: {path_patterns: [/a*b*c*, /d?e*, /f*]}"),
        accepted=service("routing: {path_patterns: [/a*b*c*, /d?e, /f*]}"),
        message=(
            "ecs.services.web.routing: there are 6 wildcards in path_patterns and host_headers together\n"
            "allowed: at most 5 together\n"
            "why: A listener rule can have five wildcard characters, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="path_pattern_can_match",
        rejected=service("routing: {path_patterns: [orders/*]}"),
        accepted=service("routing: {path_patterns: ['*/orders']}"),
        message=(
            "ecs.services.web.routing.path_patterns[0]: 'orders/*' is not allowed\n"
            "allowed: a pattern that begins with /, such as /orders/*\n"
            "why: The path of every request begins with a slash."
        ),
    ),
    RulePair(
        rule="routed_container_is_essential",
        rejected=service(
            "routing: {path_patterns: [/*]}",
            container=TWO_CONTAINERS % ", essential: false",
        ),
        accepted=service(
            "routing: {path_patterns: [/*]}",
            container=TWO_CONTAINERS % "",
        ),
        message=(
            "ecs.services.web.containers.web.essential: the load balancer sends requests to this container, "
            "and it is not essential\n"
            "fix: remove essential, or set it to true\n"
            "why: When it ends, its task goes on without anything that answers, until the load balancer's "
            "health check fails."
        ),
    ),
    RulePair(
        rule="success_codes_ascend",
        rejected=service("routing: {path_patterns: [/*], health_check_success_codes: 299-200}"),
        accepted=service("routing: {path_patterns: [/*], health_check_success_codes: 200-200}"),
        message=(
            "ecs.services.web.routing.health_check_success_codes: '299-200' is not allowed\n"
            "allowed: a range that ascends, such as 200-299\n"
            "why: Elastic Load Balancing refuses a range whose first code is greater than its last."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(("delay", "stop"), [(300, 120), (300, 30), (20, 30), (0, 2), (3600, 120)])
def test_a_container_is_stopped_after_its_target_is_deregistered_whatever_the_two_take(
    tmp_path: Path, delay: int, stop: int
) -> None:
    container = f"      containers: {{web: {{image: 'app:1', port: 8080, stop_timeout_seconds: {stop}}}}}\n"
    routing = f"routing: {{path_patterns: [/*], deregistration_delay_seconds: {delay}}}"
    assert problems(tmp_path, service(routing, container=container)) == []


@pytest.mark.parametrize(
    ("codes", "accepted"),
    [
        ("200", True),
        ("200,204,301", True),
        ("200-499", True),
        ("500", False),
        ("200-", False),
        ("20", False),
        ("200, 204", False),
    ],
)
def test_success_codes_are_those_of_a_load_balancer(tmp_path: Path, codes: str, *, accepted: bool) -> None:
    text = service(f"routing: {{path_patterns: [/*], health_check_success_codes: '{codes}'}}")
    assert (problems(tmp_path, text) == []) is accepted
