"""Rules of how the Spot Instances of self-managed nodes are chosen, and of what they may cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
_KEYS: Final = ("spot_allocation_strategy", "spot_instance_pools", "spot_max_price")


@rule(
    "InstancesDistribution, Amazon EC2 Auto Scaling API Reference: SpotInstancePools",
    keys=(f"{_NODE}.spot_instance_pools", f"{_NODE}.spot_allocation_strategy"),
)
def spot_instance_pools_are_of_the_lowest_price(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling takes a number of pools only with the strategy lowest-price."""
    for path, node in _self_managed(environment):
        if node.spot_instance_pools is not None and node.spot_allocation_strategy != "lowest_price":
            yield Problem(
                path=(*path, "spot_instance_pools"),
                value=node.spot_instance_pools,
                allowed=f"no value, because spot_allocation_strategy is {node.spot_allocation_strategy}",
            )


@warning(
    "InstancesDistribution, Amazon EC2 Auto Scaling API Reference",
    keys=tuple(f"{_NODE}.{key}" for key in (*_KEYS, "on_demand_percent_above_base")),
)
def spot_settings_are_of_spot_instances(environment: Environment) -> Iterator[Problem]:
    """They are about Spot Instances, and without any they do nothing."""
    for path, node in _self_managed(environment):
        defaults = {key: SelfManagedNodesOptions.model_fields[key].default for key in _KEYS}
        stated = [key for key, default in defaults.items() if getattr(node, key) != default]
        if stated and not node.uses_spot:
            yield Problem(
                path=(*path, stated[0]),
                finding=f"{stated[0]} is stated, and on_demand_percent_above_base is 100",
                fix=f"lower on_demand_percent_above_base, or remove {' and '.join(stated)}",
            )


@warning(
    "Best practices for Amazon EC2 Spot: maximum price; Allocation strategies for multiple instance types, Amazon EC2 "
    "Auto Scaling User Guide",
    keys=tuple(f"{_NODE}.{key}" for key in ("spot_allocation_strategy", "spot_max_price")),
)
def spot_instances_are_interrupted_seldom(environment: Environment) -> Iterator[Problem]:
    """Spot Instances never cost more than On-Demand Instances; what saves a little more interrupts them more often."""
    for path, node in _self_managed(environment):
        if not node.uses_spot:
            continue
        if node.spot_max_price is not None:
            yield Problem(
                path=(*path, "spot_max_price"),
                finding=f"nodes are interrupted when an hour costs more than {node.spot_max_price} US dollars, and "
                "none start until it costs less",
                fix="remove spot_max_price, or acknowledge that no nodes are better than dearer ones",
            )
        if node.spot_allocation_strategy == "lowest_price":
            yield Problem(
                path=(*path, "spot_allocation_strategy"),
                finding="the cheapest Spot Instances are chosen, however soon they are likely to be interrupted",
                fix="use price_capacity_optimized, or acknowledge that pods are interrupted more often",
            )


def _self_managed(environment: Environment) -> Iterator[tuple[KeyPath, SelfManagedNodesOptions]]:
    for path, node in instance_nodes(environment):
        if isinstance(node, SelfManagedNodesOptions):
            yield path, node
