"""How many tasks a service of Amazon ECS has, where they run, and what they take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from assembly import Graph, Resource
from tools.cost.lines import Quantity
from tools.cost.week import share_on

FARGATE: Final = ("FARGATE", "FARGATE_SPOT")


@dataclass(frozen=True)
class Size:
    """What one task takes."""

    vcpus: float
    gib: float
    extra_storage_gib: float
    architecture: str
    is_windows: bool
    has_interface: bool

    @classmethod
    def of(cls, definition: Resource) -> Size:
        """That of a task definition; what the task does not state is the sum of its containers."""
        containers = definition.list("ContainerDefinitions")
        cpu = definition.get("Cpu") or sum(int(each.get("Cpu") or 0) for each in containers)
        memory = definition.get("Memory") or sum(
            int(each.get("Memory") or each.get("MemoryReservation") or 0) for each in containers
        )
        return cls(
            vcpus=int(cpu) / 1024,
            gib=int(memory) / 1024,
            extra_storage_gib=max(0, int(definition.get("EphemeralStorage.SizeInGiB", 20)) - 20),
            architecture="arm" if definition.get("RuntimePlatform.CpuArchitecture") == "ARM64" else "x86",
            is_windows=str(definition.get("RuntimePlatform.OperatingSystemFamily", "")).startswith("WINDOWS"),
            has_interface=definition.get("NetworkMode") == "awsvpc",
        )


def size(graph: Graph, service: Resource) -> Size | None:
    """That of the tasks of a service; None if its task definition is not in the templates."""
    definition = graph.find(service.get("TaskDefinition"))
    return Size.of(definition) if definition else None


def count(graph: Graph, service: Resource) -> Quantity:
    """Number of its tasks while it runs."""
    if service.get("SchedulingStrategy") == "DAEMON":
        return Quantity.of(0)
    target, desired = _scalable_target(graph, service), service.get("DesiredCount")
    if target is None:
        return Quantity.of(1 if desired is None else int(desired))
    least, most = int(target.get("MinCapacity")), int(target.get("MaxCapacity"))
    return Quantity(least, min(max(least, int(desired or 0)), most), most)


def share_of_week(graph: Graph, service: Resource) -> float:
    """Share of the week in which it runs, which is all of it unless its tasks stop at night."""
    target = _scalable_target(graph, service)
    actions = target.list("ScheduledActions") if target else []
    # Without a scheduled action on it, or with one that is not a weekly one, it runs all week.
    share = share_on(
        (str(each["Schedule"]), int(each.get("ScalableTargetAction", {}).get("MaxCapacity", 1)) > 0) for each in actions
    )
    return share or 1


def _scalable_target(graph: Graph, service: Resource) -> Resource | None:
    for each in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if service in graph.references(each.get("ResourceId")):
            return each
    return None


def placed(graph: Graph, service: Resource) -> Iterator[tuple[str, Resource | None, Quantity]]:
    """Where its tasks run: capacity provider, its resource if it is in the templates, and how many run there."""
    tasks = count(graph, service)
    strategy = service.list("CapacityProviderStrategy") or _default_strategy(graph, service)
    if not strategy:
        if service.get("LaunchType") == "FARGATE":
            yield "FARGATE", None, tasks
        return
    base = sum(int(each.get("Base") or 0) for each in strategy)
    weights = sum(int(each.get("Weight") or 0) for each in strategy)
    rest = tasks.beyond(base)
    for each in strategy:
        own = int(each.get("Base") or 0)
        share = int(each.get("Weight") or 0) / weights if weights else 0
        name = str(each.get("CapacityProvider"))
        yield name, graph.find(name), tasks.at_most(own) + rest * share


def _default_strategy(graph: Graph, service: Resource) -> list[dict[str, Any]]:
    if service.get("LaunchType"):
        return []
    cluster = str(service.get("Cluster"))
    for each in graph.of_type("AWS::ECS::ClusterCapacityProviderAssociations"):
        if each.get("Cluster") == cluster:
            return each.list("DefaultCapacityProviderStrategy")
    return []
