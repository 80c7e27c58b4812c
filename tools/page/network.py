"""Addresses of places, and where the routes of their subnets lead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from assembly import Graph, Resource
from tools.page.addresses import PRIVATE, Block, blocks
from tools.page.names import kind_of, name_of
from tools.page.places import Place

_INBOUND: Final = ("AWS::EC2::InternetGateway",)
_OUTBOUND: Final = ("AWS::EC2::NatGateway", "AWS::EC2::EgressOnlyInternetGateway")


@dataclass(frozen=True)
class Way:
    """A route between a place and addresses outside of its VPC."""

    said: str
    is_certain: bool = True


class Network:
    """VPCs, subnets, and routes of the templates."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph

    def vpc(self, place: Place) -> str:
        """Resolved id of its VPC; empty where nothing says."""
        for subnet in place.subnets:
            if found := self._graph.subnets.all.get(subnet):
                return str(found.get("VpcId"))
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

    def overlaps(self, place: Place, block: Block) -> bool:
        """Whether the place may have an address of a block; where its subnets do not say, it may."""
        if block.version == 6 and not place.has_ipv6:
            return False
        if not place.subnets:
            ranges = self.ranges(self.vpc(place))
            return not ranges or any(each.overlaps(block) for each in ranges)
        return any(self._subnet_overlaps(subnet, block) for subnet in place.subnets)

    def _subnet_overlaps(self, reference: str, block: Block) -> bool:
        subnet = self._graph.subnets.all.get(reference)
        if subnet is None:
            return True
        cidr = subnet.get("CidrBlock" if block.version == 4 else "Ipv6CidrBlock")
        if cidr is None:
            return False
        own = Block.of(cidr)
        return own is None or own.overlaps(block)

    def has_family(self, place: Place, version: int) -> bool:
        """Whether it has addresses of IPv4 or IPv6."""
        return self.overlaps(place, _EVERYTHING[version])

    def knows_routes(self, place: Place) -> bool:
        """Whether the templates have the subnets that it stands in."""
        return bool(place.subnets) and all(each in self._graph.subnets.all for each in place.subnets)

    def in_from(self, place: Place, block: Block) -> Way | None:
        """How connections from addresses of a block outside of the VPC come in."""
        return self._way(place, block, is_inbound=True)

    def out_to(self, place: Place, block: Block) -> Way | None:
        """How connections to addresses of a block outside of the VPC go out."""
        return self._way(place, block, is_inbound=False)

    def _way(self, place: Place, block: Block, *, is_inbound: bool) -> Way | None:
        outside = block.without([*self.ranges(self.vpc(place)), *_NOWHERE])
        if not outside:
            return None
        if not self.knows_routes(place):
            return self._assumed(place, outside, is_inbound=is_inbound)
        for subnet in place.subnets:
            # An address of IPv6 is one of a subnet that has them.
            ours = [each for each in outside if self._subnet_overlaps(subnet, _EVERYTHING[each.version])]
            for target, parts in self._regions(subnet, ours):
                if way := self._through(place, target, parts, is_inbound=is_inbound):
                    return way
        return None

    def _assumed(self, place: Place, outside: list[Block], *, is_inbound: bool) -> Way | None:
        is_public = any(each.without(PRIVATE) for each in outside)
        if is_inbound and is_public and not place.has_public_address and not _is_private_in_part(outside):
            return None
        return Way("its routes are not in the templates", is_certain=False)

    def _regions(self, subnet: str, outside: list[Block]) -> list[tuple[str, list[Block]]]:
        """Targets of routes, and which of the addresses each is the most specific route for."""
        routes = [(block, to) for cidr, to in self._graph.subnets.routes(subnet).items() if (block := Block.of(cidr))]
        found = []
        for route, target in routes:
            narrower = [other for other, _ in routes if other != route and route.contains(other)]
            parts = [common for each in outside if (common := each.common(route))]
            left = [rest for part in parts for rest in part.without(narrower)]
            if left:
                found.append((target, left))
        return found

    def _through(self, place: Place, target: str, parts: list[Block], *, is_inbound: bool) -> Way | None:
        gateway = self._graph.find(target)
        if gateway is None or gateway.type not in (*_INBOUND, *_OUTBOUND):
            name = f"{kind_of(gateway)} {name_of(gateway)}" if gateway else target
            return Way(f"route to {name}") if target else None
        public = [left for part in parts for left in part.without(PRIVATE)]
        if not public:
            return None
        if gateway.type in _INBOUND:
            # An address of IPv6 is public, but the gateway drops what is for an internal load balancer.
            is_open = place.kind != "Load balancer" and any(each.version == 6 for each in public)
            reachable = place.has_public_address or is_open
            return Way("internet gateway") if reachable else None
        if is_inbound or (gateway.type == "AWS::EC2::NatGateway" and not self._leaves(gateway)):
            return None
        return Way("NAT gateway" if gateway.type == "AWS::EC2::NatGateway" else "egress-only internet gateway")

    def _leaves(self, nat: Resource) -> bool:
        """Whether the subnet of a public NAT gateway leads to an internet gateway."""
        found = self._graph.subnets.way_out(str(nat.get("SubnetId")))
        is_known = str(nat.get("SubnetId")) in self._graph.subnets.all
        return nat.get("ConnectivityType", "public") == "public" and (
            not is_known or (found is not None and found.type in _INBOUND)
        )


# A rule for nobody, as the CDK writes it, names the first of these; nothing routes them.
_NOWHERE: Final = tuple(blocks(("255.255.255.255/32", "127.0.0.0/8", "::1/128")))
_EVERYTHING: Final = {each.version: each for each in blocks(("0.0.0.0/0", "::/0"))}


def _is_private_in_part(parts: list[Block]) -> bool:
    return any(part.overlaps(private) and part.version == private.version for part in parts for private in PRIVATE)
