"""Priorities of listener rules: none depends on another service, and the more specific rule is evaluated first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_constructs.ecs.routing_options import RoutingOptions
from reference_constructs.edge.listener_rule_priority import priority_band

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
        (routing(host="a.example.com"), routing(host="*.example.com")),
        (routing(host="a.example.com"), routing("/a/b/c/d/e", host="*.example.com")),
        (routing(host="*.example.com"), routing("/a/b/c/d/e")),
        (routing("/a/b/c/d", host="*.example.com"), routing("/a/b/c/d")),
        (routing("/orders/*", host="*.example.com"), routing("/*", host="*.example.com")),
        (routing(host="*.shop.example.com"), routing("/orders/*", host="*.example.com")),
        (routing(host="api-*.example.com"), routing(host="*.example.com")),
        (routing(host="?.api-*.shop.example.com"), routing(host="*.shop.example.com")),
        (routing("/a/b/c/d"), routing("/a/b/c")),
    ],
)
@given(names=st.lists(NAMES, min_size=2, max_size=2, unique=True))
def test_the_more_specific_rule_comes_first(earlier: RoutingOptions, later: RoutingOptions, names: list[str]) -> None:
    assert earlier.rule_priority(names[0]) < later.rule_priority(names[1])


HOSTS = st.sampled_from(
    ["", "a.example.com", "*.example.com", "api-*.example.com", "*.a.example.com", "a.*.b.example.com"]
)


@given(name=NAMES, paths=PATTERNS, host=HOSTS)
def test_a_priority_is_in_the_band_of_its_rule_and_bands_are_apart(name: str, paths: list[str], host: str) -> None:
    of_one = routing(*paths, host=host or None)
    band = priority_band(of_one.host_headers, of_one.path_patterns)
    assert of_one.rule_priority(name) in band
    assert 1 <= band[0] <= band[-1] <= 50_000
    other = priority_band((), ("/a/b/c/d/e",))
    assert band == other or band[-1] < other[0] or other[-1] < band[0]


@pytest.mark.parametrize(
    ("stated", "priority"),
    # As they were in 0.2: exact hosts, and paths of up to three parts without a host.
    [
        (routing(host="a.example.com"), 24_103),
        (routing("/a/b/c/d/e", host="a.example.com"), 4103),
        (routing("/a/b/c"), 34_103),
        (routing("/a/*"), 44_103),
    ],
)
def test_priorities_of_earlier_versions_stay(stated: RoutingOptions, priority: int) -> None:
    assert stated.rule_priority("web") == priority


def test_a_priority_that_is_stated_is_taken() -> None:
    assert routing("/*", priority=7).rule_priority("web") == 7
