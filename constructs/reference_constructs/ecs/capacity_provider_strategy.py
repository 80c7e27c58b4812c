"""The capacity provider strategy of a task, as the CDK takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from aws_cdk import aws_ecs as ecs

from reference_constructs.ecs.task_options import FARGATE_PROVIDERS, CapacityProviderStrategyItem

NO_CAPACITY_PROVIDERS: Final[Mapping[str, str]] = MappingProxyType({})


def capacity_provider_strategy(
    items: Sequence[CapacityProviderStrategyItem], capacity_providers: Mapping[str, str]
) -> list[ecs.CapacityProviderStrategy]:
    """The strategy, with the names that the capacity providers have in AWS.

    Args:
        items: Those of the task's options.
        capacity_providers: Names of the capacity providers of the cluster's EC2 groups, by name of the group.

    Raises:
        ValueError: If a capacity provider is not in the cluster.
    """
    names = {**{name: name for name in FARGATE_PROVIDERS}, **capacity_providers}
    for item in items:
        if item.capacity_provider not in names:
            raise ValueError(f"capacity_provider is {item.capacity_provider}; allowed: {', '.join(names)}")
    return [
        ecs.CapacityProviderStrategy(
            capacity_provider=names[item.capacity_provider], base=item.base or None, weight=item.weight
        )
        for item in items
    ]
