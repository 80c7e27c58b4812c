"""How many instances of which type tasks take."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from facts import instance_types
from facts.prices import instance_price, price
from facts.trunk_interfaces import interfaces_for_tasks
from tools.compute_choice.answers import Answers

HOURS: Final = 730
VOLUME_GIB: Final = 30
HOURS_OF_A_START: Final = 0.2
# What the operating system and the agent leave of the memory; assumed, Amazon ECS registers a little more.
MEMORY_LEFT: Final = 0.95
# What Amazon EKS reserves: amazon-eks-ami, nodeadm: 255 MiB and 11 MiB for each pod, and 100 MiB until eviction.
# Requests of the VPC CNI plugin and of kube-proxy on each node.
_EKS_DAEMON_VCPUS: Final = 0.05 + 0.1
_EKS_RESERVED_MIB, _EKS_RESERVED_MIB_OF_A_POD = 255 + 100, 11
# "Key concepts for burstable performance instances": share of each vCPU that they can use all the time.
_BASELINES: Final = {"small": 0.2, "medium": 0.2, "large": 0.3, "xlarge": 0.4, "2xlarge": 0.4}
_SIZES: Final = ("large", "xlarge", "2xlarge", "4xlarge")
CATALOG: Final = {
    "arm64": (
        *(f"t4g.{size}" for size in _BASELINES),
        *(f"{family}.{size}" for family in ("c7g", "m7g", "r7g") for size in _SIZES),
    ),
    "x86_64": (
        *(f"t3.{size}" for size in _BASELINES),
        *(f"{family}.{size}" for family in ("c7i", "m7i", "r7i") for size in _SIZES),
    ),
    "gpu": ("g6.xlarge", "g6.2xlarge", "g6.12xlarge", "g5.xlarge", "g5.2xlarge", "g5.12xlarge"),
}


@dataclass(frozen=True)
class Fleet:
    """Instances that have room for the tasks."""

    instance_type: str
    number: int
    tasks_on_each: int
    hourly: float
    """Price of one, On-Demand."""

    hours: float

    @property
    def on_demand(self) -> float:
        """US dollars a month for the instances."""
        return self.number * self.hourly * self.hours

    @property
    def volumes(self) -> float:
        """US dollars a month for a volume of 30 GiB on each."""
        return self.number * VOLUME_GIB * price("gp3_gb_month", "us-east-1").usd * min(1, self.hours / HOURS)


def fleets(answers: Answers, *, kubernetes: bool) -> list[Fleet]:
    """One of each instance type that a task has room on, the cheapest first.

    Args:
        answers: The workload.
        kubernetes: Whether the nodes are of Amazon EKS, which reserves more of them.
    """
    found = list(_fleets(answers, kubernetes=kubernetes))
    return sorted(found, key=lambda fleet: fleet.on_demand + fleet.volumes)


def _fleets(answers: Answers, *, kubernetes: bool) -> Iterator[Fleet]:
    kind = "gpu" if answers.gpus else answers.architecture
    names = (answers.instance_type,) if answers.instance_type else CATALOG[kind]
    for name in names:
        hourly = instance_price(name, answers.region)
        on_each = tasks_on(name, answers, kubernetes=kubernetes)
        if hourly is None or on_each < 1:
            continue
        # Two at least, in two zones, as soon as there are two tasks.
        fewest = 2 if answers.most >= 2 else 1
        number = max(fewest, math.ceil(round(answers.tasks_average / on_each / answers.packing, 6)))
        if _keeps_up(name, number, answers):
            hours = min(HOURS, answers.hours + answers.starts * HOURS_OF_A_START)
            yield Fleet(name, number, on_each, hourly.usd, hours)


def tasks_on(name: str, answers: Answers, *, kubernetes: bool) -> int:
    """How many tasks have room on an instance, by what they request, or by what they use.

    Args:
        name: Instance type.
        answers: The workload.
        kubernetes: Whether it is a node of Amazon EKS.
    """
    facts = instance_types().get(name)
    if facts is None:
        return 0
    memory, vcpus = facts.memory_mib * MEMORY_LEFT, float(facts.vcpus)
    if kubernetes:
        memory -= _EKS_RESERVED_MIB + _EKS_RESERVED_MIB_OF_A_POD * facts.max_pods
        vcpus -= _reserved_vcpus(facts.vcpus) + _EKS_DAEMON_VCPUS
    by_memory, by_cpu = answers.gib * 1024, answers.vcpus
    if answers.oversubscribe:
        by_memory, by_cpu = by_memory * answers.memory_used, by_cpu * answers.cpu_used
    # Rounded first: 4 // 0.1 is 39.
    room = math.floor(round(min(memory / by_memory, vcpus / by_cpu), 6))
    if answers.gpus:
        room = min(room, facts.gpus // answers.gpus)
    if kubernetes:
        room = min(room, facts.max_pods)
    elif answers.awsvpc:
        # With trunking, which costs nothing; burstable types have no trunk interface.
        room = min(room, interfaces_for_tasks(name, trunking=True) or 0)
    return room


def _reserved_vcpus(vcpus: int) -> float:
    """amazon-eks-ami: 6 % of the first, 1 % of the second, 0.5 % of two more, 0.25 % of the rest."""
    shares = [0.06, 0.01, 0.005, 0.005, *[0.0025] * max(0, vcpus - 4)]
    return sum(shares[:vcpus])


def _keeps_up(name: str, number: int, answers: Answers) -> bool:
    """Whether burstable instances can do the work all the time; others always can."""
    family, _, size = name.partition(".")
    if not family.startswith("t"):
        return True
    facts = instance_types()[name]
    used = answers.tasks_average * answers.vcpus * answers.cpu_used
    return used <= number * facts.vcpus * _BASELINES.get(size, 0)
