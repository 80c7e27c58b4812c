"""Priorities of listener rules: none depends on another service, and the more specific rule is evaluated first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_constructs.ecs.service_options import RoutingOptions

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", fullmatch=True)
PATTERNS = st.lists(st.from_regex(r"/[a-z]{0,8}(/[a-z]{1,8}){0,5}(/\*)?", fullmatch=True), min_size=1, max_size=4)


def routing(*paths: str, host: str | None = None, priority: int | None = None) -> RoutingOptions:
    return RoutingOptions(path_patterns=paths, host_headers=(host,) if host else (), priority=priority)


@given(name=NAMES, paths=PATTERNS)
def test_a_priority_is_one_that_a_listener_accepts(name: str, paths: list[str]) -> None:
    assert 1 <= routing(*paths).rule_priority(name) <= 50_000


def test_a_priority_is_the_same_on_every_machine() -> None:
    # Python's own hash differs between processes; this number must not.
    assert routing("/*").rule_priority("web") == 49_103


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        (routing("/orders/*"), routing("/*")),
        (routing("/orders/items/*"), routing("/orders/*")),
        (routing("/*", host="a.example.com"), routing("/orders/items/*")),
        (routing("/orders/*", host="a.example.com"), routing(host="a.example.com")),
    ],
)
@given(names=st.lists(NAMES, min_size=2, max_size=2, unique=True))
def test_the_more_specific_rule_comes_first(earlier: RoutingOptions, later: RoutingOptions, names: list[str]) -> None:
    assert earlier.rule_priority(names[0]) < later.rule_priority(names[1])


def test_a_priority_that_is_stated_is_taken() -> None:
    assert routing("/*", priority=7).rule_priority("web") == 7
