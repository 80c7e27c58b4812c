"""Rules of how many tasks the instances of the ECS cluster can hold at once: docs/capacity.md has the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Final

from facts import instance_types
from facts.trunk_interfaces import interfaces_for_tasks
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.matching_types import types_of
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.ecs_capacity import CPU_UNITS_OF_A_VCPU, SHARE_OF_MEMORY_FOR_TASKS
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, container_keys, groups_of, task_keys, tasks

_KEYS: Final = (
    "ecs.awsvpc_trunking",
    "ecs.capacity.<name>.max_size",
    "ecs.capacity.<name>.instance_types",
    "ecs.capacity.<name>.instance_requirements",
)


@dataclass(frozen=True)
class Room:
    """What a task takes, or what one instance has for tasks.

    Each task is in network mode `awsvpc`, with an address and with ports of its own, so host ports never run out.
    """

    network_interfaces: int
    cpu_units: int
    memory_mib: int
    gpus: int = 0

    def holds(self, task: Room) -> int:
        """How many such tasks fit."""
        amounts: list[tuple[int, int]] = list(zip(astuple(self), astuple(task), strict=True))
        return min(have // want for have, want in amounts if want)


@rule(
    "Increasing Amazon ECS Linux container instance network interfaces; facts/aws_facts.json",
    keys=(*_KEYS, *task_keys("capacity_provider_strategy")),
)
def burstable_instances_have_interfaces(environment: Environment) -> Iterator[Problem]:
    """Each task takes a network interface, and burstable instances have no trunk interface that would give more."""
    for path, group in capacity_groups(environment):
        known = [instance_types().get(each) for each in types_of(group)]
        rooms = [each.network_interfaces - 1 for each in known if each is not None]
        if not rooms or len(rooms) < len(known) or not all(each.startswith("t") for each in types_of(group)):
            continue
        fewest = sum(
            task.fewest_tasks for _, task in tasks(environment) if [*groups_of(environment, task)] == [path[-1]]
        )
        room = group.max_size * max(rooms)
        if fewest > room:
            yield Problem(
                path=(*path, "max_size"),
                finding=f"{fewest} tasks run at least, and {group.max_size} instances have interfaces for {room}",
                fix=f"raise max_size to {_ceil(fewest + 1, max(rooms))}, which has room for a deployment too; use "
                "larger instance types; or run fewer tasks",
            )


@warning(
    "Elastic network interface trunking, Amazon ECS Developer Guide; Amazon ECS services, deployment configuration; "
    "facts/aws_facts.json; facts/trunk_interfaces.json",
    keys=(*_KEYS, *task_keys("cpu_units", "memory_mib", "capacity_provider_strategy"), *container_keys("gpus")),
)
def instances_hold_their_tasks_and_a_deployment(environment: Environment) -> Iterator[Problem]:
    """A task for which no instance has room is never placed, and a deployment starts a new task before it stops one."""
    of_groups: dict[tuple[str, ...], list[TaskSettings]] = {}
    for _, task in tasks(environment):
        if (names := tuple(sorted(groups_of(environment, task)))) and task.most_tasks:
            of_groups.setdefault(names, []).append(task)
    for names in of_groups:
        held = [each for others, of_others in of_groups.items() if set(others) <= set(names) for each in of_others]
        yield from _without_room(environment, names, held)


def _without_room(environment: Environment, names: tuple[str, ...], held: list[TaskSettings]) -> Iterator[Problem]:
    """What a group, or several that the same tasks use, is too small for, if each instance is of the best type."""
    groups = [group for path, group in capacity_groups(environment) if path[-1] in names]
    trunking = environment.ecs is not None and environment.ecs.awsvpc_trunking
    rooms = [room_of(name, trunking=trunking) for group in groups for name in types_of(group)]
    known = [room for room in rooms if room is not None]
    if not known or len(known) < len(rooms):
        return
    most = sum(group.max_size for group in groups)
    reason, needed = max(instances_needed(known, held), key=lambda each: each[1])
    if needed > most:
        more = f"{listed(f'ecs.capacity.{name}' for name in names)} together have at most {most}"
        turned_on = "" if trunking else "the account has awsvpcTrunking on (ecs.awsvpc_trunking), or "
        yield Problem(
            path=("ecs", "capacity", names[0], "max_size"),
            finding=f"{reason} take {needed} instances, but {more if len(names) > 1 else f'max_size is {most}'}",
            fix="raise max_size, use larger instance types, or run fewer tasks; or acknowledge this if "
            f"{turned_on}fewer tasks will do",
        )


def instances_needed(rooms: list[Room], held: list[TaskSettings]) -> Iterator[tuple[str, int]]:
    """Lower bounds of the number of instances, each with what takes them: of all tasks, and of each kind alone.

    Args:
        rooms: What an instance of each type has for tasks.
        held: The tasks that run on them.
    """
    wanted = [(task.most_tasks, room_taken(task)) for task in held]
    count = sum(number for number, _ in wanted) + 1
    interfaces = max(room.network_interfaces for room in rooms)
    yield (
        f"{count} network interfaces, one of them for a deployment, at {interfaces} on each instance",
        _ceil(count, interfaces),
    )
    for what in ("cpu_units", "memory_mib", "gpus"):
        total = sum(number * getattr(task, what) for number, task in wanted) + max(
            getattr(task, what) for _, task in wanted
        )
        room = max(getattr(each, what) for each in rooms)
        if room:
            yield f"{total} {what}, one task of a deployment among them, at {room} on each instance", _ceil(total, room)
    for number, task in wanted:
        fits = max(room.holds(task) for room in rooms)
        if fits:  # else another rule says that it fits no instance
            yield (
                f"{number + 1} tasks, one of them of a deployment, at {fits} on each instance",
                _ceil(number + 1, fits),
            )


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
        interfaces, facts.vcpus * CPU_UNITS_OF_A_VCPU, int(facts.memory_mib * SHARE_OF_MEMORY_FOR_TASKS), facts.gpus
    )


def room_taken(task: TaskSettings) -> Room:
    """What one task takes of an instance.

    Args:
        task: Of any kind.
    """
    return Room(1, task.cpu_units, task.memory_mib, sum(each.gpus or 0 for each in task.containers.values()))


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
