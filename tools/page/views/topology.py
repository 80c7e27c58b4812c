"""Region, VPC, tier, zone: what stands where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from assembly import Resource
from tools.page.endpoint_policies import policy_in_words
from tools.page.html import Html, badge, bullets, details, tag
from tools.page.names import kind_of, name_of, readable
from tools.page.places import Place
from tools.page.sources import Sources

# So many alike are one tile that opens.
_ALIKE = 3
# Drawn above, or a part of what is.
_IN_A_VPC = (
    *("AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation"),
    *("AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"),
    *("AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"),
    *("AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint", "AWS::EC2::EgressOnlyInternetGateway"),
    *("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule"),
    "AWS::ElasticLoadBalancingV2::TargetGroup",
)


def topology(sources: Sources) -> Html:
    """The section."""
    graph = sources.graph
    vpcs = {place: sources.reachability.vpc(place) for place in sources.reachability.places if place.subnets}
    ids = dict.fromkeys([*(each.reference for each in graph.of_type("AWS::EC2::VPC")), *filter(None, vpcs.values())])
    return tag(
        "div",
        tag("h3", f"Region {sources.region}"),
        [_vpc(sources, vpc, [place for place, own in vpcs.items() if own == vpc]) for vpc in ids],
        _outside(sources),
        class_="region",
    )


def _vpc(sources: Sources, reference: str, places: Sequence[Place]) -> Html:
    graph = sources.graph
    vpc = graph.find(reference)
    ranges = str(vpc.get("CidrBlock")) if vpc else "made elsewhere"
    subnets = [each for each in graph.of_type("AWS::EC2::Subnet") if str(each.get("VpcId")) == reference]
    zones = list(dict.fromkeys(_zone(sources, each) for each in subnets))
    tiers = list(dict.fromkeys(_tier(each) for each in subnets))
    drawn = [
        tag("h4", f"VPC {name_of(vpc) if vpc else reference} ", badge(ranges)),
        _doors(sources, reference),
    ]
    for tier in tiers:
        rows = [each for each in subnets if _tier(each) == tier]
        spanning = [place for place in places if _home(place, rows) and len(place.subnets) > 1]
        cells = [
            _cell(sources, each, [p for p in places if p.subnets == (each.reference,)])
            for zone in zones
            for each in rows
            if _zone(sources, each) == zone
        ]
        drawn.append(
            tag(
                "div",
                tag("h5", f"{tier} subnets"),
                tag("div", cells, class_=f"zones zones-{min(len(zones), 4)}"),
                tag("div", _tiles(spanning), class_="tiles") if spanning else None,
                class_="tier",
            )
        )
    known = {each.reference for each in subnets}
    elsewhere = [place for place in places if not set(place.subnets) & known]
    if elsewhere:
        drawn.append(
            tag(
                "div", tag("h5", "Subnets made elsewhere"), tag("div", _tiles(elsewhere), class_="tiles"), class_="tier"
            )
        )
    return tag("div", drawn, class_="vpc")


def _home(place: Place, rows: Sequence[Resource]) -> bool:
    return bool(place.subnets) and place.subnets[0] in {each.reference for each in rows}


def _zone(sources: Sources, subnet: Resource) -> str:
    return str(subnet.get("AvailabilityZone", "zone")).replace("${AWS::Region}", sources.graph.region(subnet.stack))


def _tier(subnet: Resource) -> str:
    return str(subnet.pairs("Tags").get("aws-cdk:subnet-name", "Other"))


def _cell(sources: Sources, subnet: Resource, places: Sequence[Place]) -> Html:
    graph = sources.graph
    way = graph.subnets.routes(subnet.reference).get("0.0.0.0/0", "")
    target = graph.find(way)
    leads = f"{kind_of(target).removeprefix('EC2::')}" if target else readable(graph, way) or "nowhere"
    gateways = [each for each in graph.of_type("AWS::EC2::NatGateway") if each.get("SubnetId") == subnet.reference]
    return tag(
        "div",
        tag("p", tag("strong", _zone(sources, subnet)), " ", badge(subnet.get("CidrBlock", "")), class_="where"),
        tag("p", f"0.0.0.0/0 leads to {leads}", class_="quiet"),
        [tag("div", badge("NAT gateway", "network"), " ", name_of(each), class_="tile network") for each in gateways],
        _tiles(places),
        class_="zone",
    )


def _tiles(places: Sequence[Place]) -> Iterator[Html]:
    for kind, number in Counter(each.kind for each in places).items():
        alike = [each for each in places if each.kind == kind]
        if number < _ALIKE:
            yield from (_tile(each) for each in alike)
        else:
            yield details(
                [badge(kind, _colour(kind)), f" {number} in the same subnets" if _is_spread(alike) else f" {number}"],
                bullets(each.name for each in alike),
                class_=f"tile {_colour(kind)}",
            )


def _is_spread(places: Sequence[Place]) -> bool:
    return len({each.subnets for each in places}) == 1


def _tile(place: Place) -> Html:
    where = f" in {len(place.subnets)} subnets" if len(place.subnets) > 1 else ""
    public = [" ", badge("public", "warn")] if place.has_public_address or place.allow_list else None
    return tag(
        "div",
        tag("a", badge(place.kind, _colour(place.kind)), " ", place.name, href=f"#who-{slug(place)}"),
        tag("span", where, class_="quiet"),
        public,
        class_=f"tile {_colour(place.kind)}",
    )


def slug(place: Place) -> str:
    """A name for links."""
    end = "-nodes" if place.kind.startswith("Nodes of") else ""
    return f"{place.resource.stack}-{place.resource.logical_id}{end}".lower()


def _colour(kind: str) -> str:
    if kind in ("Load balancer", "Endpoint"):
        return "network"
    return "storage" if kind in ("Mount target", "File system") else "compute"


def _doors(sources: Sources, vpc: str) -> Html:
    """What leads out of the VPC: gateways and endpoints."""
    graph = sources.graph
    attached = [
        graph.find(each.get("InternetGatewayId"))
        for each in graph.of_type("AWS::EC2::VPCGatewayAttachment")
        if str(each.get("VpcId")) == vpc
    ]
    more = [
        each
        for each in graph.of_type("AWS::EC2::EgressOnlyInternetGateway", "AWS::EC2::TransitGatewayAttachment")
        if str(each.get("VpcId")) == vpc
    ]
    found = [each for each in (*attached, *more) if each]
    endpoints = [each for each in graph.of_type("AWS::EC2::VPCEndpoint") if str(each.get("VpcId")) == vpc]
    listed = [
        tag(
            "li",
            f"{str(each.get('ServiceName')).removeprefix('com.amazonaws.')} ({each.get('VpcEndpointType', 'Gateway')})",
            tag("span", f" {policy_in_words(graph, each)}", class_="quiet"),
        )
        for each in endpoints
    ]
    return tag(
        "div",
        [tag("span", badge(kind_of(each).removeprefix("EC2::"), "network"), " ", name_of(each)) for each in found],
        details(f"VPC endpoints and their policies: {len(listed)}", tag("ul", listed), class_="plain")
        if listed
        else None,
        class_="doors",
    )


def _outside(sources: Sources) -> Html:
    placed = {each.resource for each in sources.reachability.places}
    counted = Counter(
        kind_of(each) for each in sources.graph.resources if each not in placed and each.type not in _IN_A_VPC
    )
    return tag(
        "div",
        tag("h4", "In the Region, outside of a VPC"),
        tag("div", [badge([kind, " ", tag("b", number)]) for kind, number in sorted(counted.items())], class_="chips"),
        class_="vpc",
    )
