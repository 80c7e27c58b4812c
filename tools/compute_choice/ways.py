"""The ways to run containers, and what each costs a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from facts import instance_types
from facts.prices import instance_price, price, share
from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB
from tools.compute_choice.answers import Answers
from tools.compute_choice.instances import HOURS, VOLUME_GIB, Fleet, fleets

# "AWS Fargate pod configuration": for the components of Kubernetes on each pod.
_POD_OVERHEAD_GIB: Final = 0.25


class Way(Enum):
    """A way to run containers. Of two that cost the same, the first is the simpler one."""

    FARGATE = "Amazon ECS on Fargate"
    FARGATE_SPOT = "Amazon ECS on Fargate Spot"
    MANAGED_INSTANCES = "Amazon ECS Managed Instances"
    ECS_EC2 = "Amazon ECS on EC2"
    ECS_EC2_SPOT = "Amazon ECS on EC2 Spot"
    EC2 = "Amazon EC2 without an orchestrator"
    EKS_FARGATE = "Amazon EKS on Fargate"
    EKS_AUTO = "Amazon EKS Auto Mode"
    EKS_MANAGED = "Amazon EKS with managed nodes"
    EKS_MANAGED_SPOT = "Amazon EKS with managed Spot nodes"

    @property
    def is_kubernetes(self) -> bool:
        """Whether it has an Amazon EKS cluster."""
        return self.name.startswith("EKS")

    @property
    def is_fargate(self) -> bool:
        """Whether tasks or pods run on AWS Fargate."""
        return "FARGATE" in self.name

    @property
    def is_spot(self) -> bool:
        """Whether a part of it is interrupted at any time."""
        return self.name.endswith("SPOT")


@dataclass(frozen=True)
class Cost:
    """What a way costs."""

    way: Way
    monthly: float | None
    """US dollars a month for compute, control plane, and volumes; None where a price is not sourced."""

    what: str
    """What is paid, such as `3 t4g.xlarge`."""

    operations_hours: float
    break_even: float | None = None
    """How full instances have to be to cost less than Fargate at the same conditions."""

    fleet: Fleet | None = None

    def total(self, answers: Answers) -> float:
        """With operations, as far as they are in the sum."""
        return (self.monthly or 0) + self.operations_hours * answers.operations_rate


def costs(way: Way, answers: Answers) -> Cost | None:
    """What a way costs; None if no instance type that is known here has room for a task."""
    hours = _operations_hours(way, answers)
    if answers.windows:
        return Cost(way, None, "no sourced price of Windows", hours)
    plane = _control_plane(way, answers)
    if way.is_fargate:
        usd, what = _fargate(way, answers)
        return Cost(way, usd + plane, what, hours)
    found = fleets(answers, kubernetes=way.is_kubernetes)
    if not found:
        return None
    fleet = found[0]
    usd = fleet.on_demand * _paid(way, answers) + fleet.volumes + plane
    what = f"{fleet.number} {fleet.instance_type}, {fleet.tasks_on_each} on each"
    return Cost(way, usd, what, hours, break_even_packing(fleet.instance_type, way, answers), fleet)


def fargate_size(vcpus: float, gib: float) -> tuple[float, float] | None:
    """The smallest size of Fargate with so much; None if there is none."""
    for cpu_units, sizes in sorted(FARGATE_MEMORY_MIB.items()):
        for memory_mib in sizes:
            if cpu_units >= vcpus * 1024 and memory_mib >= gib * 1024:
                return cpu_units / 1024, memory_mib / 1024
    return None


def pod_size(answers: Answers) -> tuple[float, float] | None:
    """The size of Fargate that a pod gets."""
    return fargate_size(answers.vcpus, answers.gib + _POD_OVERHEAD_GIB)


def break_even_packing(instance_type: str, way: Way, answers: Answers) -> float:
    """Share of an instance that tasks have to fill to cost less there than on Fargate, both at the same conditions.

    Both with the commitment that is answered, or both interruptible; with a fee where the way has one.
    """
    facts, hourly = instance_types()[instance_type], instance_price(instance_type, answers.region)
    if hourly is None:
        return 0
    volume = VOLUME_GIB * price("gp3_gb_month", answers.region).usd / HOURS
    spot = way.is_spot
    vcpu, gb = _fargate_prices(answers, "arm" if facts.architecture == "arm64" else "x86", is_spot=spot)
    same = facts.vcpus * vcpu + facts.memory_mib / 1024 * gb
    discount = 0 if spot else _fargate_discount(answers, facts.architecture)
    return (hourly.usd * _paid(way, answers, all_spot=spot) + volume) / (same * (1 - discount))


def _fargate(way: Way, answers: Answers) -> tuple[float, str]:
    if way is Way.EKS_FARGATE:
        size = pod_size(answers) or (answers.vcpus, answers.gib)
        architecture, spot = "x86_64", 0.0
    else:
        size = fargate_size(answers.vcpus, answers.gib) or (answers.vcpus, answers.gib)
        architecture, spot = answers.architecture, answers.interruptible if way.is_spot else 0.0
    short = "arm" if architecture == "arm64" else "x86"
    hour = sum(
        part * (size[0] * vcpu + size[1] * gb) * (1 - discount)
        for part, (vcpu, gb), discount in (
            (1 - spot, _fargate_prices(answers, short, is_spot=False), _fargate_discount(answers, architecture)),
            (spot, _fargate_prices(answers, short, is_spot=True) if spot else (0, 0), 0),
        )
    )
    what = f"{answers.tasks_average:g} of {size[0]:g} vCPU, {size[1]:g} GB"
    return answers.tasks_average * hour * answers.hours, what


def _fargate_prices(answers: Answers, architecture: str, *, is_spot: bool) -> tuple[float, float]:
    start = f"fargate_{'spot_' if is_spot else ''}{architecture}"
    return price(f"{start}_vcpu_hour", answers.region).usd, price(f"{start}_gb_hour", answers.region).usd


def _fargate_discount(answers: Answers, architecture: str) -> float:
    if not answers.commitment_years:
        return 0
    arm = "arm_" if answers.commitment_years == 3 and architecture == "arm64" else ""
    return share(f"fargate_{arm}commitment_{answers.commitment_years}y")


def _paid(way: Way, answers: Answers, *, all_spot: bool = False) -> float:
    """Share of the On-Demand price that is paid, with the fee, which no commitment makes less."""
    discount = share(f"ec2_commitment_{answers.commitment_years}y") if answers.commitment_years else 0
    fee = {Way.MANAGED_INSTANCES: "ecs_managed_instances_fee", Way.EKS_AUTO: "eks_auto_mode_fee"}.get(way)
    spot = (1 if all_spot else answers.interruptible) if way.is_spot else 0
    return (1 - spot) * (1 - discount) + spot * (1 - (answers.spot_discount or 0)) + (share(fee) if fee else 0)


def _control_plane(way: Way, answers: Answers) -> float:
    if not way.is_kubernetes or answers.existing_cluster == "eks":
        return 0
    return price("eks_cluster_hour", answers.region).usd * HOURS


def _operations_hours(way: Way, answers: Answers) -> float:
    managed = way.is_fargate or way in (Way.MANAGED_INSTANCES, Way.EKS_AUTO)
    hours = answers.hours_managed if managed else answers.hours_self_managed
    cluster = answers.hours_kubernetes if way.is_kubernetes and answers.existing_cluster != "eks" else 0
    return hours + cluster


def all_costs(answers: Answers, ways: list[Way]) -> Iterator[Cost]:
    """What ways cost that are possible, the cheapest first."""
    found = [cost for way in ways if (cost := costs(way, answers)) is not None]
    order = list(Way)
    yield from sorted(found, key=lambda cost: (round(cost.total(answers), 2), order.index(cost.way)))
