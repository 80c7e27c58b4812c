"""What AWS offers: instance types and Availability Zones, read from `aws_facts.json` (source and date in it)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "aws_facts.json"
# Kubernetes runs 110 pods on a small node and 250 on a large one, whatever addresses there are: "Choosing an Amazon
# EC2 instance type", maximum Pods.
PODS_ON_SMALL_NODES, PODS_ON_LARGE_NODES, LARGE_NODE_VCPUS = 110, 250, 30


@dataclass(frozen=True)
class InstanceTypeFacts:
    """One line of `describe-instance-types`."""

    architecture: str
    vcpus: int
    memory_mib: int
    gpus: int
    neuron_devices: int
    network_interfaces: int
    ipv4_addresses_per_interface: int
    efa_interfaces: int
    zones: Mapping[str, int]
    """Number of Availability Zones that offer the type, by Region; without Regions of which nothing is known."""

    def addresses_for(self, pods: int) -> int:
        """Addresses that a node with so many pods takes: those of whole network interfaces, one of which is spare.

        amazon-vpc-cni-k8s, `docs/eni-and-ip-target.md`, without any target: the interface after the last one that pods
        use is attached too. Two pods are on the host's own network.

        Args:
            pods: Number of pods on the node.
        """
        in_use = max(1, math.ceil((pods - 2) / (self.ipv4_addresses_per_interface - 1)))
        return min(in_use + 1, self.network_interfaces) * self.ipv4_addresses_per_interface

    @property
    def max_pods(self) -> int:
        """Pods on a node whose addresses come one by one: interfaces x (addresses - 1) + 2, within Kubernetes' limits.

        amazon-vpc-cni-k8s, `misc/eni-max-pods.txt`; the two are those on the host's own network.
        """
        limit = PODS_ON_LARGE_NODES if self.vcpus > LARGE_NODE_VCPUS else PODS_ON_SMALL_NODES
        return min(limit, self.network_interfaces * (self.ipv4_addresses_per_interface - 1) + 2)

    @property
    def max_windows_pods(self) -> int:
        """Pods on a Windows node: one interface, whose first address is that of the node.

        "Deploy Windows nodes on EKS clusters".
        """
        return min(PODS_ON_SMALL_NODES, self.ipv4_addresses_per_interface - 1)


def instance_types() -> dict[str, InstanceTypeFacts]:
    """Every type that ECS and EKS can use, by name."""
    return _read().instance_types


def availability_zones() -> dict[str, tuple[str, ...]]:
    """Zones by Region, of the Regions that there is data of."""
    return _read().availability_zones


def regions() -> frozenset[str]:
    """Names of the Regions of all partitions, also of those that there is no other data of."""
    return _read().regions


def dated() -> str:
    """The day of which the data of instance types and Availability Zones is: `2026-10-27`."""
    return _read().dated


@dataclass(frozen=True)
class _Facts:
    instance_types: dict[str, InstanceTypeFacts]
    availability_zones: dict[str, tuple[str, ...]]
    regions: frozenset[str]
    dated: str


@cache
def _read() -> _Facts:
    facts: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    zones = {region: tuple(names) for region, names in facts["availability_zones"].items()}
    offerings = [dict(zip(zones, map(int, digits), strict=True)) for digits in facts["offerings"]]
    *columns, _ = facts["instance_type_columns"]
    types = {
        name: InstanceTypeFacts(**dict(zip(columns, values, strict=True)), zones=offerings[index])
        for name, (*values, index) in facts["instance_types"].items()
    }
    return _Facts(types, zones, frozenset(facts["regions"]), facts["dated"])
