"""Connections between two places: in a VPC, or by a route between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tools.page.connections import Connection, largest
from tools.page.forwarding import Forwarding
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


def inside_connections(templates: Templates) -> Iterator[Connection]:
    """All of them."""
    for source in templates.in_vpc:
        if not source.opens_connections:
            continue
        for target in templates.in_vpc:
            is_itself = source == target and target.ports is not None
            if not is_itself:
                yield from largest(_between(templates, source, target))


def _between(templates: Templates, source: Place, target: Place) -> Iterator[Connection]:
    rules, forwards = templates.rules, templates.forwards
    opened = forwards.between(source, target)
    if forwards.is_known(source) and not opened:
        return
    limits = target.ports
    if opened:
        limits = tuple(sorted({(each.protocol, each.port) for each in opened}))
    for link in templates.network.links(source, target):
        for out in rules.of(source, "Egress"):
            to = rules.addresses(out, target, link.crossing.destinations)
            if not to:
                continue
            for into in rules.of(target, "Ingress"):
                ports = out.ports.common(into.ports)
                origins = rules.addresses(into, source, link.crossing.origins) if ports else ()
                if ports is None or not {each.version for each in origins} & {each.version for each in to}:
                    continue
                crossing = replace(link.crossing, origins=origins, destinations=to)
                for within in ports.within(limits):
                    for each, certain in crossing.passing(within):
                        yield Connection(
                            source,
                            target,
                            each,
                            out.said,
                            into.said,
                            into.where or out.where,
                            link.said,
                            _of_ports(opened, each),
                            is_certain=certain and link.is_certain and out.is_certain and into.is_certain,
                        )


def _of_ports(opened: tuple[Forwarding, ...], ports: Ports) -> tuple[Forwarding, ...]:
    return tuple(each for each in opened if ports.contains(Ports(each.protocol, each.port, each.port)))
