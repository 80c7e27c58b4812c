"""Rules of routing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, LOAD_BALANCER, RulePair, other, problems, service

TWO_PORTS = "      containers: {web: {image: 'app:1', port: 8080}, admin: {image: 'app:1', port: 8081}}\n"
TWO_CONTAINERS = "      containers: {web: {image: 'app:1', port: 8080%s}, log: {image: 'app:1'}}\n"
SLOW = (
    "      containers: {web: {image: 'app:1', port: 8080, "
    "health_check: {command: [CMD, /ok], start_period_seconds: 120}}}\n"
)
MORE = "routings: {admin: {path_patterns: [/admin]%s}}"
GRPC = "additional_ports: {grpc: {port: 9090}}"
THREE = f"      containers: {{web: {{image: 'app:1', port: 8080, {GRPC}}}, log: {{image: 'app:1'}}}}\n"
INNER = "  load_balancers: {internal: {plain_http: true, allowed_cidrs: [10.0.0.0/8]}}\n"
TWO_HEALTH_PORTS = "      containers: {web: {image: 'app:1', port: 8080, additional_ports: {health: {port: 8081}}}}\n"
CODES = "routing: {path_patterns: [/*], protocol_version: GRPC, health_check_%s}"
CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0123'"
HTTPS = f"  load_balancer: {{{CERTIFICATE}, allowed_cidrs: [10.0.0.0/8]}}\n"

PAIRS = (
    RulePair(
        rule="health_check_codes_are_of_the_protocol",
        rejected=service("routing: {path_patterns: [/*], health_check_grpc_codes: '0'}"),
        accepted=service("routing: {path_patterns: [/*], health_check_grpc_codes: '12'}"),
        message=(
            "ecs.services.web.routing.health_check_grpc_codes: there is health_check_grpc_codes, and "
            "protocol_version is HTTP1\n"
            "fix: use health_check_success_codes, or GRPC\n"
            "why: A health check is answered with a status of HTTP or of gRPC, and the codes of the other are not "
            "looked at."
        ),
    ),
    RulePair(
        rule="health_check_codes_are_of_the_protocol: gRPC",
        rejected=service(CODES % "success_codes: '204'", before=CAPACITY + HTTPS),
        accepted=service(CODES % "grpc_codes: '0'", before=CAPACITY + HTTPS),
        message=(
            "ecs.services.web.routing.health_check_success_codes: there is health_check_success_codes, and "
            "protocol_version is GRPC\n"
            "fix: use health_check_grpc_codes\n"
            "why: A health check is answered with a status of HTTP or of gRPC, and the codes of the other are not "
            "looked at."
        ),
    ),
    RulePair(
        rule="health_check_port_is_of_a_container",
        rejected=service("routing: {path_patterns: [/*], health_check_port: 8081}"),
        accepted=service("routing: {path_patterns: [/*], health_check_port: 8081}", container=TWO_HEALTH_PORTS),
        message=(
            "ecs.services.web.routing.health_check_port: no container has the TCP port 8081\n"
            "fix: use 8080, or add it to additional_ports\n"
            "why: Health checks of a port on which nothing listens fail, and Amazon ECS stops one task after the "
            "other."
        ),
    ),
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
    RulePair(
        rule="routing_has_a_load_balancer: of that name",
        rejected=service(MORE % ", load_balancer: inner", before=CAPACITY + INNER),
        accepted=service(MORE % ", load_balancer: internal", before=CAPACITY + INNER),
        message=(
            "ecs.services.web.routings.admin.load_balancer: there is no ecs.load_balancers.inner\n"
            "fix: add it, or name another one\n"
            "why: Requests reach a service through the load balancer that services share."
        ),
    ),
    RulePair(
        rule="routing_has_a_load_balancer: one of several",
        rejected=service(MORE % "", before=CAPACITY + INNER),
        accepted=service(MORE % ", load_balancer: internal", before=CAPACITY + INNER),
        message=(
            "ecs.services.web.routings.admin: there is routings.admin, but no ecs.load_balancer\n"
            "fix: name one of ecs.load_balancers in load_balancer\n"
            "why: Requests reach a service through the load balancer that services share."
        ),
    ),
    RulePair(
        rule="routing_has_one_container_with_a_port: not two",
        rejected=service("routing: {path_patterns: [/*]}", container=TWO_PORTS),
        accepted=service("routing: {path_patterns: [/*], container: admin}", container=TWO_PORTS),
        message=(
            "ecs.services.web.containers: there is routing, but containers web and admin have a port\n"
            "fix: set port of exactly one container, or name one in routing.container\n"
            "why: A target of the load balancer is one port of one container."
        ),
    ),
    RulePair(
        rule="routing_has_one_container_with_a_port: the one that is named",
        rejected=service(MORE % ", container: log", container=THREE),
        accepted=service(MORE % ", container: web", container=THREE),
        message=(
            "ecs.services.web.routings.admin.container: 'log' is not allowed\n"
            "allowed: 8080 of web or 9090 of web\n"
            "why: A target of the load balancer is one port of one container."
        ),
    ),
    RulePair(
        rule="routing_has_one_container_with_a_port: one of its ports",
        rejected=service(MORE % ", container: web, container_port: 9091", container=THREE),
        accepted=service(MORE % ", container: web, container_port: 9090", container=THREE),
        message=(
            "ecs.services.web.routings.admin.container_port: 9091 is not allowed\n"
            "allowed: 8080 of web or 9090 of web\n"
            "why: A target of the load balancer is one port of one container."
        ),
    ),
    RulePair(
        rule="protocol_version_has_https",
        rejected=service("routing: {path_patterns: [/*], protocol_version: GRPC}"),
        accepted=service(
            "routing: {path_patterns: [/*], protocol_version: GRPC}",
            before=LOAD_BALANCER.replace("plain_http: true", CERTIFICATE),
        ),
        message=(
            "ecs.services.web.routing.protocol_version: ecs.load_balancer serves plain HTTP\n"
            "fix: give it a certificate, or use HTTP1\n"
            "why: Elastic Load Balancing takes target groups for HTTP/2 and gRPC behind listeners for HTTPS alone."
        ),
    ),
    RulePair(
        rule="algorithm_takes_what_is_asked_of_it",
        rejected=service(
            "routing: {path_patterns: [/*], slow_start_seconds: 60, load_balancing_algorithm: weighted_random}"
        ),
        accepted=service(
            "routing: {path_patterns: [/*], slow_start_seconds: 60, load_balancing_algorithm: round_robin}"
        ),
        message=(
            "ecs.services.web.routing.slow_start_seconds: load_balancing_algorithm is weighted_random, which has "
            "no slow start\n"
            "fix: remove slow_start_seconds, or use round_robin\n"
            "why: Slow start works with round robin alone, and anomaly mitigation with weighted random alone."
        ),
    ),
    RulePair(
        rule="algorithm_takes_what_is_asked_of_it: anomaly mitigation",
        rejected=service("routing: {path_patterns: [/*], anomaly_mitigation: true}"),
        accepted=service(
            "routing: {path_patterns: [/*], anomaly_mitigation: true, load_balancing_algorithm: weighted_random}"
        ),
        message=(
            "ecs.services.web.routing.anomaly_mitigation: load_balancing_algorithm is round_robin, which has no "
            "anomaly mitigation\n"
            "fix: remove anomaly_mitigation, or use weighted_random\n"
            "why: Slow start works with round robin alone, and anomaly mitigation with weighted random alone."
        ),
    ),
    RulePair(
        rule="cookie_name_is_not_reserved",
        rejected=service("routing: {path_patterns: [/*], stickiness: {cookie_name: AWSALB}}"),
        accepted=service("routing: {path_patterns: [/*], stickiness: {cookie_name: SESSION}}"),
        message=(
            "ecs.services.web.routing.stickiness.cookie_name: 'AWSALB' is not allowed\n"
            "allowed: the name of a cookie of the application\n"
            "why: Elastic Load Balancing uses the names of its own cookies itself."
        ),
    ),
    RulePair(
        rule="grace_period_covers_the_start: the longest of the service",
        rejected=service(
            "routing: {path_patterns: [/*], health_check_grace_period_seconds: 1}",
            MORE % ", health_check_grace_period_seconds: 119",
            container=SLOW,
        ),
        accepted=service(
            "routing: {path_patterns: [/*], health_check_grace_period_seconds: 1}",
            MORE % ", health_check_grace_period_seconds: 120",
            container=SLOW,
        ),
        message=(
            "ecs.services.web.routings.admin.health_check_grace_period_seconds: the grace period is 119, but a "
            "container has a start_period_seconds of 120\n"
            "fix: set it to 170 or more, or leave it out\n"
            "why: Amazon ECS stops a task that fails its health checks after the grace period, and tries again."
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
