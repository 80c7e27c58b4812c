"""Who can open a connection to whom, by which rules.

A connection needs a rule that lets it out, a rule that lets it in, a route, network ACLs that let it through in both
directions, and something that answers. Rules are those of security groups, inline and as resources of their own, with
what AWS adds; what answers are the listeners of a load balancer, and behind it the ports of its target groups. Where
the templates do not have a rule, a subnet, or a route, the connection is taken to be possible, and marked so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from assembly import Graph
from tools.page.addresses import PRIVATE, Block, blocks
from tools.page.endpoint_policies import policy_in_words
from tools.page.forwarding import Forwarding, Forwards
from tools.page.names import readable
from tools.page.network import Network
from tools.page.places import Place, places
from tools.page.ports import Ports
from tools.page.rules import Rule, Rules


@dataclass(frozen=True)
class Outside:
    """Addresses outside of the VPCs, a prefix list of others, or whatever has a security group of others."""

    peer: str
    name: str


@dataclass(frozen=True)
class Connection:
    """Somebody can connect to somebody."""

    source: Place | Outside
    target: Place | Outside
    ports: Ports
    lets_out: str = field(compare=False)
    """The rule of the source; empty where nobody asks, as outside."""

    lets_in: str = field(compare=False)
    """The rule of the target."""

    where: str = field(compare=False, default="")
    """The resource that has the rule which lets in, or else out."""

    route: str = field(compare=False, default="")
    forwards: tuple[Forwarding, ...] = field(compare=False, default=())
    """Listeners by which a load balancer connects."""

    is_certain: bool = field(compare=False, default=True)


@dataclass(frozen=True)
class Path:
    """Outside, through a load balancer, to a place."""

    first: Connection
    second: Connection
    forwarding: Forwarding


class Reachability:
    """Every connection that the templates of an environment allow."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph
        self._network = Network(graph)
        self._rules = Rules(graph)
        self._forwards = Forwards(graph)
        self.places = places(graph)

    @cached_property
    def connections(self) -> list[Connection]:
        """All of them, without those that another of the same two contains."""
        return [*self._inside(), *self._from_outside(), *self._to_outside()]

    @cached_property
    def _let(self) -> dict[tuple[Place, str], list[Rule]]:
        return {
            (place, direction): self._rules.of(place, direction)
            for place in self.places
            for direction in ("Ingress", "Egress")
        }

    def _inside(self) -> Iterator[Connection]:
        for source in self.places:
            if not source.opens_connections:
                continue
            for target in self.places:
                is_itself = source == target and target.ports is not None
                if not is_itself:
                    yield from _largest(self._between(source, target))

    def _between(self, source: Place, target: Place) -> Iterator[Connection]:
        opened = self._forwards.between(source, target)
        if self._forwards.is_known(source) and not opened:
            return
        limits = target.ports
        if opened:
            limits = tuple(sorted({(each.protocol, each.port) for each in opened}))
        for link in self._network.links(source, target):
            for out in self._let[source, "Egress"]:
                to = self._rules.addresses(out, target, link.crossing.destinations)
                if not to:
                    continue
                for into in self._let[target, "Ingress"]:
                    ports = out.ports.common(into.ports)
                    origins = self._rules.addresses(into, source, link.crossing.origins) if ports else ()
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

    def _outside(self, rule: Rule) -> Iterator[tuple[Outside, list[Block]]]:
        """Addresses that a rule names; those of a prefix list of others are somewhere on the internet."""
        for block, cidr in self._named(rule):
            yield Outside(cidr, _outside_name(cidr)), [block]
        if self._rules.is_of_unknown_prefix_list(rule):
            name = f"prefix list {readable(self._graph, rule.peer)}"
            yield Outside(rule.peer, name), blocks(["0.0.0.0/0"])

    def _named(self, rule: Rule) -> list[tuple[Block, str]]:
        found = self._graph.find(rule.peer)
        entries = [str(each.get("Cidr")) for each in found.list("Entries")] if found and _is_list(found.type) else []
        return [(block, cidr) for cidr in entries or [rule.peer] if (block := Block.of(cidr))]

    @cached_property
    def _sources(self) -> dict[Outside, list[Block]]:
        """Everybody outside whom a rule lets in, and the internet."""
        found: dict[Outside, list[Block]] = {Outside("0.0.0.0/0", "the internet"): blocks(["0.0.0.0/0"])}
        for place in self.places:
            for rule in self._let[place, "Ingress"]:
                found.update(self._outside(rule))
            found.update({Outside(each, _outside_name(each)): blocks([each]) for each in place.allow_list})
        return found

    def _from_outside(self) -> Iterator[Connection]:
        for source, addresses in self._sources.items():
            for target in self.places:
                yield from _largest(self._into(source, addresses, target))
        for target in self.places:
            yield from _largest(self._from_unknown_groups(target))

    def _into(self, source: Outside, addresses: list[Block], target: Place) -> Iterator[Connection]:
        for cidr in target.allow_list:
            allowed = Block.of(cidr)
            if allowed and all(allowed.contains(each) for each in addresses):
                said = f"tcp 443 from {cidr} to the public endpoint"
                for port in Ports("tcp", 443, 443).within(target.ports):
                    yield Connection(source, target, port, "", said, route="public endpoint of AWS")
        versions = {each.version for each in self._network.addresses(target)}
        ways = self._network.ways_in(target, [each for each in addresses if each.version in versions])
        for rule in self._let[target, "Ingress"]:
            if not ways or not self._admits(rule, source, addresses):
                continue
            for way in ways:
                crossing = self._network.crossing(target, way, is_inbound=True)
                for within in rule.ports.within(target.ports):
                    for ports, passes in crossing.passing(within):
                        certain = passes and rule.is_certain and way.is_certain
                        yield Connection(source, target, ports, "", rule.said, rule.where, way.said, is_certain=certain)

    def _admits(self, rule: Rule, source: Outside, addresses: list[Block]) -> bool:
        """Whether a rule lets all of the source in."""
        if not rule.peer or rule.peer == source.peer:
            return True
        if Block.of(source.peer) is None:
            return any(rule.peer == cidr for cidr in ("0.0.0.0/0",))
        allowed = self._rules.blocks(rule)
        return all(any(one.contains(each) for one in allowed) for each in addresses)

    def _from_unknown_groups(self, target: Place) -> Iterator[Connection]:
        """Whatever has a security group of others, in this VPC or in one with a peering connection."""
        for rule in self._let[target, "Ingress"]:
            if self._rules.is_of_unknown_group(rule):
                source = _of_group(rule.peer)
                for ports in rule.ports.within(target.ports):
                    route = "in the VPC, or a peered one"
                    yield Connection(source, target, ports, "", rule.said, rule.where, route, is_certain=False)

    def _to_outside(self) -> Iterator[Connection]:
        for source in self.places:
            if not source.opens_connections:
                continue
            if not self._forwards.is_known(source):
                yield from _largest(self._out_of(source, None))
                yield from self._to_gateway_endpoints(source)
            elif self._forwards.signs_in(source):
                yield from _largest(self._out_of(source, (("tcp", 443),)))

    def _out_of(self, source: Place, limits: tuple[tuple[str, int], ...] | None) -> Iterator[Connection]:
        for rule in self._let[source, "Egress"]:
            if self._rules.is_of_unknown_group(rule):
                target, route = _of_group(rule.peer), "in the VPC, or a peered one"
                yield Connection(source, target, rule.ports, rule.said, "", rule.where, route, is_certain=False)
            outsides = list(self._outside(rule)) if rule.peer else [(_INTERNET, blocks(["0.0.0.0/0"]))]
            for outside, addresses in outsides:
                versions = {each.version for each in self._network.addresses(source)}
                for way in self._network.ways_out(source, [each for each in addresses if each.version in versions]):
                    crossing = self._network.crossing(source, way, is_inbound=False)
                    for within in rule.ports.within(limits):
                        for ports, passes in crossing.passing(within):
                            certain = passes and rule.is_certain and way.is_certain
                            yield Connection(
                                source, outside, ports, rule.said, "", rule.where, way.said, is_certain=certain
                            )

    def _to_gateway_endpoints(self, source: Place) -> Iterator[Connection]:
        """Amazon S3 and DynamoDB, where the route table leads there and a rule lets HTTPS out to public addresses."""
        tables = {self._graph.subnets.route_tables.get(each) for each in source.subnets}
        for endpoint in self._graph.of_type("AWS::EC2::VPCEndpoint"):
            is_gateway = endpoint.get("VpcEndpointType", "Gateway") == "Gateway"
            if not is_gateway or not tables & set(map(str, endpoint.list("RouteTableIds"))):
                continue
            service = str(endpoint.get("ServiceName")).rpartition(".")[2]
            for rule in self._let[source, "Egress"]:
                is_public = rule.peer in ("", "0.0.0.0/0") or self._rules.is_of_unknown_prefix_list(rule)
                ports = rule.ports.common(Ports("tcp", 443, 443))
                if is_public and ports:
                    target = Outside(endpoint.reference, f"{service} (gateway endpoint)")
                    said = policy_in_words(self._graph, endpoint)
                    # Which addresses of the internet the service has is not known here, and so what an ACL lets pass.
                    is_certain = not any(map(self._network.acl, source.subnets))
                    route = "gateway endpoint"
                    yield Connection(source, target, ports, rule.said, said, rule.where, route, is_certain=is_certain)
                    break

    @cached_property
    def paths(self) -> list[Path]:
        """Everybody outside who reaches a place through a load balancer, or through two, one behind the other."""
        first = list(self._paths([each for each in self.connections if isinstance(each.source, Outside)]))
        behind = [
            replace(each.second, source=each.first.source, route=f"through {each.second.source.name}")
            for each in first
            if each.second.target in self._balancers and each.forwarding.listener_port >= 0
        ]
        return [*first, *self._paths(behind)]

    @cached_property
    def _balancers(self) -> list[Place]:
        return [each for each in self.places if each.kind == "Load balancer"]

    def _paths(self, arriving: list[Connection]) -> Iterator[Path]:
        seconds = [each for each in self.connections if each.forwards and isinstance(each.source, Place)]
        for second in seconds:
            for forwarding in second.forwards:
                asked = Ports(forwarding.protocol, forwarding.listener_port, forwarding.listener_port)
                for first in arriving:
                    if first.target != second.source or not first.ports.contains(asked):
                        continue
                    if not forwarding.keeps_clients:
                        yield Path(first, second, forwarding)
        for balancer in self._balancers:
            firsts = [each for each in arriving if each.target == balancer]
            kept = [each for each in self._forwards.all if each.keeps_clients and each.balancer == balancer.resource]
            for first in firsts:
                for forwarding in kept:
                    yield from self._of_client(first, balancer, forwarding)

    def _of_client(self, first: Connection, balancer: Place, forwarding: Forwarding) -> Iterator[Path]:
        """Behind a Network Load Balancer that keeps the addresses of clients, which rules of the target then judge."""
        asked = Ports(forwarding.protocol, forwarding.listener_port, forwarding.listener_port)
        if not first.ports.contains(asked) or not isinstance(first.source, Outside):
            return
        ports = Ports(forwarding.protocol, forwarding.port, forwarding.port)
        addresses = self._sources.get(first.source, [])
        for target in self.places:
            if target.resource != forwarding.target:
                continue
            outs = [
                (out, link)
                for link in self._network.links(balancer, target)
                for out in self._let[balancer, "Egress"]
                if out.ports.contains(ports) and self._rules.addresses(out, target, link.crossing.destinations)
            ]
            ins = [
                each
                for each in self._let[target, "Ingress"]
                if each.ports.contains(ports)
                and (
                    each.peer in balancer.groups or not each.peer or self._admits_client(each, first.source, addresses)
                )
            ]
            if outs and ins:
                (out, link), into = outs[0], ins[0]
                has_acl = any(map(self._network.acl, (*balancer.subnets, *target.subnets)))
                certain = link.is_certain and out.is_certain and into.is_certain and not has_acl
                said = f"{link.said}, with the address of the client"
                yield Path(
                    first,
                    Connection(
                        balancer,
                        target,
                        ports,
                        out.said,
                        into.said,
                        into.where,
                        said,
                        (forwarding,),
                        is_certain=certain,
                    ),
                    forwarding,
                )

    def _admits_client(self, rule: Rule, source: Outside, addresses: list[Block]) -> bool:
        return bool(addresses) and self._admits(rule, source, addresses)

    def vpc(self, place: Place) -> str:
        """Resolved id of its VPC; empty where nothing says."""
        return self._network.vpc(place)

    def network_acl(self, subnet: str) -> str:
        """Name of the network ACL of a subnet, by its resolved id; empty where everything passes."""
        found = self._network.acl(subnet)
        return found.name if found else ""

    @cached_property
    def _by_target(self) -> dict[Place | Outside, list[Connection]]:
        found: dict[Place | Outside, list[Connection]] = {}
        for each in self.connections:
            found.setdefault(each.target, []).append(each)
        return found

    @cached_property
    def _by_source(self) -> dict[Place | Outside, list[Connection]]:
        found: dict[Place | Outside, list[Connection]] = {}
        for each in self.connections:
            found.setdefault(each.source, []).append(each)
        return found

    def inbound(self, place: Place) -> list[Connection]:
        """Who can connect to it."""
        return self._by_target.get(place, [])

    def outbound(self, place: Place) -> list[Connection]:
        """To whom it can connect."""
        return self._by_source.get(place, [])


