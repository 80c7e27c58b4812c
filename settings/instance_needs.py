"""How many instances of each group of an ECS cluster its tasks take: docs/capacity.md has the arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from facts import instance_types
from facts.trunk_interfaces import interfaces_for_tasks
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task_options import TaskOptions
from settings.ecs import EcsSettings, TaskSettings
from settings.matching_types import types_of
from settings.task_placement import Room, Tasks, instances_for, one_more, reason_for

CPU_UNITS_OF_A_VCPU: Final = 1024
# An instance offers ECS what the kernel and the agents leave, and AWS publishes no figure by type: an m4.large
# registers 7,985 of 8,192 MiB, and 5 % more are better left free (AWS Batch User Guide, "Compute resource memory
# management" and "Reserve system memory"). Small types lose a larger share, so this is a cautious estimate.
SHARE_OF_MEMORY_FOR_TASKS: Final = 0.9


@dataclass(frozen=True, kw_only=True)
class Workload(Tasks):
    """The tasks of one entry of the file on one group; the number is the most of them, apart from a deployment."""

    name: str
    in_deployment: int


@dataclass(frozen=True, kw_only=True)
class Need:
    """What the tasks of a group take, if every instance is of one type."""

    instance_type: str
    room: Room
    """What an instance has for them beside the daemons."""

    tasks: int
    """Number of tasks at most, apart from a deployment."""

    deploys: bool
    """Whether a deployment of any of them starts a task before it stops one."""

    instances: int | None
    """Instances for them; None if a task fits nowhere."""

    with_deployment: int | None
    """Instances for one task more, of the workload of which one more takes most: any deployment ends."""

    at_once: int | None
    """Instances for all new tasks of the largest deployment beside the old ones: no deployment waits."""

    reason: str


def needs(ecs: EcsSettings, name: str) -> list[Need]:
    """What the tasks of an Auto Scaling group take, for the smallest of the instance types that it can start.

    A type is left out that is not in the data, or that has no less of anything than another.

    Args:
        ecs: With the tasks.
        name: Of the group.
    """
    group, held = ecs.capacity[name], workloads(ecs, name)
    if not isinstance(group, Ec2CapacityOptions) or not held:
        return []
    smallest: dict[str, Room] = {}
    # Of those that are alike, the first of a list, and of those that are selected, one of the later generations.
    for instance_type in types_of(group)[:: -1 if group.instance_requirements else 1]:
        room = room_of(instance_type, trunking=ecs.awsvpc_trunking and not group.is_windows)
        if room is not None and not any(other.is_no_more_than(room) for other in smallest.values()):
            smallest = {each: other for each, other in smallest.items() if not room.is_no_more_than(other)}
            smallest[instance_type] = room
    for daemon in daemons(ecs, name):
        smallest = {each: room.without(daemon.room) for each, room in smallest.items()}
    return [_need(each, room, held) for each, room in smallest.items()]


def daemons(ecs: EcsSettings, name: str) -> list[Workload]:
    """Tasks that run once on each instance of a group.

    Args:
        ecs: With the tasks.
        name: Of the group.
    """
    return [each for task, each in _on_group(ecs, name) if task.is_daemon]


def workloads(ecs: EcsSettings, name: str) -> list[Workload]:
    """Tasks that are placed on the instances of a group.

    Args:
        ecs: With the tasks.
        name: Of the group.
    """
    return [each for task, each in _on_group(ecs, name) if each.number and not task.is_daemon]


def room_of(instance_type: str, *, trunking: bool) -> Room | None:
    """What an instance has for tasks; None for a type that is not in the data.

    Args:
        instance_type: Name of the type.
        trunking: Whether tasks have branch interfaces.
    """
    facts, interfaces = instance_types().get(instance_type), interfaces_for_tasks(instance_type, trunking=trunking)
    if facts is None or interfaces is None:
        return None
    return Room(
        network_interfaces=interfaces,
        cpu_units=facts.vcpus * CPU_UNITS_OF_A_VCPU,
        memory_mib=int(facts.memory_mib * SHARE_OF_MEMORY_FOR_TASKS),
        gpus=facts.gpus,
    )


def _on_group(ecs: EcsSettings, name: str) -> Iterator[tuple[TaskSettings, Workload]]:
    for path, task in ecs.tasks():
        if any(item.capacity_provider == name for item in task.capacity_provider_strategy):
            number, in_deployment = (
                _share(task, name, each) for each in (task.most_tasks, task.most_tasks_in_deployment)
            )
            gpus = sum(each.gpus or 0 for each in task.containers.values())
            yield (
                task,
                Workload(
                    name=str(path[-1]),
                    room=Room(cpu_units=task.cpu_units, memory_mib=task.memory_mib, gpus=gpus),
                    number=number,
                    in_deployment=in_deployment,
                    apart=_apart(str(path[-1]), task),
                ),
            )


def _share(task: TaskOptions, name: str, number: int) -> int:
    """How many of so many tasks a strategy gives to a group. What it gives waits there, if there is room or not."""
    strategy = task.capacity_provider_strategy
    item = next(item for item in strategy if item.capacity_provider == name)
    rest, weights = max(number - sum(each.base for each in strategy), 0), sum(each.weight for each in strategy)
    return min(item.base, number) + (-(-rest * item.weight // weights) if weights else 0)


def _apart(name: str, task: TaskOptions) -> frozenset[str]:
    """By a constraint `distinctInstance`, or by devices, which containers of two tasks cannot share.

    Amazon ECS does not count devices ("Amazon ECS task definitions for AWS Neuron machine learning workloads").
    """
    constraints = task.placement_constraints if isinstance(task, ServiceOptions) else ()
    own = [name] if any(each.type == "distinctInstance" for each in constraints) else []
    return frozenset([*own, *(device for container in task.containers.values() for device in container.devices)])


def _need(instance_type: str, room: Room, tasks: Sequence[Workload]) -> Need:
    deployed = [each for each in tasks if each.in_deployment > each.number]
    more = [one_more(tasks, each, each.number + 1) for each in _largest(deployed, lambda _: 1)]
    new = _largest(deployed, lambda each: each.in_deployment - each.number)
    all_new = [one_more(tasks, each, each.in_deployment) for each in new]
    worst: Sequence[Tasks] = max([*more, tasks], key=lambda each: instances_for(room, each) or 0)
    with_deployment = instances_for(room, worst)
    return Need(
        instance_type=instance_type,
        room=room,
        tasks=sum(each.number for each in tasks),
        deploys=bool(deployed),
        instances=instances_for(room, tasks),
        with_deployment=with_deployment,
        at_once=max((instances_for(room, each) for each in [tasks, *all_new]), key=lambda each: each or 0),
        reason=reason_for(room, worst, with_deployment or 0),
    )


def _largest(deployed: Sequence[Workload], new: Callable[[Workload], int]) -> list[Workload]:
    """Those of which none has more new tasks than another of which each takes as much: what these take is enough."""
    found: list[Workload] = []
    for each in sorted(deployed, key=lambda each: (each.room.memory_mib, each.room.cpu_units, new(each)), reverse=True):
        if not any(
            each.room.is_no_more_than(other.room) and each.apart == other.apart and new(each) <= new(other)
            for other in found
        ):
            found.append(each)
    return found
