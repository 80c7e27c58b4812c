"""Rules of what a target group of an Application Load Balancer can have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.routing_subjects import has_https, load_balancer_key, routing_keys, routings
from settings.rules.rule import rule

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
