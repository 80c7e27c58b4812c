"""Region, VPC, tier, zone: what stands where."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assembly import Resource
from tools.page.endpoint_policies import policy_in_words
from tools.page.html import Html, badge, details, joined, tag
from tools.page.lattice import NETWORK
from tools.page.names import kind_of, name_of, readable
from tools.page.place import Place
from tools.page.sources import Sources
from tools.page.views.outside_vpcs import edge, outside_vpcs
from tools.page.views.tiles import slug, tiles

_BESIDE = 4
_NAMES = {
    "AWS::EC2::InternetGateway": "internet gateway",
    "AWS::EC2::NatGateway": "NAT gateway",
    "AWS::EC2::EgressOnlyInternetGateway": "egress-only internet gateway",
    "AWS::EC2::TransitGatewayAttachment": "attachment to a transit gateway",
    "AWS::EC2::VPCPeeringConnection": "peering connection",
    "AWS::EC2::VPNGateway": "VPN gateway",
}


def topology(sources: Sources) -> Html:
    """The section."""
    graph = sources.graph
    vpcs = {place: sources.reachability.vpc(place) for place in sources.reachability.places if place.subnets}
    ids = dict.fromkeys([*(each.reference for each in graph.of_type("AWS::EC2::VPC")), *filter(None, vpcs.values())])
    region = tag(
        "div",
        tag("h3", f"Region {sources.region}"),
        [_vpc(sources, vpc, [place for place, own in vpcs.items() if own == vpc]) for vpc in ids],
        outside_vpcs(sources),
        class_="region",
    )
    return joined([edge(sources), region])


def _vpc(sources: Sources, reference: str, places: Sequence[Place]) -> Html:
    graph = sources.graph
    vpc = graph.find(reference)
    ranges = str(vpc.get("CidrBlock", "block of a pool")) if vpc else "made elsewhere"
    subnets = [each for each in graph.of_type("AWS::EC2::Subnet") if str(each.get("VpcId")) == reference]
    tiers = list(dict.fromkeys(_tier(each) for each in subnets))
    drawn = [
        tag("h4", f"VPC {name_of(vpc) if vpc else reference} ", badge(ranges)),
        _doors(sources, reference),
        [_drawn_tier(sources, tier, [each for each in subnets if _tier(each) == tier], places) for tier in tiers],
    ]
    known = {each.reference for each in subnets}
    elsewhere = [place for place in places if not set(place.subnets) & known]
    if elsewhere:
        shown = tag("div", tiles(sources, elsewhere), class_="tiles")
        drawn.append(tag("div", tag("h5", "Subnets made elsewhere"), shown, class_="tier"))
    return tag("div", drawn, class_="vpc")


def _drawn_tier(sources: Sources, tier: str, subnets: Sequence[Resource], places: Sequence[Place]) -> Html:
    """Zones beside each other, and across them what stands in several."""
    ordered = sorted(subnets, key=lambda each: _zone(sources, each))
    spanning = [place for place in places if _home(place, subnets) and len(place.subnets) > 1]
    # More than four do not stand beside each other; then what spans them stands below.
    is_row = len(ordered) <= _BESIDE
    cells = [
        [
            tag("div", class_=f"zone-back c{number}", aria_hidden="true") if is_row and spanning else None,
            _cell(sources, each, [one for one in places if one.subnets == (each.reference,)], number if is_row else 0),
        ]
        for number, each in enumerate(ordered, 1)
    ]
    across = tag("div", tiles(sources, spanning), class_="tiles across") if spanning else None
    kind = f"zones-{len(ordered)}{' spanned' if spanning else ''}" if is_row else "zones-many"
    return tag("div", tag("h5", f"{tier} subnets"), tag("div", cells, across, class_=f"zones {kind}"), class_="tier")


def _home(place: Place, rows: Sequence[Resource]) -> bool:
    return bool(place.subnets) and place.subnets[0] in {each.reference for each in rows}


def _zone(sources: Sources, subnet: Resource) -> str:
    return str(subnet.get("AvailabilityZone", "zone")).replace("${AWS::Region}", sources.graph.region(subnet.stack))


def _tier(subnet: Resource) -> str:
    """What the CDK calls it, or the word before `Subnet` in its name."""
    named = re.search(r"(\w+?)Subnet", name_of(subnet).rpartition("/")[2])
    return str(subnet.pairs("Tags").get("aws-cdk:subnet-name") or (named[1] if named else "Other"))


def _cell(sources: Sources, subnet: Resource, places: Sequence[Place], column: int) -> Html:
    graph = sources.graph
    way = graph.subnets.routes(subnet.reference).get("0.0.0.0/0", "")
    gateways = [each for each in graph.of_type("AWS::EC2::NatGateway") if each.get("SubnetId") == subnet.reference]
    acl = sources.reachability.network_acl(subnet.reference)
    cidr = subnet.get("CidrBlock")
    doors = [[" ", badge("NAT gateway", "network")] for _ in gateways]
    return tag(
        "div",
        tag("p", tag("strong", _zone(sources, subnet)), " ", badge(cidr) if cidr else None, doors, class_="where"),
        tag("p", f"out: {_leads(sources, way)}", f", network ACL {acl}" if acl else None, class_="quiet"),
        tiles(sources, places),
        class_=f"zone c{column}" if column else "zone",
    )


def _leads(sources: Sources, target: str) -> str:
    """Where the default route leads, in words."""
    found = sources.graph.find(target)
    if found is None:
        return readable(sources.graph, target) or "nothing leaves"
    name = _NAMES.get(found.type, kind_of(found).removeprefix("EC2::"))
    subnet = sources.graph.subnets.all.get(str(found.get("SubnetId")))
    return f"{name} in {_zone(sources, subnet)}" if subnet else name


def _doors(sources: Sources, vpc: str) -> Html:
    """What leads out of the VPC: gateways and endpoints."""
    graph = sources.graph
    attached = [
        graph.find(each.get("InternetGatewayId") or each.get("VpnGatewayId"))
        for each in graph.of_type("AWS::EC2::VPCGatewayAttachment")
        if str(each.get("VpcId")) == vpc
    ]
    types = ("AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::TransitGatewayAttachment")
    more = [each for each in graph.of_type(*types) if str(each.get("VpcId")) == vpc]
    more += [
        each
        for each in graph.of_type("AWS::EC2::VPCPeeringConnection")
        if vpc in (str(each.get("VpcId")), str(each.get("PeerVpcId")))
    ]
    gateways = [_NAMES.get(each.type, kind_of(each).removeprefix("EC2::")) for each in (*attached, *more) if each]
    endpoints = [each for each in graph.of_type("AWS::EC2::VPCEndpoint") if str(each.get("VpcId")) == vpc]
    listed = [
        tag("li", _service(each), tag("span", f" {policy_in_words(graph, each)}", class_="quiet")) for each in endpoints
    ]
    names = ", ".join(_service(each) for each in endpoints)
    return tag(
        "div",
        tag(
            "p",
            tag("span", "Doors ", class_="quiet"),
            [[badge(each, "network"), " "] for each in (*gateways, *_service_networks(sources, vpc))]
            or tag("span", "none", class_="quiet"),
        ),
        details(f"VPC endpoints ({len(endpoints)}) and their policies: {names}", tag("ul", listed), class_="plain")
        if endpoints
        else tag("p", "No VPC endpoints.", class_="quiet"),
        class_="doors",
    )


def _service_networks(sources: Sources, vpc: str) -> list[Html]:
    """Those of VPC Lattice that the VPC is associated with."""
    return [
        tag("a", f"service network {each.name.rpartition(': ')[2]}", href=f"#who-{slug(each)}")
        for each in sources.reachability.places
        if each.kind == NETWORK and each.vpc == vpc
    ]


def _service(endpoint: Resource) -> str:
    name = re.sub(r"^com\.amazonaws\.[^.]+\.", "", str(endpoint.get("ServiceName")))
    return name if endpoint.get("VpcEndpointType") == "Interface" else f"{name} (gateway)"
