"""Rules of the conditions of listener rules."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, load_balancer, service

REDIRECT = "redirects: {www: {host_headers: [www.example.com]%s}}"
ADMIN = "routings: {admin: {path_patterns: [/admin]%s}}"
CERTIFICATE = "certificate_arn: 'arn:aws:acm:eu-west-1:111122223333:certificate/0123'"
HTTPS = f"  load_balancer: {{{CERTIFICATE}, allowed_cidrs: [10.0.0.0/8]%s}}\n"
POOL = (
    ", identity_providers: {staff: {kind: cognito, client_id: a, domain: staff, "
    "user_pool_arn: 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI'}}"
)
USERS = "routing: {path_patterns: [/*], authentication: {identity_provider: staff}%s}"
SCOPE = "routing: {path_patterns: [/*], authentication: {identity_provider: staff, scope: %s}}"


def balancer(text: str) -> str:
    """A file with a load balancer for plain HTTP, and further keys of it."""
    return load_balancer(f"{{plain_http: true, {text}}}")


PAIRS = (
    RulePair(
        rule="scope_has_openid",
        rejected=service(SCOPE % "email", before=HTTPS % POOL),
        accepted=service(SCOPE % "openid email", before=HTTPS % POOL),
        message=(
            "ecs.services.web.routing.authentication.scope: openid is not among the claims\n"
            "fix: use openid email\n"
            "why: Without it, a provider gives no ID token, or refuses to tell the load balancer who the user is."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values",
        rejected=service("routing: {}"),
        accepted=service("routing: {http_request_methods: [POST]}"),
        message=(
            "ecs.services.web.routing: there is no condition\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values: at most five",
        rejected=service("routing: {path_patterns: [/a, /b, /c], http_headers: {X-A: [a, b], X-B: [c]}}"),
        accepted=service("routing: {path_patterns: [/a, /b], http_headers: {X-A: [a, b], X-B: [c]}}"),
        message=(
            "ecs.services.web.routing: there are 6 values in all conditions together\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values: of a rule of the load balancer",
        rejected=balancer("fixed_responses: {closed: {status_code: '503'}}"),
        accepted=balancer("fixed_responses: {closed: {status_code: '503', path_patterns: [/closed]}}"),
        message=(
            "ecs.load_balancer.fixed_responses.closed: there is no condition\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_has_one_to_five_values: of a further rule",
        rejected=service("routing: {path_patterns: [/a], further_rules: {bb: {}}}"),
        accepted=service("routing: {path_patterns: [/a], further_rules: {bb: {path_patterns: [/b]}}}"),
        message=(
            "ecs.services.web.routing.further_rules.bb: there is no condition\n"
            "allowed: 1 to 5 together\n"
            "why: A listener rule can have five condition values; without any, it would match every request."
        ),
    ),
    RulePair(
        rule="routing_has_at_most_six_wildcards",
        rejected=service("routing: {path_patterns: [/a/*/*, /b/*/*], query_strings: [{key: 'a?', value: '*b*'}]}"),
        accepted=service("routing: {path_patterns: [/a/*/*, /b/*/*], query_strings: [{key: 'a?', value: '*b'}]}"),
        message=(
            "ecs.services.web.routing: there are 7 wildcards in all conditions together\n"
            "allowed: at most 6 together\n"
            "why: A listener rule can have six wildcard characters, and the quota cannot be raised."
        ),
    ),
    RulePair(
        rule="path_pattern_can_match",
        rejected=service("routing: {path_patterns: [/*, orders]}"),
        accepted=service("routing: {path_patterns: [/*, /orders]}"),
        message=(
            "ecs.services.web.routing.path_patterns[1]: 'orders' is not allowed\n"
            "allowed: a pattern that begins with /, such as /orders\n"
            "why: The path of every request begins with a slash."
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
        rule="routing_value_comes_once: values of a header",
        rejected=service("routing: {http_headers: {X-A: [a, a]}}"),
        accepted=service("routing: {http_headers: {X-A: [a], X-B: [a]}}"),
        message=(
            "ecs.services.web.routing.http_headers.X-A[1]: 'a' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a condition that has one value twice."
        ),
    ),
    RulePair(
        rule="routing_value_comes_once: parameters",
        rejected=service("routing: {query_strings: [{key: a, value: b}, {key: a, value: b}]}"),
        accepted=service("routing: {query_strings: [{key: a, value: b}, {key: b, value: a}]}"),
        message=(
            "ecs.services.web.routing.query_strings[1]: 'a=b' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a condition that has one value twice."
        ),
    ),
    RulePair(
        rule="routing_value_comes_once: addresses",
        rejected=service("routing: {source_ips: [10.0.0.0/8, 10.0.0.0/8]}"),
        accepted=service("routing: {source_ips: [10.0.0.0/8, 10.0.0.0/9]}"),
        message=(
            "ecs.services.web.routing.source_ips[1]: '10.0.0.0/8' is listed twice\n"
            "fix: remove one of the two\n"
            "why: CloudFormation refuses a condition that has one value twice."
        ),
    ),
    RulePair(
        rule="condition_of_the_host_is_its_own",
        rejected=service("routing: {http_headers: {host: [a.example.com]}}"),
        accepted=service("routing: {http_headers: {X-Host: [a.example.com]}}"),
        message=(
            "ecs.services.web.routing.http_headers.host: the header is Host\n"
            "fix: use host_headers\n"
            "why: Elastic Load Balancing refuses a condition for the header Host, for which it has another kind."
        ),
    ),
    RulePair(
        rule="priority_is_used_once: two of a service",
        rejected=service("routing: {path_patterns: [/a], priority: 1}", ADMIN % ", priority: 1"),
        accepted=service("routing: {path_patterns: [/a], priority: 1}", ADMIN % ", priority: 2"),
        message=(
            "ecs.services.web.routings.admin.priority: the priority 1 is also that of service web\n"
            "fix: set priority to another number from 1 to 50000\n"
            "why: A listener refuses two rules with the same priority."
        ),
    ),
    RulePair(
        rule="authentication_is_possible",
        rejected=service(USERS % ""),
        accepted=service(USERS % "", before=HTTPS % POOL),
        message=(
            "ecs.services.web.routing.authentication: ecs.load_balancer serves plain HTTP\n"
            "fix: give it a certificate, or remove authentication\n"
            "why: Users are authenticated by a provider of the load balancer, with HTTPS, and before requests by "
            "HTTP/1.1."
        ),
    ),
    RulePair(
        rule="authentication_is_possible: by a provider that there is",
        rejected=service(USERS % "", before=HTTPS % POOL.replace("staff:", "staffs:")),
        accepted=service(USERS % "", before=HTTPS % POOL),
        message=(
            "ecs.services.web.routing.authentication: ecs.load_balancer.identity_providers has no staff\n"
            "fix: did you mean staffs?\n"
            "why: Users are authenticated by a provider of the load balancer, with HTTPS, and before requests by "
            "HTTP/1.1."
        ),
    ),
    RulePair(
        rule="authentication_is_possible: not before gRPC",
        rejected=service(USERS % ", protocol_version: GRPC", before=HTTPS % POOL),
        accepted=service(USERS % ", protocol_version: HTTP1", before=HTTPS % POOL),
        message=(
            "ecs.services.web.routing.authentication: protocol_version is GRPC, for which rules can do nothing "
            "but forward\n"
            "fix: use HTTP1, or remove authentication\n"
            "why: Users are authenticated by a provider of the load balancer, with HTTPS, and before requests by "
            "HTTP/1.1."
        ),
    ),
    RulePair(
        rule="redirect_changes_the_url",
        rejected=balancer(REDIRECT % ", query: '#{query}'"),
        accepted=balancer(REDIRECT % ", host: example.com"),
        message=(
            "ecs.load_balancer.redirects.www: the redirect changes neither host, path, query, nor port\n"
            "fix: state at least one of them\n"
            "why: Elastic Load Balancing refuses a redirect to the same URL, which would never end."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
