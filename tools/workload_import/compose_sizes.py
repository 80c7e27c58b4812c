"""Processor, size, and number of the tasks of a Compose file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from tools.workload_import.compose_groups import Group
from tools.workload_import.ledger import Node
from tools.workload_import.units import cpu_units, fargate_size, mebibytes
from tools.workload_import.variables import unresolved

_ARCHITECTURES: Final = {
    "amd64": "x86_64",
    "x86_64": "x86_64",
    "arm64": "arm64",
    "arm64/v8": "arm64",
    "aarch64": "arm64",
}


def architecture(group: Group) -> Iterator[tuple[str, object]]:
    """The processor, if the file says for which one the images are.

    Args:
        group: Services that are one task.
    """
    for service in group.services:
        node = service.child("platform")
        if node is None or unresolved(node.peek()):
            continue
        system, _, processor = str(node.peek()).partition("/")
        if system == "linux" and processor in _ARCHITECTURES:
            node.carry()
            yield "architecture", _ARCHITECTURES[processor]
        else:
            node.decide("tasks run Linux on x86_64 or arm64")


def task_size(group: Group) -> Iterator[tuple[str, object]]:
    """The smallest size on Fargate with room for the limits of all, or else for what they reserve.

    Args:
        group: Services that are one task.
    """
    cpu, memory, stated = 0, 0, False
    for service in group.services:
        deploy = service.child("deploy")
        resources = deploy.child("resources") if deploy else None
        limits, reserved = (resources.child(key) if resources else None for key in ("limits", "reservations"))
        units = _first(
            cpu_units, service.child("cpus"), limits and limits.child("cpus"), reserved and reserved.child("cpus")
        )
        size = _first(
            mebibytes,
            service.child("mem_limit"),
            limits and limits.child("memory"),
            service.child("mem_reservation"),
            reserved and reserved.child("memory"),
        )
        cpu, memory, stated = cpu + (units or 0), memory + (size or 0), stated or bool(units or size)
    found = fargate_size(cpu, memory) if stated else None
    path = group.services[0].path
    if not stated:
        group.services[0].ledger.note(
            "remark", path, "there are no limits: the task has the smallest size, 256 CPU units and 512 MiB"
        )
    elif found is None:
        group.services[0].ledger.note("decide", path, f"no size of Fargate has {cpu} CPU units and {memory} MiB")
    else:
        yield "cpu_units", found[0]
        yield "memory_mib", found[1]
        if found != (cpu, memory):
            total = f"{cpu or 'no stated number of'} CPU units and {memory or 'no stated number of'} MiB"
            group.services[0].ledger.note(
                "remark", path, f"for {total}, {found[0]} and {found[1]} is the smallest size on Fargate"
            )


def _first(read: object, *nodes: Node | None) -> int | None:
    """The first value that is there; all of them are settled."""
    found: int | None = None
    for node in nodes:
        if node is None:
            continue
        value = read(node.peek()) if callable(read) else None
        if value is None:
            node.decide("this is no size" + (f"; {reason}" if (reason := unresolved(node.peek())) else ""))
        elif found is None:
            node.carry()
            found = value
        elif not node.ledger.is_settled(node):
            node.ignore("the size of the task is from the limit; what is reserved is less")
    return found


def count(service: Node) -> Iterator[tuple[str, object]]:
    """How many tasks there are to be, if the file says it.

    Args:
        service: The service.
    """
    for node in _counts(service):
        if str(node.peek()).isdigit():
            yield "desired_count", int(str(node.carry()))


def ignore_count(service: Node) -> None:
    """Settle how many tasks there are to be of a service that runs once.

    Args:
        service: The service.
    """
    for node in _counts(service):
        node.ignore("a standalone task runs as often as it is told to")


def _counts(service: Node) -> Iterator[Node]:
    deploy = service.child("deploy")
    for node in (service.child("scale"), deploy.child("replicas") if deploy else None):
        if node is not None:
            yield node
