"""Address ranges, zones, subnets and security groups fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, ip_network
from itertools import combinations

from assembly import Graph, Resource
from assembly.self_managed_nodes import node_roles, self_managed_nodes
from policy.relations.relation import Misfit, relation

# Resource type -> paths of its subnets and of its security groups.
PLACED = {
    "AWS::ECS::Service": (
        "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": ("Subnets", "SecurityGroups"),
    "AWS::EC2::VPCEndpoint": ("SubnetIds", "SecurityGroupIds"),
    "AWS::EKS::Cluster": ("ResourcesVpcConfig.SubnetIds", "ResourcesVpcConfig.SecurityGroupIds"),
    "AWS::AutoScaling::AutoScalingGroup": ("VPCZoneIdentifier", ""),
    "AWS::EKS::Nodegroup": ("Subnets", ""),
    "AWS::EKS::FargateProfile": ("Subnets", ""),
}
# What AWS refuses in two subnets of one zone.
_ONE_OF_A_ZONE = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EC2::VPCEndpoint")
# What AWS refuses in less than two zones.
_TWO_ZONES = ("AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::EKS::Cluster")


def _network(text: object) -> IPv4Network | None:
    try:
        network = ip_network(str(text))
    except ValueError:
        return None
    return network if isinstance(network, IPv4Network) else None


@relation("Subnet CIDR blocks, Amazon VPC User Guide")
def subnets_are_apart_and_in_their_vpc(graph: Graph) -> Iterator[Misfit]:
    """Amazon VPC refuses a subnet that overlaps another, or that is outside the range of its VPC."""
    found = [(each, each.get("VpcId"), _network(each.get("CidrBlock"))) for each in graph.of_type("AWS::EC2::Subnet")]
    extra: dict[object, list[IPv4Network]] = {}
    for each in graph.of_type("AWS::EC2::VPCCidrBlock"):
        if (network := _network(each.get("CidrBlock"))) is not None:
            extra.setdefault(each.get("VpcId"), []).append(network)
    for subnet, vpc_id, network in found:
        vpc = graph.find(vpc_id)
        own = _network(vpc.get("CidrBlock")) if vpc else None
        ranges = [*([own] if own else []), *extra.get(vpc_id, [])]
        if network and ranges and not any(network.subnet_of(each) for each in ranges):
            finding = f"{network} is not in {', '.join(map(str, ranges))}"
            yield Misfit(resource=subnet, finding=finding, fix="use a part of the range of the VPC")
    for (_, first_vpc, first), (subnet, vpc_id, network) in combinations(found, 2):
        if first and network and first_vpc == vpc_id and first.overlaps(network):
            yield Misfit(resource=subnet, finding=f"{network} overlaps {first}", fix="use a range of its own")


@relation("Subnets for your load balancer; Amazon EKS VPC and subnet requirements; Interface endpoints: subnets")
def subnets_are_of_different_zones(graph: Graph) -> Iterator[Misfit]:
    """AWS refuses two subnets of one zone, or one zone alone, for what is to outlive the failure of a zone."""
    for resource_type, (path, _) in PLACED.items():
        for resource in graph.of_type(resource_type):
            listed = list(map(str, resource.list(path)))
            zones = [subnet.get("AvailabilityZone") for subnet in filter(None, map(graph.find, listed))]
            doubled = sorted({str(zone) for zone in zones if zones.count(zone) > 1})
            if len(set(listed)) < len(listed) or (doubled and resource_type in _ONE_OF_A_ZONE):
                finding = f"two of its subnets are in {', '.join(doubled)}"
                yield Misfit(resource=resource, finding=finding, fix="name one subnet of each zone")
            if zones and resource_type in _TWO_ZONES and len(set(zones)) < 2:
                finding = f"its subnets are in one zone, {zones[0]}"
                yield Misfit(resource=resource, finding=finding, fix="name subnets of two zones or more")


@relation("Regions and Zones; Amazon EC2 Auto Scaling: Availability Zone distribution")
def workload_runs_in_every_zone_of_its_network(graph: Graph) -> Iterator[Misfit]:
    """The workload is to outlive a zone, for which its other parts are in more zones than it is."""
    # Of Kubernetes, all nodes together are in several zones.
    nodes = {each.group for each in self_managed_nodes(graph)}
    for resource_type, path in (
        ("AWS::ECS::Service", PLACED["AWS::ECS::Service"][0]),
        ("AWS::AutoScaling::AutoScalingGroup", "VPCZoneIdentifier"),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Subnets"),
    ):
        for resource in graph.of_type(resource_type):
            subnets = [each for each in map(graph.find, resource.list(path)) if each]
            zones = {each.get("AvailabilityZone") for each in subnets}
            if resource not in nodes and len(zones) == 1 and len(_zones_of_vpc(graph, subnets[0])) > 1:
                finding = (
                    f"it runs in {zones.pop()} only, of the zones {', '.join(sorted(_zones_of_vpc(graph, subnets[0])))}"
                )
                yield Misfit(resource=resource, finding=finding, fix="name a subnet of each zone")


@relation("Learn about Amazon Application Recovery Controller zonal shift in Amazon EKS; Regions and Zones")
def nodes_of_a_cluster_are_in_several_zones(graph: Graph) -> Iterator[Misfit]:
    """All pods are gone with the zone, though the control plane outlives it."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        # A profile takes its own pods only, so that it is no way out for those of nodes.
        kinds = (("AWS::EKS::Nodegroup", "AWS::AutoScaling::AutoScalingGroup"), ("AWS::EKS::FargateProfile",))
        of_stack = ([each for each in graph.of_type(*kind) if each.stack == cluster.stack] for kind in kinds)
        groups = next((own for own in of_stack if own), [])
        named = [each for group in groups for each in (*group.list("Subnets"), *group.list("VPCZoneIdentifier"))]
        subnets = [each for each in map(graph.find, named) if each]
        if _has_other_nodes(graph, cluster) or len(subnets) < len(named):
            # In subnets of which the templates do not tell the zone.
            continue
        zones = {each.get("AvailabilityZone") for each in subnets}
        if len(zones) == 1 and len(_zones_of_vpc(graph, subnets[0])) > 1:
            finding = f"all its nodes are in {zones.pop()}"
            yield Misfit(resource=cluster, finding=finding, fix="give the nodes a subnet of each zone")


