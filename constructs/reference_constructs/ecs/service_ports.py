"""Which port of which container of a task a load balancer connects to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reference_constructs.ecs.container_options import ContainerOptions


def listening_ports(
    containers: Mapping[str, ContainerOptions],
    container: str | None = None,
    port: int | None = None,
    protocols: Sequence[str] = ("tcp",),
) -> list[tuple[str, int]]:
    """Every port that could be meant, with its container.

    Args:
        containers: Of the task.
        container: Name of the one that is meant; None for any.
        port: The one that is meant; None for the `port` of a container, or any port if it is not for TCP.
        protocols: That the container must serve on it.
    """
    return list(dict.fromkeys(_candidates(containers, container, port, protocols)))


def serving_port(
    containers: Mapping[str, ContainerOptions],
    container: str | None = None,
    port: int | None = None,
    protocols: Sequence[str] = ("tcp",),
) -> tuple[str, int]:
    """Name and port of the one container that listens; any other choice would be a guess.

    Args:
        containers: Of the task.
        container: Name of the one that is meant; None for the only one.
        port: The one that is meant; None for the only one.
        protocols: That the container must serve on it.

    Raises:
        ValueError: If there is none, or more than one.
    """
    listening = listening_ports(containers, container, port, protocols)
    if len(listening) != 1:
        names = ", ".join(name for name, _ in listening) or "none"
        raise ValueError(f"containers with a port: {names}; routing needs exactly one")
    return listening[0]


def _candidates(
    containers: Mapping[str, ContainerOptions], container: str | None, port: int | None, protocols: Sequence[str]
) -> Iterator[tuple[str, int]]:
    for name, each in containers.items():
        if container not in (None, name):
            continue
        served: dict[int, set[str]] = {}
        for _, number, protocol in each.ports:
            served.setdefault(number, set()).add(protocol)
        for number, found in served.items():
            # Of TCP, what is no `port` must be asked for.
            is_meant = number == port or (port is None and (number == each.port or "udp" in protocols))
            if is_meant and found.issuperset(protocols):
                yield name, number
