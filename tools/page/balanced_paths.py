"""Paths from outside through load balancers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tools.page.addresses import Block
from tools.page.connections import Connection, Outside, Path
from tools.page.forwarding import Forwarding
from tools.page.places import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


class BalancedPaths:
    """Everybody outside who reaches a place through a load balancer, or through two, one behind the other."""

    def __init__(self, templates: Templates, connections: Sequence[Connection]) -> None:
        """Note the connections."""
        self._templates = templates
        self._connections = connections
        self._balancers = [each for each in templates.places if each.kind == "Load balancer"]

    def all(self) -> list[Path]:
        """The paths, those through two load balancers last."""
        first = list(self._paths([each for each in self._connections if isinstance(each.source, Outside)]))
        behind = [
            replace(each.second, source=each.first.source, route=f"through {each.second.source.name}")
            for each in first
            if each.second.target in self._balancers and each.forwarding.listener_port >= 0
        ]
        return [*first, *self._paths(behind)]

    def _paths(self, arriving: list[Connection]) -> Iterator[Path]:
        seconds = [each for each in self._connections if each.forwards and isinstance(each.source, Place)]
        for second in seconds:
            for forwarding in second.forwards:
                for first in arriving:
                    if first.target != second.source or not first.ports.contains(forwarding.asked):
                        continue
                    if not forwarding.keeps_clients:
                        yield Path(first, second, forwarding)
        for balancer in self._balancers:
            firsts = [each for each in arriving if each.target == balancer]
            kept = [
                each
                for each in self._templates.forwards.all
                if each.keeps_clients and each.balancer == balancer.resource
            ]
            for first in firsts:
                for forwarding in kept:
                    yield from self._of_client(first, balancer, forwarding)

    def _of_client(self, first: Connection, balancer: Place, forwarding: Forwarding) -> Iterator[Path]:
        """Behind a Network Load Balancer that keeps the addresses of clients, which rules of the target then judge."""
        if not first.ports.contains(forwarding.asked) or not isinstance(first.source, Outside):
            return
        addresses = self._templates.sources.get(first.source, [])
        for target in self._templates.places:
            if target.resource == forwarding.target:
                yield from (
                    Path(first, second, forwarding)
                    for second in self._kept(first.source, addresses, balancer, target, forwarding)
                )

    def _kept(
        self, client: Outside, addresses: list[Block], balancer: Place, target: Place, forwarding: Forwarding
    ) -> Iterator[Connection]:
        network, rules = self._templates.network, self._templates.rules
        ports = Ports(forwarding.protocol, forwarding.port, forwarding.port)
        outs = [
            (out, link)
            for link in network.links(balancer, target)
            for out in rules.of(balancer, "Egress")
            if out.ports.contains(ports) and rules.addresses(out, target, link.crossing.destinations)
        ]
        ins = [
            each
            for each in rules.of(target, "Ingress")
            if each.ports.contains(ports)
            and (
                each.peer in balancer.groups
                or not each.peer
                or (bool(addresses) and self._templates.outsiders.admits(each, client, addresses))
            )
        ]
        if outs and ins:
            (out, link), into = outs[0], ins[0]
            has_acl = any(map(network.acl, (*balancer.subnets, *target.subnets)))
            certain = link.is_certain and out.is_certain and into.is_certain and not has_acl
            yield Connection(
                balancer,
                target,
                ports,
                out.said,
                into.said,
                into.where,
                f"{link.said}, with the address of the client",
                (forwarding,),
                is_certain=certain,
            )
