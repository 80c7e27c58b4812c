"""Who can open a connection to whom, by which rules.

A connection needs a rule that lets it out, a rule that lets it in, a route, and something that answers. Rules are
those of security groups, inline and as resources of their own, with what AWS adds; what answers are the listeners of
a load balancer, and behind it the ports of its target groups. Where the templates do not have a rule, a subnet, or a
route, the connection is taken to be possible, and marked so. Network ACLs, firewalls, policies of the network in a
cluster, and what happens inside of a transit gateway are not looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
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
    """Addresses outside of the VPCs, or a prefix list of others."""

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
        self._rules = Rules(graph, self._network)
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
        vpcs = {place: self._network.vpc(place) for place in self.places}
        for source in self.places:
            if not source.opens_connections:
                continue
            for target in self.places:
                is_itself = source == target and target.ports is not None
                if vpcs[source] == vpcs[target] and not is_itself:
                    yield from _largest(self._between(source, target))

    def _between(self, source: Place, target: Place) -> Iterator[Connection]:
        if self._forwards.is_known(source):
            opened = self._forwards.between(source, target)
            if not opened:
                return
        else:
            opened = ()
        ports_of_targets = {each.port for each in opened}
        for out in self._let[source, "Egress"]:
            to = self._rules.versions(out, target)
            if not to:
                continue
            for into in self._let[target, "Ingress"]:
                ports = out.ports.common(into.ports)
                both = to & self._rules.versions(into, source)
                both = {v for v in both if self._network.has_family(source, v) and self._network.has_family(target, v)}
                if ports is None or not both:
                    continue
                limits = target.ports if not opened else tuple(("tcp", port) for port in sorted(ports_of_targets))
                for each in ports.within(limits):
                    yield Connection(
                        source,
                        target,
                        each,
                        out.said,
                        into.said,
                        into.where or out.where,
                        "in the VPC",
                        tuple(one for one in opened if each.first <= one.port <= each.last),
                        is_certain=out.is_certain and into.is_certain,
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

    def _into(self, source: Outside, addresses: list[Block], target: Place) -> Iterator[Connection]:
        for cidr in target.allow_list:
            allowed = Block.of(cidr)
            if allowed and all(allowed.contains(each) for each in addresses):
                said = f"tcp 443 from {cidr} to the public endpoint"
                for port in Ports("tcp", 443, 443).within(target.ports):
                    yield Connection(source, target, port, "", said, route="public endpoint of AWS")
        if not any(self._network.has_family(target, each.version) for each in addresses):
            return
        way = next((way for each in addresses if (way := self._network.in_from(target, each))), None)
        if way is None:
            return
        for rule in self._let[target, "Ingress"]:
            if not self._admits(rule, source, addresses):
                continue
            for ports in rule.ports.within(target.ports):
                certain = rule.is_certain and way.is_certain
                yield Connection(source, target, ports, "", rule.said, rule.where, way.said, is_certain=certain)

    def _admits(self, rule: Rule, source: Outside, addresses: list[Block]) -> bool:
        """Whether a rule lets all of the source in."""
        if not rule.peer or rule.peer == source.peer:
            return True
        if Block.of(source.peer) is None:
            return any(rule.peer == cidr for cidr in ("0.0.0.0/0",))
        allowed = self._rules.blocks(rule)
        return all(any(one.contains(each) for one in allowed) for each in addresses)

    def _to_outside(self) -> Iterator[Connection]:
        for source in self.places:
            if source.opens_connections and not self._forwards.is_known(source):
                yield from _largest(self._out_of(source))
                yield from self._to_gateway_endpoints(source)

    def _out_of(self, source: Place) -> Iterator[Connection]:
        for rule in self._let[source, "Egress"]:
            if not rule.peer:
                outsides = [(Outside("0.0.0.0/0", "the internet"), blocks(["0.0.0.0/0"]))]
            else:
                outsides = list(self._outside(rule))
            for target, addresses in outsides:
                for block in addresses:
                    if not self._network.has_family(source, block.version):
                        continue
                    if way := self._network.out_to(source, block):
                        certain = rule.is_certain and way.is_certain
                        yield Connection(
                            source, target, rule.ports, rule.said, "", rule.where, way.said, is_certain=certain
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
                    yield Connection(source, target, ports, rule.said, said, rule.where, "gateway endpoint")
                    break

    @cached_property
    def paths(self) -> list[Path]:
        """Everybody outside who reaches a place through a load balancer."""
        to_balancers = [each for each in self.connections if isinstance(each.source, Outside)]
        return [
            Path(first, second, forwarding)
            for second in self.connections
            for forwarding in second.forwards
            for first in to_balancers
            if first.target == second.source and first.ports.first <= forwarding.listener_port <= first.ports.last
        ]

    def vpc(self, place: Place) -> str:
        """Resolved id of its VPC; empty where nothing says."""
        return self._network.vpc(place)

    def inbound(self, place: Place) -> list[Connection]:
        """Who can connect to it."""
        return [each for each in self.connections if each.target == place]

    def outbound(self, place: Place) -> list[Connection]:
        """To whom it can connect."""
        return [each for each in self.connections if each.source == place]


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
        kept = [one for one in kept if not (one.target == each.target and each.ports.contains(one.ports))]
        kept.append(each)
    return kept
