"""Rules of how many tasks the instances of the ECS cluster can hold at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from facts import instance_types
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.ecs_capacity import CPU_UNITS_OF_A_VCPU, SHARE_OF_MEMORY_FOR_TASKS
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import groups_of, tasks


@dataclass(frozen=True)
class _Room:
    """What tasks take, or what one instance has for them."""

    network_interfaces: int
    cpu_units: int
    memory_mib: int

    def holds(self, task: _Room) -> int:
        """How many such tasks fit."""
        return min(have // want for have, want in zip(self._amounts(), task._amounts(), strict=True))

    def _amounts(self) -> tuple[int, int, int]:
        return self.network_interfaces, self.cpu_units, self.memory_mib


@rule(
    "Increasing Amazon ECS Linux container instance network interfaces; facts/aws_facts.json",
    keys=("ecs.capacity.<name>.max_size", "ecs.capacity.<name>.instance_types", *task_keys()),
)
def burstable_instances_have_interfaces(environment: Environment) -> Iterator[Problem]:
    """Each task takes a network interface, and burstable instances have no trunk interface that would give more."""
    for name, group in (environment.ecs.capacity if environment.ecs else {}).items():
        known = [instance_types().get(each) for each in group.instance_types]
        rooms = [each.network_interfaces - 1 for each in known if each is not None]
        if len(rooms) < len(known) or not all(each.startswith("t") for each in group.instance_types):
            continue
        fewest = sum(task.fewest_tasks for _, task in tasks(environment) if [*groups_of(environment, task)] == [name])
        room = group.max_size * max(rooms)
        if fewest > room:
            yield Problem(
                path=("ecs", "capacity", name, "max_size"),
                finding=f"{fewest} tasks run at least, and {group.max_size} instances have interfaces for {room}",
                fix=f"raise max_size to {_ceil(fewest + 1, max(rooms))}, which has room for a deployment too; use "
                "larger instance types; or run fewer tasks",
            )


@warning(
    "Elastic network interface trunking, Amazon ECS Developer Guide; Amazon ECS services, deployment configuration; "
    "facts/aws_facts.json",
    keys=(
        "ecs.capacity.<name>.max_size",
        "ecs.capacity.<name>.instance_types",
        *task_keys("cpu_units", "memory_mib", "capacity_provider_strategy"),
    ),
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
    """What a group, or several that the same services use, is too small for, if each instance is of the best type."""
    groups = [group for name, group in (environment.ecs.capacity if environment.ecs else {}).items() if name in names]
    rooms = [room for group in groups for room in map(_room_of, group.instance_types) if room is not None]
    if len(rooms) < sum(len(group.instance_types) for group in groups):
        return
    most = sum(group.max_size for group in groups)
    reason, needed = max(_instances_needed(rooms, held), key=lambda each: each[1])
    if needed > most:
        more = f"{listed(f'ecs.capacity.{name}' for name in names)} together have at most {most}"
        yield Problem(
            path=("ecs", "capacity", names[0], "max_size"),
            finding=f"{reason} take {needed} instances, but {more if len(names) > 1 else f'max_size is {most}'}",
            fix="raise max_size, use larger instance types, or run fewer tasks; or acknowledge this if the account has "
            "awsvpcTrunking on, or fewer tasks will do",
        )


def _instances_needed(rooms: list[_Room], held: list[TaskSettings]) -> Iterator[tuple[str, int]]:
    """Lower bounds of the number of instances, each with what takes them: of all tasks, and of each of them alone."""
    # A deployment starts one task before it stops one; where nothing keeps tasks running, there is no deployment.
    spare = [task for task in held if task.most_tasks_in_deployment > task.most_tasks]
    count = sum(task.most_tasks for task in held) + (1 if spare else 0)
    interfaces = max(room.network_interfaces for room in rooms)
    yield (
        f"{count} network interfaces{', one of them for a deployment' if spare else ''}, at {interfaces} on each "
        "instance",
        _ceil(count, interfaces),
    )
    for what in ("cpu_units", "memory_mib"):
        wanted = sum(task.most_tasks * getattr(task, what) for task in held)
        wanted += max((getattr(task, what) for task in spare), default=0)
        room = max(getattr(each, what) for each in rooms)
        among = ", one task of a deployment among them" if spare else ""
        yield f"{wanted} {what}{among}, at {room} on each instance", _ceil(wanted, room)
    for task in held:
        number = task.most_tasks + (1 if task in spare else 0)
        fits = max(room.holds(_room_taken(task)) for room in rooms)
        if fits:  # else another rule says that it fits no instance
            of_deployment = ", one of them of a deployment" if task in spare else ""
            yield f"{number} tasks{of_deployment}, at {fits} on each instance", _ceil(number, fits)


def _room_of(instance_type: str) -> _Room | None:
    facts = instance_types().get(instance_type)
    if facts is None:
        return None
    # The first network interface is the instance's own, and each task has one (network mode awsvpc).
    return _Room(
        max(facts.network_interfaces - 1, 1),
        facts.vcpus * CPU_UNITS_OF_A_VCPU,
        int(facts.memory_mib * SHARE_OF_MEMORY_FOR_TASKS),
    )


def _room_taken(task: TaskSettings) -> _Room:
    return _Room(1, task.cpu_units, task.memory_mib)


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
