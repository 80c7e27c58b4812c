"""Priorities: nobody moves when somebody else comes or goes, and the more specific rule is asked first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environments.ecs import ContainerSettings, EcsSettings, RoutingSettings, ServiceSettings

NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,30}[a-z0-9]", fullmatch=True)
PATTERNS = st.lists(st.from_regex(r"/[a-z]{0,8}(/[a-z]{1,8}){0,5}(/\*)?", fullmatch=True), min_size=1, max_size=4)


def ecs(**routings: RoutingSettings) -> EcsSettings:
    web = ContainerSettings(image="quay.io/a/b:1", port=80)
    return EcsSettings(
        services={name: ServiceSettings(containers={"web": web}, routing=routing) for name, routing in routings.items()}
    )


def routing(*paths: str, host: str | None = None, priority: int | None = None) -> RoutingSettings:
    return RoutingSettings(path_patterns=paths, host_headers=(host,) if host else (), priority=priority)


@given(name=NAMES, paths=PATTERNS, others=st.dictionaries(NAMES, PATTERNS, max_size=5))
def test_a_priority_depends_on_nobody_else(name: str, paths: list[str], others: dict[str, list[str]]) -> None:
    alone = ecs(**{name: routing(*paths)}).listener_rule_priority(name)
    crowd = {other: routing(*patterns) for other, patterns in others.items()}
    assert ecs(**{**crowd, name: routing(*paths)}).listener_rule_priority(name) == alone
    assert 1 <= alone <= 50_000


def test_a_priority_is_the_same_on_every_machine() -> None:
    # Python's own hash differs between processes; this number must not.
    assert ecs(web=routing("/*")).listener_rule_priority("web") == 49_103


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
def test_the_more_specific_rule_comes_first(earlier: RoutingSettings, later: RoutingSettings, names: list[str]) -> None:
    settings = ecs(**{names[0]: earlier, names[1]: later})
    assert settings.listener_rule_priority(names[0]) < settings.listener_rule_priority(names[1])


def test_a_priority_that_is_stated_is_taken() -> None:
    assert ecs(web=routing("/*", priority=7)).listener_rule_priority("web") == 7


def test_a_worker_has_no_priority() -> None:
    worker = ServiceSettings(containers={"worker": ContainerSettings(image="quay.io/a/b:1")})
    with pytest.raises(ValueError, match="service worker has no routing"):
        EcsSettings(services={"worker": worker}).listener_rule_priority("worker")
