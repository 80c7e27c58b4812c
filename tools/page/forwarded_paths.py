"""Paths from outside through what forwards: load balancers, Amazon CloudFront, and VPC Lattice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tools.page.amazon_sources import CLOUDFRONT, doubts
from tools.page.connections import Connection, Outside, Path
from tools.page.distributions import DISTRIBUTION
from tools.page.forwarding import Forwarding
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.rules import Rule
from tools.page.templates import Templates

# Amazon CloudFront, a Network Load Balancer, an Application Load Balancer behind it, and one to spare.
_MOST_IN_A_ROW: Final = 4


@dataclass(frozen=True)
class _Arrival:
    """Somebody outside connects to what forwards, through others that do."""

    connection: Connection
    through: tuple[Place, ...] = ()


class ForwardedPaths:
    """Everybody outside who reaches a place through one that forwards, or through several, one behind the other."""

    def __init__(self, templates: Templates, connections: Sequence[Connection]) -> None:
        """Note the connections."""
        self._templates = templates
        self._connections = connections
        self._balancers = [each for each in templates.places if each.kind == "Load balancer"]

    def all(self) -> list[Path]:
        """The paths, the longer ones last."""
        arriving = [_Arrival(each) for each in self._connections if isinstance(each.source, Outside)]
        found: list[Path] = []
        for _ in range(_MOST_IN_A_ROW):
            paths = list(dict.fromkeys(self._paths(arriving)))
            found += paths
            arriving = list(dict.fromkeys(_arrival(each) for each in paths if self._goes_on(each)))
        return found

    def _goes_on(self, path: Path) -> bool:
        target = path.second.target
        return target in self._balancers and target not in path.through and path.forwarding.listener_port >= 0

    def _paths(self, arriving: list[_Arrival]) -> Iterator[Path]:
        for second in self._connections:
            source = second.source
            for forwarding in second.forwards if isinstance(source, Place) else ():
                for first in arriving:
                    is_asked = first.connection.target == source and first.connection.ports.contains(forwarding.asked)
                    if is_asked and isinstance(source, Place) and not forwarding.keeps_clients:
                        yield Path(first.connection, second, forwarding, (*first.through, source))
        keeping = [each for each in self._templates.forwards.all if each.keeps_clients]
        for balancer in self._balancers:
            firsts = [each for each in arriving if each.connection.target == balancer]
            kept = [each for each in keeping if each.balancer == balancer.resource]
            for first in firsts:
                for forwarding in kept:
                    yield from self._of_client(first, balancer, forwarding)

    def _of_client(self, first: _Arrival, balancer: Place, forwarding: Forwarding) -> Iterator[Path]:
        """Behind a Network Load Balancer that keeps the addresses of clients, which rules of the target then judge."""
        if not first.connection.ports.contains(forwarding.asked):
            return
        for target in self._templates.places:
            if target.resource == forwarding.target:
                for second in self._kept(first, balancer, target, forwarding):
                    yield Path(first.connection, second, forwarding, (*first.through, balancer))

    def _kept(self, first: _Arrival, balancer: Place, target: Place, forwarding: Forwarding) -> Iterator[Connection]:
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
            and (each.peer in balancer.groups or not each.peer or self._admits(each, first, target))
        ]
        if outs and ins:
            (out, link), into = outs[0], ins[0]
            has_acl = any(map(network.acl, (*balancer.subnets, *target.subnets)))
            # Addresses of Amazon CloudFront are not in the templates.
            is_known = not first.through or into.peer in ("", "0.0.0.0/0", *balancer.groups)
            certain = link.is_certain and out.is_certain and into.is_certain and not has_acl and is_known
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

    def _admits(self, rule: Rule, first: _Arrival, target: Place) -> bool:
        """Whether a rule lets in who connects to the load balancer: a client, or Amazon CloudFront for it."""
        client = first.connection.source
        if any(each.kind == DISTRIBUTION for each in first.through):
            return doubts(self._templates, CLOUDFRONT, target, rule) is not None
        addresses = self._templates.sources.get(client, []) if isinstance(client, Outside) else []
        return (
            bool(addresses)
            and isinstance(client, Outside)
            and self._templates.outsiders.admits(rule, client, addresses)
        )


def _arrival(path: Path) -> _Arrival:
    """At what stands behind a load balancer, or behind Amazon CloudFront."""
    second = path.second
    names = " and ".join(each.name for each in path.through)
    connection = replace(second, source=path.first.source, route=f"through {names}", is_certain=path.is_certain)
    return _Arrival(connection, path.through)
