"""The options of every kind of capacity, distinguished by `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Discriminator, Tag

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions

# What capacity is that states no kind, since there was one alone.
DEFAULT_CAPACITY: Final = "auto_scaling_group"


def _kind(capacity: object) -> object:
    if isinstance(capacity, Mapping):
        return capacity.get("kind", DEFAULT_CAPACITY)
    return getattr(capacity, "kind", None)


# A further kind of capacity is one line here and one in `stacks/ecs_cluster.py`.
AnyCapacityOptions = Annotated[
    Annotated[Ec2CapacityOptions, Tag("auto_scaling_group")]
    | Annotated[ManagedInstancesOptions, Tag("managed_instances")],
    Discriminator(_kind),
]