def _has_other_nodes(graph: Graph, cluster: Resource) -> bool:
    """Whether there are nodes on premises, or of EKS Auto Mode or Karpenter, which choose among all zones."""
    of_groups = [role for _, role, _ in node_roles(graph)]
    entries = [each for each in graph.of_type("AWS::EKS::AccessEntry") if each.get("Type", "STANDARD") != "STANDARD"]
    others = [each for each in entries if graph.find(each.get("PrincipalArn")) not in of_groups]
    return cluster.get("ComputeConfig.Enabled") is True or bool(others)


def _zones_of_vpc(graph: Graph, subnet: Resource) -> set[str]:
    every = graph.of_type("AWS::EC2::Subnet")
    return {str(each.get("AvailabilityZone")) for each in every if each.get("VpcId") == subnet.get("VpcId")}


@relation("Regions and Zones, Amazon EC2 User Guide; Subnets for your VPC")
def zone_is_of_the_region(graph: Graph) -> Iterator[Misfit]:
    """A VPC has no subnet in a zone of another Region."""
    for subnet in graph.of_type("AWS::EC2::Subnet"):
        zone, region = str(subnet.get("AvailabilityZone", "")), graph.region(subnet.stack)
        if zone and not zone.startswith(("${", region)) and not region.startswith("${"):
            finding = f"the zone {zone} is not of {region}"
            yield Misfit(resource=subnet, finding=finding, fix=f"name a zone of {region}")


@relation("Security groups for your VPC; Amazon ECS task networking; Amazon EKS security group requirements")
def security_groups_are_of_the_vpc_of_the_subnets(graph: Graph) -> Iterator[Misfit]:
    """AWS refuses a network interface whose security group is of another VPC than its subnet."""
    for resource_type, (subnet_path, group_path) in PLACED.items():
        for resource in graph.of_type(resource_type) if group_path else ():
            subnets = {each.get("VpcId") for each in map(graph.find, resource.list(subnet_path)) if each}
            found = [each for each in map(graph.find, resource.list(group_path)) if each]
            groups = [each for each in found if each.type == "AWS::EC2::SecurityGroup"]
            for group in groups:
                if not subnets and (other := _named_of_another_vpc(graph, group)) is not None:
                    finding = f"{group.logical_id} is of another VPC than {other.logical_id}, which its rules name"
                    yield Misfit(resource=resource, finding=finding, fix="use security groups of the same VPC")
                if subnets and group.get("VpcId") not in subnets:
                    finding = f"{group.logical_id} is of another VPC than the subnets"
                    yield Misfit(resource=resource, finding=finding, fix="use a security group of the same VPC")
            if len(subnets) > 1:
                yield Misfit(resource=resource, finding="its subnets are of two VPCs", fix="use subnets of one VPC")


