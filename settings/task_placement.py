"""How many instances hold a number of tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

AMOUNTS: Final = {
    "network_interfaces": "network interfaces",
    "cpu_units": "CPU units",
    "memory_mib": "MiB of memory",
    "gpus": "GPUs",
}


def in_words(number: int, what: str) -> str:
    """A number of what there is in `AMOUNTS`.

    Args:
        number: How many.
        what: Its key.
    """
    words = AMOUNTS[what]
    return f"{number} {words.removesuffix('s') if number == 1 else words}"


@dataclass(frozen=True, kw_only=True)
class Room:
    """What a task takes, or what an instance has for tasks.

    Host ports are not in it: each task is in network mode `awsvpc`, with an address and with ports of its own.
    """

    network_interfaces: int = 1
    cpu_units: int = 0
    memory_mib: int = 0
    gpus: int = 0

    @property
    def amounts(self) -> tuple[int, ...]:
        """In the order of `AMOUNTS`."""
        return self.network_interfaces, self.cpu_units, self.memory_mib, self.gpus

    def holds(self, task: Room) -> int:
        """How many such tasks fit."""
        return max(min(have // want for have, want in zip(self.amounts, task.amounts, strict=True) if want), 0)

    def without(self, task: Room, number: int = 1) -> Room:
        """What is left beside so many tasks."""
        return Room(
            network_interfaces=self.network_interfaces - number * task.network_interfaces,
            cpu_units=self.cpu_units - number * task.cpu_units,
            memory_mib=self.memory_mib - number * task.memory_mib,
            gpus=self.gpus - number * task.gpus,
        )

    def __str__(self) -> str:
        """What there is of each, in words."""
        return ", ".join(in_words(getattr(self, name), name) for name in AMOUNTS if getattr(self, name))

    def is_no_more_than(self, other: Room) -> bool:
        """Whether whatever fits here fits there."""
        return all(mine <= others for mine, others in zip(self.amounts, other.amounts, strict=True))


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """A number of tasks of one size."""

    room: Room
    """What each takes."""

    number: int
    apart: frozenset[str] = frozenset()
    """Two tasks that have one of these in common are not on one instance."""


@dataclass
class _Instances:
    """Instances that hold the same."""

    number: int
    left: Room
    holds: frozenset[str] = field(default_factory=frozenset)


def instances_for(room: Room, tasks: Iterable[Tasks]) -> int | None:
    """How many instances hold all of the tasks, if the largest are placed first; None if one of them fits nowhere.

    More may be needed where tasks come and go in another order, and never less than one of several orders takes.

    Args:
        room: What each instance has.
        tasks: With their numbers.
    """
    numbers: Counter[tuple[Room, frozenset[str]]] = Counter()
    for each in tasks:
        numbers[each.room, each.apart] += each.number
    sizes = [Tasks(room=size, number=number, apart=apart) for (size, apart), number in numbers.items() if number]
    if not all(room.holds(each.room) for each in sizes):
        return None
    orders: list[Callable[[Tasks], float]] = [
        lambda each: max(getattr(each.room, what) / max(getattr(room, what), 1) for what in AMOUNTS),
        lambda each: each.room.memory_mib,
        lambda each: each.room.cpu_units,
    ]
    return min(_placed(room, sorted(sizes, key=order, reverse=True)) for order in orders)


def reason_for(room: Room, tasks: Sequence[Tasks], instances: int) -> str:
    """What so many instances are needed for.

    Args:
        room: What each instance has.
        tasks: What they hold.
        instances: Their number, as `instances_for` has it.
    """
    for what in AMOUNTS:
        total, have = sum(each.number * getattr(each.room, what) for each in tasks), getattr(room, what)
        if total and -(-total // have) == instances:
            return f"for {in_words(total, what)}, of which each has {have}"
    if any(each.apart and each.number == instances for each in tasks):
        return "because no two of some tasks can be on one instance"
    return "because what is left on each is too small for one task more"


def one_more(tasks: Sequence[Tasks], of: Tasks, number: int) -> list[Tasks]:
    """The tasks, with another number of one kind.

    Args:
        tasks: All of them.
        of: One of them.
        number: How many of these there are.
    """
    return [replace(each, number=number) if each is of else each for each in tasks]


def _placed(room: Room, tasks: Sequence[Tasks]) -> int:
    """First fit, for all tasks of one size at once."""
    found: list[_Instances] = []
    for task in tasks:
        left = task.number
        for each in list(found):
            left -= _fill(found, each, task, left)
        if left:
            new = _Instances(-(-left // (1 if task.apart else room.holds(task.room))), room)
            _fill(found, new, task, left)
            found.append(new)
    return sum(each.number for each in found)


def _fill(found: list[_Instances], instances: _Instances, task: Tasks, left: int) -> int:
    """Place so many tasks on instances that hold the same, and say how many are placed."""
    fits = 0 if instances.holds & task.apart else instances.left.holds(task.room)
    fits = min(fits, 1) if task.apart else fits
    if not fits or not left:
        return 0
    full, last = divmod(min(left, fits * instances.number), fits)
    before, holds = instances.left, instances.holds | task.apart
    untouched = instances.number - full - (1 if last else 0)
    parts = [_Instances(full, before.without(task.room, fits), holds)] if full else []
    parts += [_Instances(1, before.without(task.room, last), holds)] if last else []
    first, *others = [*parts, *([_Instances(untouched, before, instances.holds)] if untouched else [])]
    instances.number, instances.left, instances.holds = first.number, first.left, first.holds
    found.extend(others)
    return full * fits + last
