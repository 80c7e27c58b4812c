"""Rules of how the Spot Instances of self-managed nodes are chosen, and of what they may cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks


def spot(*keys: str, percent: int = 50) -> str:
    """A file with self-managed nodes, half of them Spot Instances."""
    head = "nodes: {main: {kind: managed}, own: {kind: self_managed, kubelet: {shutdownGracePeriod: 90s}, "
    stated = ", ".join([f"on_demand_percent_above_base: {percent}", "instance_types: [m7g.large, m6g.large]", *keys])
    return eks(
        "service_cidr: 172.20.0.0/16",
        f"{head}{stated}}}}}",
    )


SELDOM = (
    "why: Spot Instances never cost more than On-Demand Instances; what saves a little more interrupts them more often."
)
PAIRS = (
    RulePair(
        rule="spot_instance_pools_are_of_the_lowest_price",
        rejected=spot("spot_instance_pools: 3"),
        accepted=spot("spot_allocation_strategy: capacity_optimized"),
        message=(
            "eks.nodes.own.spot_instance_pools: 3 is not allowed\n"
            "allowed: no value, because spot_allocation_strategy is price_capacity_optimized\n"
            "why: Amazon EC2 Auto Scaling takes a number of pools only with the strategy lowest-price."
        ),
    ),
    RulePair(
        rule="spot_settings_are_of_spot_instances",
        rejected=spot("spot_allocation_strategy: capacity_optimized", percent=100),
        accepted=spot("spot_allocation_strategy: capacity_optimized", percent=99),
        message=(
            "eks.nodes.own.spot_allocation_strategy: spot_allocation_strategy is stated, and "
            "on_demand_percent_above_base is 100\n"
            "fix: lower on_demand_percent_above_base, or remove spot_allocation_strategy\n"
            "why: They are about Spot Instances, and without any they do nothing."
        ),
    ),
    RulePair(
        rule="spot_instances_are_interrupted_seldom",
        rejected=spot("spot_max_price: '0.017'"),
        accepted=spot(),
        message=(
            "eks.nodes.own.spot_max_price: nodes are interrupted when an hour costs more than 0.017 US dollars, and "
            "none start until it costs less\n"
            "fix: remove spot_max_price, or acknowledge that no nodes are better than dearer ones\n" + SELDOM
        ),
    ),
    RulePair(
        rule="spot_instances_are_interrupted_seldom: the cheapest ones",
        rejected=spot("spot_allocation_strategy: lowest_price"),
        accepted=spot("spot_allocation_strategy: price_capacity_optimized"),
        message=(
            "eks.nodes.own.spot_allocation_strategy: the cheapest Spot Instances are chosen, however soon they are "
            "likely to be interrupted\n"
            "fix: use price_capacity_optimized, or acknowledge that pods are interrupted more often\n" + SELDOM
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_objects_to_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
