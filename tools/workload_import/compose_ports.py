"""Ports of a service in a Compose file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from tools.workload_import.ledger import Node
from tools.workload_import.target import accepts
from tools.workload_import.variables import unresolved

_SHORT: Final = re.compile(
    r"((?P<host>\[[^]]+\]|[0-9.]+):)?((?P<published>[0-9-]*):)?(?P<target>[0-9]+(-[0-9]+)?)(/(?P<protocol>\w+))?"
)
_PUBLISHED: Final = (
    "it is published: if requests come from outside of the VPC, add routing to the service, with host_headers or "
    "path_patterns, and ecs.load_balancer. Each task has an address of its own, so there is no port of a host"
)
_RANGE_IS_PUBLISHED: Final = (
    "the ports are published: no load balancer forwards to a range, and clients need the address of a task, which "
    "changes with each task"
)
_ONE_PORT: Final = "containers have one port"
_TCP: Final = "the load balancer forwards HTTP only, and a port here is one of TCP"


def ports(service: Node) -> Iterator[tuple[str, object]]:
    """The port that a container listens on, and further ones where containers have them.

    Args:
        service: The service.
    """
    found: list[tuple[int, str]] = []
    ranges: list[dict[str, object]] = []
    for key in ("ports", "expose"):
        node = service.child(key)
        for each in node.children() if node else ():
            if (stated := _range(each)) is not None:
                _carry(each)
                if stated not in ranges:
                    ranges.append(stated)
                if key == "ports":
                    each.also_decide(_RANGE_IS_PUBLISHED)
                continue
            port = _port(each, is_published=key == "ports")
            if port in found:
                each.carry() if each.is_flat else None
            elif port is not None and _has_room(port, found):
                _carry(each)
                found.append(port)
                if key == "ports":
                    each.also_decide(_PUBLISHED)
            elif port is not None:
                each.drop(_TCP if port[1] != "tcp" else _ONE_PORT)
    first = next((port for port, protocol in found if protocol == "tcp"), None)
    if first is not None:
        yield "port", first
    others = {
        f"port-{port}" + ("" if protocol == "tcp" else f"-{protocol}"): {"port": port, "protocol": protocol}
        for port, protocol in found
        if (port, protocol) != (first, "tcp")
    }
    if others:
        yield "additional_ports", others
    if ranges:
        yield "port_ranges", ranges


def _range(node: Node) -> dict[str, object] | None:
    """A range of ports; None if it is none."""
    found = None if node.is_mapping else _SHORT.fullmatch(str(node.peek()))
    if found is None or "-" not in found["target"]:
        return None
    first, last = (int(each) for each in found["target"].split("-"))
    made: dict[str, object] = {"first_port": first, "last_port": last}
    made |= {"protocol": found["protocol"]} if found["protocol"] else {}
    return made if first < last and accepts("port_ranges", [made]) else None


def _has_room(port: tuple[int, str], found: list[tuple[int, str]]) -> bool:
    number, protocol = port
    is_first = protocol == "tcp" and not any(each == "tcp" for _, each in found)
    return is_first or accepts("additional_ports", {"port": {"port": number, "protocol": protocol}})


def _port(node: Node, *, is_published: bool) -> tuple[int, str] | None:
    """Number and protocol; None if it was settled otherwise."""
    value = node.peek()
    if node.is_mapping:
        target = node.child("target")
        protocol = node.child("protocol")
        if target is None or not str(target.peek()).isdigit():
            return None
        return int(str(target.peek())), str(protocol.peek()) if protocol else "tcp"
    if reason := unresolved(value):
        node.decide(reason)
        return None
    found = _SHORT.fullmatch(str(value))
    if found is None or isinstance(value, bool):
        node.decide("this is no port: state port")
        return None
    first, _, last = found["target"].partition("-")
    if last not in ("", first):
        node.drop("this is no range of ports" + ("; state the port that requests go to" if is_published else ""))
        return None
    return int(first), found["protocol"] or "tcp"


def _carry(node: Node) -> None:
    if not node.is_mapping:
        node.carry()
        return
    for key in ("target", "protocol"):
        if (child := node.child(key)) is not None:
            child.carry()
    for key, reason in {
        "published": "each task has an address of its own, so there is no port of a host",
        "host_ip": "each task has an address of its own, so there is no address of a host",
        "mode": "it is for Docker Swarm",
        "name": "it is a name for people",
        "app_protocol": "the load balancer speaks HTTP with the container; routing has protocol",
    }.items():
        if (child := node.child(key)) is not None:
            child.ignore(reason)