_INTERNET = Outside("0.0.0.0/0", "the internet")


def _of_group(peer: str) -> Outside:
    return Outside(peer, f"whatever has the security group {peer}")


def _of_ports(opened: tuple[Forwarding, ...], ports: Ports) -> tuple[Forwarding, ...]:
    return tuple(each for each in opened if ports.contains(Ports(each.protocol, each.port, each.port)))


def _is_list(type_: str) -> bool:
    return type_ == "AWS::EC2::PrefixList"


def _outside_name(cidr: str) -> str:
    block = Block.of(cidr)
    if cidr in ("0.0.0.0/0", "::/0"):
        return "the internet" if cidr == "0.0.0.0/0" else "the internet (IPv6)"
    if block and any(private.contains(block) for private in PRIVATE):
        return f"{cidr} (private)"
    return cidr


def _largest(found: Iterator[Connection]) -> list[Connection]:
    """Without those whose ports another one contains; the certain ones are preferred, then those that come first."""
    kept: list[Connection] = []
    for each in sorted(found, key=lambda one: not one.is_certain):
        if any(one.target == each.target and one.ports.contains(each.ports) for one in kept):
            continue
        kept = [
            one
            for one in kept
            if one.target != each.target or not each.ports.contains(one.ports) or one.is_certain > each.is_certain
        ]
        kept.append(each)
    return kept
