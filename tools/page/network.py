"""Addresses of places, and where the routes of their subnets lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Final

from assembly import Graph, Resource
from tools.page.addresses import PRIVATE, Block, blocks, common
from tools.page.names import kind_of, name_of, readable
from tools.page.network_acls import Acl, Crossing, NetworkAcls
from tools.page.place import Place

_INBOUND: Final = ("AWS::EC2::InternetGateway",)
_OUTBOUND: Final = ("AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway")
_PEERING: Final = "AWS::EC2::VPCPeeringConnection"


@dataclass(frozen=True)
class Way:
    """A route between a place and addresses outside of its VPC."""

    said: str
    addresses: tuple[Block, ...]
    """Those outside that it is for."""

    subnet: str = ""
    """The subnet of the place; empty where the templates do not have it."""

    is_certain: bool = True


@dataclass(frozen=True)
class Link:
    """Addresses of two places between which packets go in both directions."""

    said: str
    crossing: Crossing
    is_certain: bool = True


class Network:
    """VPCs, subnets, routes, and network ACLs of the templates."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph
        self._acls = NetworkAcls(graph)
        self._links: dict[tuple[object, ...], list[Link]] = {}

    def vpc(self, place: Place) -> str:
        """Resolved id of its VPC; empty where nothing says."""
        for subnet in place.subnets:
            if found := self._graph.subnets.all.get(subnet):
                return str(found.get("VpcId"))
        if place.vpc:
            return place.vpc
        groups = [self._graph.find(each) for each in place.groups]
        return next((str(each.get("VpcId")) for each in groups if each and each.get("VpcId")), self._only_vpc)

    @cached_property
    def _only_vpc(self) -> str:
        """Where all groups are in one VPC, what tells nothing is in it, too."""
        found = {str(each.get("VpcId")) for each in self._graph.of_type("AWS::EC2::SecurityGroup", "AWS::EC2::Subnet")}
        return next(iter(found)) if len(found) == 1 else ""

    def ranges(self, vpc: str) -> list[Block]:
        """CIDR blocks of a VPC, as far as the templates have them."""
        found = self._graph.find(vpc)
        more = [each for each in self._graph.of_type("AWS::EC2::VPCCidrBlock") if str(each.get("VpcId")) == vpc]
        cidrs = [found.get("CidrBlock")] if found else []
        return blocks([*cidrs, *(each.get("CidrBlock") for each in more)])

    def addresses(self, place: Place) -> tuple[Block, ...]:
        """Those that it may have; where its subnets do not say, those of the VPC, or all."""
        if not place.subnets:
            found = self.ranges(self.vpc(place)) or [*_EVERYTHING.values()]
        else:
            found = [block for subnet in place.subnets for block in self._addresses(subnet)]
        return tuple(each for each in found if each.version == 4 or place.has_ipv6)

    def _addresses(self, reference: str) -> list[Block]:
        """Those of a subnet; all, where it is made elsewhere, or where its block is not known before it is made."""
        subnet = self._graph.subnets.all.get(reference)
        if subnet is None:
            return [*_EVERYTHING.values()]
        stated = {4: subnet.get("CidrBlock"), 6: subnet.get("Ipv6CidrBlock")}
        return [Block.of(cidr) or _EVERYTHING[version] for version, cidr in stated.items() if cidr is not None]

    def knows_routes(self, place: Place) -> bool:
        """Whether the templates have the subnets that it stands in."""
        return bool(place.subnets) and all(each in self._graph.subnets.all for each in place.subnets)

    # Between two places.

    def links(self, source: Place, target: Place) -> list[Link]:
        """How packets get from one to the other and back: inside of a VPC, or by routes between two."""
        ends = [(each.subnets, each.has_ipv6, self.vpc(each)) for each in (source, target)]
        key = tuple(ends)
        if key not in self._links:
            here, there = ends[0][2], ends[1][2]
            self._links[key] = list(self._local(source, target) if here == there else self._routed(source, target))
        return self._links[key]

    def _local(self, source: Place, target: Place) -> Iterator[Link]:
        if not self._acls.are_there or not self.knows_routes(source) or not self.knows_routes(target):
            yield Link("in the VPC", Crossing(None, None, self.addresses(source), self.addresses(target)))
            return
        for one, other in product(source.subnets, target.subnets):
            # Within a subnet, no ACL is asked.
            acls = (None, None) if one == other else (self._acls.of(one), self._acls.of(other))
            yield Link("in the VPC", Crossing(*acls, self._own(source, one), self._own(target, other)))

    def _own(self, place: Place, subnet: str) -> tuple[Block, ...]:
        return tuple(each for each in self._addresses(subnet) if each.version == 4 or place.has_ipv6)

    def _routed(self, source: Place, target: Place) -> Iterator[Link]:
        """By a peering connection, or a gateway for several VPCs, to which both have routes."""
        if not (self.knows_routes(source) and self.knows_routes(target)):
            return
        for one, other in product(source.subnets, target.subnets):
            back = dict(self._regions(other, list(self._own(source, one))))
            for through, destinations in self._regions(one, list(self._own(target, other))):
                if through not in back or not self._joins(through, self.vpc(source), self.vpc(target)):
                    continue
                found = self._graph.find(through)
                is_peering = found is not None and found.type == _PEERING
                acls = self._acls.of(one), self._acls.of(other)
                crossing = Crossing(*acls, tuple(back[through]), tuple(destinations))
                yield Link(f"route through {self._named(through)}", crossing, is_certain=is_peering)

    def _joins(self, through: str, here: str, there: str) -> bool:
        found = self._graph.find(through)
        if found is None:
            return not through.startswith("nat-")
        if found.type == _PEERING:
            return {str(found.get("VpcId")), str(found.get("PeerVpcId"))} == {here, there}
        return found.type not in (*_INBOUND, *_OUTBOUND)

    def _named(self, reference: str) -> str:
        found = self._graph.find(reference)
        return f"{kind_of(found)} {name_of(found)}" if found else readable(self._graph, reference)

    # Between a place and addresses outside of its VPC.

    def ways_in(self, place: Place, addresses: list[Block]) -> list[Way]:
        """How connections from addresses outside of the VPC come in."""
        return list(self._ways(place, addresses, is_inbound=True))

    def ways_out(self, place: Place, addresses: list[Block]) -> list[Way]:
        """How connections to addresses outside of the VPC go out."""
        return list(self._ways(place, addresses, is_inbound=False))

    def acl(self, subnet: str) -> Acl | None:
        """The network ACL of a subnet; None where it is as AWS makes it."""
        return self._acls.of(subnet)

    def crossing(self, place: Place, way: Way, *, is_inbound: bool) -> Crossing:
        """What the network ACL of the subnet is asked for."""
        acl = self._acls.of(way.subnet)
        own = self._own(place, way.subnet) if way.subnet else self.addresses(place)
        return Crossing(None, acl, way.addresses, own) if is_inbound else Crossing(acl, None, own, way.addresses)

    def _ways(self, place: Place, addresses: list[Block], *, is_inbound: bool) -> Iterator[Way]:
        not_outside = [*self.ranges(self.vpc(place)), *_NOWHERE]
        outside = [left for each in addresses for left in each.without(not_outside)]
        if not outside:
            return
        if not self.knows_routes(place):
            yield from self._assumed(place, outside, is_inbound=is_inbound)
            return
        for subnet in place.subnets:
            # An address of IPv6 is one of a subnet that has them.
            versions = {each.version for each in self._own(place, subnet)}
            ours = [each for each in outside if each.version in versions]
            for target, parts in self._regions(subnet, ours):
                yield from self._through(place, subnet, target, parts, is_inbound=is_inbound)
            for named, target in self._unknown_lists(subnet):
                said = f"route to {self._named(target)} for {named}, whose entries are not in the templates"
                if ours:
                    yield Way(said, tuple(ours), subnet, is_certain=False)

    def _assumed(self, place: Place, outside: list[Block], *, is_inbound: bool) -> Iterator[Way]:
        is_public = any(each.without(PRIVATE) for each in outside)
        if is_inbound and is_public and not place.has_public_address and not _is_private_in_part(outside):
            return
        yield Way("its routes are not in the templates", tuple(outside), is_certain=False)

    def _regions(self, subnet: str, outside: list[Block]) -> list[tuple[str, list[Block]]]:
        """Targets of routes, and which of the addresses each is the most specific route for."""
        routes = [(block, to) for to_, to in self._graph.subnets.routes(subnet).items() for block in self._blocks(to_)]
        found: dict[str, list[Block]] = {}
        for route, target in routes:
            narrower = [other for other, _ in routes if other != route and route.contains(other)]
            left = [rest for part in common(outside, [route]) for rest in part.without(narrower)]
            if left and target:
                found.setdefault(target, []).extend(left)
        return list(found.items())

    def _blocks(self, destination: str) -> list[Block]:
        """Addresses of a route: its block, or the entries of its prefix list."""
        found = self._graph.find(destination)
        return blocks(each.get("Cidr") for each in found.list("Entries")) if found else blocks([destination])

    def _unknown_lists(self, subnet: str) -> Iterator[tuple[str, str]]:
        for destination, target in self._graph.subnets.routes(subnet).items():
            if destination and not self._blocks(destination):
                yield readable(self._graph, destination), target

    def _through(
        self, place: Place, subnet: str, target: str, parts: list[Block], *, is_inbound: bool
    ) -> Iterator[Way]:
        gateway = self._graph.find(target)
        if gateway is None or gateway.type not in (*_INBOUND, *_OUTBOUND):
            # A transit gateway, a peering connection, a firewall: what comes behind it decides as well.
            said = f"route to {self._named(target)}; what is behind it is not in the templates"
            yield Way(said, tuple(parts), subnet, is_certain=False)
            return
        public = [left for part in parts for left in part.without(PRIVATE)]
        if gateway.type in _INBOUND and not place.has_public_address:
            # An address of IPv6 is public, but the gateway drops what is for an internal load balancer.
            public = [each for each in public if each.version == 6 and place.kind != "Load balancer"]
        if gateway.type in _OUTBOUND and (is_inbound or not self._forwards(gateway)):
            return
        names = {"AWS::EC2::InternetGateway": "internet gateway", "AWS::EC2::NatGateway": "NAT gateway"}
        if public:
            yield Way(names.get(gateway.type, "egress-only internet gateway"), tuple(public), subnet)

    def _forwards(self, gateway: Resource) -> bool:
        """Whether, if it is a NAT gateway, it is a public one, and its subnet leads to an internet gateway."""
        if gateway.type != "AWS::EC2::NatGateway":
            return True
        subnet = str(gateway.get("SubnetId"))
        found = self._graph.subnets.way_out(subnet)
        is_known = subnet in self._graph.subnets.all
        return gateway.get("ConnectivityType", "public") == "public" and (
            not is_known or (found is not None and found.type in _INBOUND)
        )


# A rule for nobody, as the CDK writes it, names the first of these; nothing routes them.
_NOWHERE: Final = tuple(blocks(("255.255.255.255/32", "127.0.0.0/8", "::1/128")))
_EVERYTHING: Final = {each.version: each for each in blocks(("0.0.0.0/0", "::/0"))}


def _is_private_in_part(parts: list[Block]) -> bool:
    return any(part.overlaps(private) and part.version == private.version for part in parts for private in PRIVATE)
