"""Which services of a Compose file are one task, and which of them run once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tools.workload_import.ledger import Node

_JOBS: Final = ("replicated-job", "global-job")
# What only the containers of one task share.
_SHARED: Final = ("network_mode", "pid", "ipc")


@dataclass(frozen=True)
class Group:
    """Services of a Compose file that are one task.

    Attributes:
        services: The services; the first is the one that the others join.
        runs_once: Whether the task ends by itself.
    """

    services: Sequence[Node]
    runs_once: bool

    @property
    def name(self) -> str:
        """Name of the service that the others join."""
        return self.services[0].name


def groups(services: Node) -> list[Group]:
    """The tasks that the services of a file make: one each, unless one joins the network, or the volumes, of another.

    Args:
        services: All services.
    """
    nodes = {node.name: node for node in services.children()}
    leader = {name: name for name in nodes}
    for name, node in nodes.items():
        for other in joined(node):
            if other in nodes:
                old, new = leader[name], leader[other]
                leader = {each: new if first == old else first for each, first in leader.items()}
    waited_for = {str(each) for node in nodes.values() for each in _completed(node)}
    return [
        Group(members, runs_once=all(_runs_once(each, waited_for) for each in members))
        for name in nodes
        if (members := [nodes[each] for each in sorted(nodes, key=name.__ne__) if leader[each] == name])
    ]


def joined(service: Node) -> Iterator[str]:
    """Names of the services whose network, processes, or volumes a service uses.

    Args:
        service: The service.
    """
    for key in _SHARED:
        if (node := service.child(key)) is not None and str(node.peek()).startswith("service:"):
            yield str(node.peek()).removeprefix("service:")
    volumes = service.child("volumes_from")
    for each in volumes.children() if volumes else ():
        name = str(each.peek())
        if not name.startswith("container:"):
            yield name.partition(":")[0]


def _completed(service: Node) -> Iterator[str]:
    """Names of the services that must have ended before this one starts."""
    node = service.child("depends_on")
    for each in node.children() if node and node.is_mapping else ():
        condition = each.child("condition")
        if condition is not None and condition.peek() == "service_completed_successfully":
            yield each.name


def _runs_once(service: Node, waited_for: set[str]) -> bool:
    deploy, restart = service.child("deploy"), service.child("restart")
    mode = deploy.child("mode") if deploy else None
    ends = (restart is not None and str(restart.peek()) in ("no", "False")) or (
        restart is not None and str(restart.peek()).startswith("on-failure")
    )
    listens = any(service.child(key) for key in ("ports", "expose", "healthcheck"))
    return service.name in waited_for or (mode is not None and mode.peek() in _JOBS) or (ends and not listens)
