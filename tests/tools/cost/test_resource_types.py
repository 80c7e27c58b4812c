"""Each resource type that occurs is priced, free, or unpriced, with a reason, and in one list only."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.support.snapshot_graphs import ALL, snapshot_graph
from tools.cost.estimate import Estimate, Status
from tools.cost.resource_types import FREE, PRICED, UNPRICED
from tools.cost.usage import PROFILES, Usage


def test_a_type_is_in_one_list() -> None:
    counts = Counter([*PRICED, *FREE, *UNPRICED])

    assert [name for name, number in counts.items() if number > 1] == []
    assert all([*FREE.values(), *UNPRICED.values()])


@pytest.mark.parametrize("environment", ALL)
def test_every_resource_of_an_environment_is_in_a_list(environment: str) -> None:
    graph = snapshot_graph(environment)
    assert len(graph.templates) >= 3

    estimate = Estimate.of(graph, Usage())

    assert [each.resource.type for each in estimate.having(Status.UNKNOWN)] == []
    assert sum(len(stack.resources) for stack in estimate.stacks) == len(graph.resources)
    assert all(reason for _, _, reason in estimate.without_price())


@pytest.mark.parametrize("environment", ALL)
def test_the_range_of_an_environment_has_its_cost_in_it(environment: str) -> None:
    cost = Estimate.of(snapshot_graph(environment), Usage()).cost

    assert 0 < cost.least <= cost.expected <= cost.most


@pytest.mark.parametrize("environment", ALL)
def test_more_usage_costs_more(environment: str) -> None:
    graph = snapshot_graph(environment)
    costs = [Estimate.of(graph, Usage.read(name)).cost.expected for name in (None, "small", "medium", "large")]

    assert costs == sorted(costs)
    assert costs[0] < costs[1] < costs[3]


def test_profiles_state_amounts_of_types_that_have_a_price() -> None:
    assert set(PROFILES) == {"small", "medium", "large"}
    for name in PROFILES:
        assert set(Usage.read(name).amounts) <= set(PRICED)