def _named_of_another_vpc(graph: Graph, group: Resource) -> Resource | None:
    """A security group of another VPC among those that the rules of a group name."""
    of_group = group.attribute("GroupId")
    rules = [*graph.security_groups.rules(of_group, "Ingress"), *graph.security_groups.rules(of_group, "Egress")]
    peers = [peer for peer in (graph.find(rule.peer) for rule in rules) if peer is not None]
    return next((peer for peer in peers if peer.get("VpcId") not in (None, group.get("VpcId"))), None)


@relation("NAT gateways: elastic IP address; AWS::EC2::NatGateway")
def nat_gateways_have_addresses_of_their_own(graph: Graph) -> Iterator[Misfit]:
    """An Elastic IP address belongs to one NAT gateway at a time; the second is refused."""
    seen: dict[str, str] = {}
    for gateway in graph.of_type("AWS::EC2::NatGateway"):
        for key in ("AllocationId", "SubnetId"):
            value = f"{key} {gateway.get(key)}"
            if gateway.get(key) and value in seen:
                finding = f"{seen[value]} has the same {key}"
                yield Misfit(resource=gateway, finding=finding, fix="give each NAT gateway its own")
            seen.setdefault(value, gateway.logical_id)


@relation("Route tables: routes; AWS::EC2::Route; AWS::EC2::SubnetRouteTableAssociation")
def route_tables_have_each_destination_once(graph: Graph) -> Iterator[Misfit]:
    """Amazon VPC refuses a second route to a destination, and a second route table for a subnet."""
    seen: set[tuple[str, str]] = set()
    for route in graph.of_type("AWS::EC2::Route"):
        place = (
            str(route.get("RouteTableId")),
            str(route.get("DestinationCidrBlock", route.get("DestinationIpv6CidrBlock"))),
        )
        if place in seen:
            finding = f"the route table has a route to {place[1]} already"
            yield Misfit(resource=route, finding=finding, fix="keep one of the two")
        seen.add(place)
    for association in graph.of_type("AWS::EC2::SubnetRouteTableAssociation"):
        place = ("subnet", str(association.get("SubnetId")))
        if place in seen:
            finding = "the subnet has a route table already"
            yield Misfit(resource=association, finding=finding, fix="keep one of the two")
        seen.add(place)


@relation("Routing traffic to an ELB load balancer, Amazon Route 53 Developer Guide; DNS validation, ACM User Guide")
def record_points_to_its_load_balancer(graph: Graph) -> Iterator[Misfit]:
    """The name leads to nowhere, or its certificate is of another name and browsers refuse the site."""
    for record in graph.of_type("AWS::Route53::RecordSet"):
        by_name = graph.find(record.get("AliasTarget.DNSName"))
        by_zone = graph.find(record.get("AliasTarget.HostedZoneId"))
        if by_name is not None and by_name.type == "AWS::CloudFront::Distribution":
            yield from _misfit_of_distribution(record)
            continue
        if by_name is not None and by_name != by_zone:
            finding = (
                f"DNSName is of {by_name.logical_id}, and HostedZoneId is {record.get('AliasTarget.HostedZoneId')}"
            )
            yield Misfit(resource=record, finding=finding, fix="use both attributes of one load balancer")
        name = str(record.get("Name", "")).rstrip(".")
        for listener in graph.of_type("AWS::ElasticLoadBalancingV2::Listener"):
            if by_name is None or graph.load_balancing.load_balancer(listener) != by_name:
                continue
            for certificate in filter(
                None, (graph.find(each.get("CertificateArn")) for each in listener.list("Certificates"))
            ):
                names = [certificate.get("DomainName"), *certificate.list("SubjectAlternativeNames")]
                if not any(_is_for(str(each), name) for each in names):
                    finding = f"the record is {name}, and the certificate is for {', '.join(map(str, names))}"
                    yield Misfit(resource=certificate, finding=finding, fix=f"request it for {name}")


def _misfit_of_distribution(record: Resource) -> Iterator[Misfit]:
    """All distributions are in one hosted zone of AWS, whose ID the CDK looks up by the partition."""
    zone = str(record.get("AliasTarget.HostedZoneId"))
    if zone != "Z2FDTNDATAQYW2" and "AWSCloudFrontPartitionHostedZoneIdMap" not in zone:
        yield Misfit(
            resource=record,
            finding=f"DNSName is of a distribution, and HostedZoneId is {zone}",
            fix="use the hosted zone of CloudFront",
        )


def _is_for(domain: str, name: str) -> bool:
    wildcard = domain.startswith("*.") and name.partition(".")[2] == domain[2:]
    return domain.lower() == name.lower() or wildcard
