"""Rules of requests that more than one service could have."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, message, other, problems, service

WHY = (
    "why: Listener rules are evaluated by priority, the lowest number first, and the first that matches has the "
    "request."
)


def two(web: str, further: str) -> str:
    return service(f"routing: {{{web}}}") + other(f"routing: {{{further}}}")


PAIRS = (
    RulePair(
        rule="request_reaches_its_service",
        rejected=two("path_patterns: [/a, /b]", "path_patterns: [/b]"),
        accepted=two("path_patterns: [/a, /b]", "path_patterns: [/b], host_headers: [b.example.com]"),
        message=(
            "ecs.services.web.routing.path_patterns[1]: service other has every request for /b first, because its "
            "priority is 43193 and that of this service 44103\n"
            "fix: set priority of this service to a free number below 43193, or narrow what service other matches\n"
            f"{WHY}"
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: a host in capitals is no other",
        rejected=two("host_headers: [a.example.com]", "host_headers: [A.example.com]"),
        accepted=two("host_headers: [a.example.com]", "host_headers: [b.example.com]"),
        message=(
            "ecs.services.web.routing.host_headers[0]: service other has every request for a.example.com first, "
            "because its priority is 23193 and that of this service 24103\n"
            f"fix: use different conditions\n{WHY}"
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: a part of a service",
        rejected=two("path_patterns: [/login, /api/auth/*]", "path_patterns: [/api, /api/*]"),
        accepted=two("path_patterns: [/login, /api/auth/*], priority: 100", "path_patterns: [/api, /api/*]"),
        message=(
            "ecs.services.web.routing.path_patterns[1]: service other has every request for /api/auth/* first, because "
            "its priority is 43193 and that of this service 44103\n"
            "fix: set priority of this service to a free number below 43193, or narrow what service other matches\n"
            f"{WHY}"
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: nothing is below 1",
        rejected=two("path_patterns: ['*'], priority: 1", "host_headers: [a.example.com]"),
        accepted=two("path_patterns: ['*'], priority: 23194", "host_headers: [a.example.com]"),
        message=(
            "ecs.services.other.routing.host_headers[0]: service web has every request for a.example.com first, "
            "because its priority is 1 and that of this service 23193\n"
            "fix: set priority of service web to a free number above 23193, or narrow what service web matches\n"
            f"{WHY}"
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: one host of two",
        rejected=two(
            "host_headers: [a.example.com, b.example.com], priority: 9",
            "host_headers: [b.example.com, c.example.com], path_patterns: [/x], priority: 10",
        ),
        accepted=two(
            "host_headers: [a.example.com, b.example.com], priority: 11",
            "host_headers: [b.example.com, c.example.com], path_patterns: [/x], priority: 10",
        ),
        message=(
            "ecs.services.other.routing.host_headers[0]: service web has every request for b.example.com first, "
            "because its priority is 9 and that of this service 10\n"
            "fix: set priority of this service to a free number below 9, or narrow what service web matches\n"
            f"{WHY}"
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: one path of one host",
        rejected=two(
            "host_headers: [b.example.com], path_patterns: [/x*], priority: 9",
            "host_headers: [b.example.com, c.example.com], path_patterns: [/xy, /z], priority: 10",
        ),
        accepted=two(
            "host_headers: [b.example.com], path_patterns: [/x*], priority: 9",
            "host_headers: [c.example.com], path_patterns: [/xy, /z], priority: 10",
        ),
        message=(
            "ecs.services.other.routing.path_patterns[0]: service web has every request for /xy of b.example.com "
            "first, because its priority is 9 and that of this service 10\n"
            "fix: set priority of this service to a free number below 9, or narrow what service web matches\n"
            f"{WHY}"
        ),
    ),
    RulePair(
        rule="order_of_overlapping_rules_is_chosen",
        rejected=two("path_patterns: ['/a/*x']", "path_patterns: ['/a/*y*']"),
        accepted=two("path_patterns: ['/a/*x'], priority: 1", "path_patterns: ['/a/*y*'], priority: 2"),
        message=(
            "ecs.services.web.routing.priority: requests for /a/*x can be for /a/*y* too, which service other has "
            "first by chance\n"
            "fix: set priority of both services\n"
            "why: A hash of the names decides between rules that are equally specific, and another name could turn it "
            "round."
        ),
    ),
    RulePair(
        rule="request_reaches_its_service: the fix knows which numbers are free",
        rejected=two("path_patterns: [/a/*], priority: 1", "path_patterns: [/b/*], priority: 2")
        + other("routing: {path_patterns: [/b/x], priority: 3}").replace("other:", "third:"),
        accepted=two("path_patterns: [/a/*], priority: 1", "path_patterns: [/b/*], priority: 3")
        + other("routing: {path_patterns: [/b/x], priority: 2}").replace("other:", "third:"),
        message=(
            "ecs.services.third.routing.path_patterns[0]: service other has every request for /b/x first, "
            "because its priority is 2 and that of this service 3\n"
            "fix: set priority of service other to a free number above 3, or narrow what service other "
            "matches\n"
            "why: Listener rules are evaluated by priority, the lowest number first, and the first that "
            "matches has the request."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_not_to_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("web", "further"),
    [
        ("host_headers: ['*.example.com']", "host_headers: [api.example.com]"),
        ("host_headers: ['*.example.com']", "host_headers: ['*.shop.example.com']"),
        ("host_headers: ['*.example.com']", "host_headers: ['api-*.example.com'], path_patterns: [/*]"),
        ("path_patterns: ['*']", "path_patterns: [/orders, /orders/*]"),
        ("path_patterns: [/A/*]", "path_patterns: [/a/*]"),
        ("path_patterns: [/a/*], host_headers: [a.example.com]", "path_patterns: [/a/*]"),
    ],
)
def test_what_is_more_specific_is_asked_first_whatever_the_names(tmp_path: Path, web: str, further: str) -> None:
    assert problems(tmp_path, two(web, further)) == []
    assert problems(tmp_path, two(further, web)) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("host_headers: ['*.example.com']", "host_headers: [api.example.com]"),
        ("path_patterns: [/api*]", "path_patterns: [/api/*]"),
        ("path_patterns: [/*]", "path_patterns: ['*']"),
        ("path_patterns: ['/*/admin', '/shop/*']", "path_patterns: [/shop/admin]"),
        ("path_patterns: ['/?', '/?*']", "path_patterns: [/a*]"),
        ("path_patterns: [/, '/?*']", "path_patterns: ['*']"),
        ("host_headers: [a.example.com]", "path_patterns: [/x], host_headers: [a.example.com]"),
    ],
)
def test_what_is_hidden_whole_is_refused(tmp_path: Path, earlier: str, later: str) -> None:
    assert "service web has every request" in message(tmp_path, two(f"{earlier}, priority: 1", f"{later}, priority: 2"))
