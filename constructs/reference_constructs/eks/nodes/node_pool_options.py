"""Options of a node pool, whichever software starts its nodes: EKS Auto Mode or Karpenter."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.compute.instance_options import Architecture, InstanceType
from reference_constructs.eks.kubernetes_values import LabelKey, LabelValue, TaintOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import AvailabilityZone, Percent

CapacityType = Literal["on_demand", "spot"]
# What Karpenter takes for the category of an instance type: the letters before the generation.
InstanceCategory = Literal["c", "m", "r", "t", "x", "i", "im", "is", "d", "h", "g", "gr", "p", "inf", "trn"]
InstanceFamily = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9-]{0,30}$",
        examples=["m7g"],
        json_schema_extra=in_words("family of EC2 instance types, such as `m7g`"),
    ),
]
# "Instances launched by EKS Auto Mode", and Karpenter's `instance-category` and `instance-generation`.
_FAMILY: Final = re.compile(r"(?P<category>[a-z]+)(-\d+tb)?(?P<generation>\d+)")
_GPU_CATEGORIES: Final = ("g", "gr", "p")
_NEURON_CATEGORIES: Final = ("inf", "trn")


@cache  # asked for every type that there is, for each pool
def category_of(family: str) -> str:
    """The letters before the generation, such as `c` of `c7gn`; empty if there is no generation.

    Args:
        family: Family of instance types, or an instance type.
    """
    found = _FAMILY.match(family)
    return found["category"] if found else ""


@cache
def generation_of(family: str) -> int:
    """The generation, such as 7 of `c7gn`; 0 if there is none.

    Args:
        family: Family of instance types, or an instance type.
    """
    found = _FAMILY.match(family)
    return int(found["generation"]) if found else 0


class NodePoolOptions(Options):
    """Node pool: which instances may be started for pods that have no node, and when they end."""

    architectures: Annotated[tuple[Architecture, ...], Field(min_length=1)] = ("arm64",)
    """Processor architectures of the nodes. With both, images must be built for both. The default is Arm, because AWS
    Graviton processors cost less for the same work."""

    capacity_types: Annotated[tuple[CapacityType, ...], Field(min_length=1)] = ("on_demand",)
    """On-Demand Instances, Spot Instances, or both. With both, Spot capacity is tried first. Spot Instances can be
    interrupted with a two-minute warning."""

    instance_categories: Annotated[tuple[InstanceCategory, ...], Field(min_length=1)] = ("c", "m", "r")
    """Categories of EC2 instance types: the letters before the generation. The fewer are allowed, the more likely it is
    that there is no capacity. Ignored with `instance_families` or `instance_types`."""

    min_instance_generation: Annotated[int, Field(ge=1, le=9)] = 6
    """Oldest generation of EC2 instance types, such as 7 for `m7g`. Ignored with `instance_families` or
    `instance_types`."""

    instance_families: tuple[InstanceFamily, ...] = ()
    """Families of EC2 instance types to choose from, instead of categories and a generation."""

    instance_types: tuple[InstanceType, ...] = ()
    """EC2 instance types to choose from, instead of categories and a generation."""

    max_vcpus: Annotated[int, Field(ge=1, le=1000)] | None = None
    """Largest number of vCPUs of a node. With `null`, nodes are as large as the pods that wait together need."""

    availability_zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=1)] | None = None
    """Availability Zones of the nodes. With `null`, nodes are in all zones of the environment."""

    labels: dict[LabelKey, LabelValue] = {}
    """Kubernetes labels of the nodes."""

    taints: Annotated[tuple[TaintOptions, ...], Field(max_length=50)] = ()
    """Kubernetes taints of the nodes."""

    volume_gib: Annotated[int, Field(ge=20, le=16384)] = 80
    """Size, in GiB, of the encrypted gp3 volume that holds images and the ephemeral storage of pods."""

    cpu_limit: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    """Largest number of vCPUs of all nodes of the pool together. It limits what a mistake can cost."""

    memory_limit_gib: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Largest memory, in GiB, of all nodes of the pool together. With `null`, only `cpu_limit` limits the pool."""

    consolidation: Literal["when_empty_or_underutilized", "when_empty"] = "when_empty_or_underutilized"
    """Which nodes are removed or replaced to save cost: those without pods only, or also those whose pods fit on other
    or cheaper nodes."""

    consolidate_after_seconds: Annotated[int, Field(ge=0, le=86_400)] = 60
    """Number of seconds without a change of its pods after which a node can be consolidated."""

    max_unavailable_percent: Percent = 10
    """Largest percentage of the nodes of the pool that are replaced or removed at the same time. An expired node is
    replaced even if that is more."""

    def allows_type(self, name: str) -> bool:
        """Whether the pool may start this EC2 instance type, apart from architecture, zones, and size.

        Args:
            name: Such as `m7g.large`.
        """
        if self.instance_types:
            return name in self.instance_types
        if self.instance_families:
            return name.partition(".")[0] in self.instance_families
        return category_of(name) in self.instance_categories and generation_of(name) >= self.min_instance_generation

    @property
    def has_gpus(self) -> bool:
        """Whether the pool allows types with NVIDIA GPUs."""
        return self._allows_category(_GPU_CATEGORIES)

    @property
    def has_neuron(self) -> bool:
        """Whether the pool allows types with AWS Inferentia or Trainium."""
        return self._allows_category(_NEURON_CATEGORIES)

    def _allows_category(self, categories: tuple[str, ...]) -> bool:
        stated = self.instance_types or self.instance_families
        allowed = {category_of(each) for each in stated} if stated else set(self.instance_categories)
        return not allowed.isdisjoint(categories)
