"""The options of every kind of capacity, distinguished by `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import Discriminator, Tag

from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions

# What capacity is that states no kind, since there was one alone.
DEFAULT_CAPACITY: Final = "auto_scaling_group"


def _kind(capacity: object) -> object:
    if not isinstance(capacity, Mapping):
        return getattr(capacity, "kind", None)
    # With the kind misspelt, all that is right for it would be complained of as well.
    (key,) = ["kind"] if "kind" in capacity else get_close_matches("kind", map(str, capacity), 1, 0.75) or ["kind"]
    kind = capacity.get(key, DEFAULT_CAPACITY)
    return kind if key == "kind" or kind in ("auto_scaling_group", "managed_instances") else DEFAULT_CAPACITY


# A further kind of capacity is one line here and one in `capacity_kinds.py`.
AnyCapacityOptions = Annotated[
    Annotated[Ec2CapacityOptions, Tag("auto_scaling_group")]
    | Annotated[ManagedInstancesOptions, Tag("managed_instances")],
    Discriminator(_kind),
]
