"""Subnets lead to where their tasks, nodes and load balancers must reach."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

# Whatever starts there pulls images and calls AWS: path of its subnets.
WORKLOADS = {
    "AWS::ECS::Service": "NetworkConfiguration.AwsvpcConfiguration.Subnets",
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier",
    "AWS::EKS::Nodegroup": "Subnets",
    "AWS::EKS::FargateProfile": "Subnets",
}


def workload_subnets(graph: Graph) -> Iterator[tuple[Resource, str]]:
    """(what starts there, resolved id of the subnet)."""
    for resource_type, path in WORKLOADS.items():
        for resource in graph.of_type(resource_type):
            for subnet in map(str, resource.list(path)):
                if subnet in graph.subnets.all:
                    yield resource, subnet


@relation("Amazon VPC User Guide, Subnet route tables; Amazon ECS, Best practices for connecting to AWS services")
def workload_has_a_way_out(graph: Graph) -> Iterator[Misfit]:
    """What starts in a subnet without a way to AWS pulls no image and registers nowhere, and is retried for hours."""
    endpoints = graph.endpoint_services()
    for resource, subnet in workload_subnets(graph):
        way = graph.subnets.way_out(subnet)
        place = graph.subnets.all[subnet].logical_id
        if way is not None and way.type == "AWS::EC2::InternetGateway" and not _public_address(resource):
            yield Misfit(
                resource=resource,
                finding=f"{place} leads to an internet gateway, but nothing here has a public address",
                fix="use private subnets, whose default route leads to a NAT gateway",
            )
        elif way is None and not {"ecr.api", "ecr.dkr"} <= endpoints and not graph.subnets.leads_elsewhere(subnet):
            yield Misfit(
                resource=resource,
                finding=f"{place} has no default route, and the VPC no interface endpoints of Amazon ECR",
                fix="add a route to a NAT gateway, or interface endpoints",
            )


def _public_address(resource: Resource) -> bool:
    return bool(resource.get("NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp") == "ENABLED")


@relation("NAT gateway basics, Amazon VPC User Guide")
def nat_gateway_stands_in_a_public_subnet(graph: Graph) -> Iterator[Misfit]:
    """A public NAT gateway forwards to the internet gateway of its own subnet; without that route, nothing gets out."""
    for gateway in graph.of_type("AWS::EC2::NatGateway"):
        subnet = str(gateway.get("SubnetId"))
        way = graph.subnets.way_out(subnet)
        public = gateway.get("ConnectivityType", "public") == "public"
        if public and subnet in graph.subnets.all and (way is None or way.type != "AWS::EC2::InternetGateway"):
            yield Misfit(
                resource=gateway,
                finding=f"{graph.subnets.all[subnet].logical_id} has no route to an internet gateway",
                fix="put the NAT gateway in a public subnet",
            )


@relation("NAT gateways: public and private connectivity types")
def default_route_leads_to_a_public_nat_gateway(graph: Graph) -> Iterator[Misfit]:
    """A private NAT gateway has no public address: the internet gateway drops what it forwards."""
    for route in graph.of_type("AWS::EC2::Route"):
        gateway = graph.find(route.get("NatGatewayId"))
        if (
            gateway is not None
            and route.get("DestinationCidrBlock") == "0.0.0.0/0"
            and gateway.get("ConnectivityType") == "private"
            and not graph.subnets.leads_elsewhere(str(gateway.get("SubnetId")))
        ):
            yield Misfit(
                resource=gateway,
                finding=f"{route.logical_id} leads to it, and it is private",
                fix="leave ConnectivityType out, and give it an elastic IP address",
            )


@relation("NAT gateway basics: create a NAT gateway in each Availability Zone")
def subnet_uses_the_nat_gateway_of_its_zone(graph: Graph) -> Iterator[Misfit]:
    """When the zone of the NAT gateway fails, this zone fails with it; and traffic between zones costs money."""
    gateways = {each: graph.find(each.get("SubnetId")) for each in graph.of_type("AWS::EC2::NatGateway")}
    zones = {subnet.get("AvailabilityZone"): gateway for gateway, subnet in gateways.items() if subnet}
    for reference, subnet in graph.subnets.all.items():
        way = graph.subnets.way_out(reference)
        home = gateways.get(way) if way else None
        zone = subnet.get("AvailabilityZone")
        if home is not None and zone in zones and home.get("AvailabilityZone") != zone:
            there = home.get("AvailabilityZone")
            yield Misfit(
                resource=subnet,
                finding=f"the default route leads to the NAT gateway in {there}, not to that in {zone}",
                fix=f"route to {zones[zone].logical_id}",
            )


@relation("Enable internet access for a VPC using an internet gateway, Amazon VPC User Guide")
def internet_gateway_is_attached_to_its_vpc(graph: Graph) -> Iterator[Misfit]:
    """A route to an internet gateway that is not attached to the VPC of the subnet is refused."""
    attached = {
        (graph.find(each.get("InternetGatewayId")), each.get("VpcId"))
        for each in graph.of_type("AWS::EC2::VPCGatewayAttachment")
    }
    for route in graph.of_type("AWS::EC2::Route"):
        gateway, table = graph.find(route.get("GatewayId")), graph.find(route.get("RouteTableId"))
        if gateway is None or table is None or gateway.type != "AWS::EC2::InternetGateway":
            continue
        if (gateway, table.get("VpcId")) not in attached:
            yield Misfit(
                resource=route,
                finding=f"{gateway.logical_id} is not attached to the VPC of {table.logical_id}",
                fix="attach the internet gateway to the VPC",
            )


@relation("Amazon VPC User Guide, Subnet route tables: the main route table")
def subnet_has_a_route_table_of_its_own(graph: Graph) -> Iterator[Misfit]:
    """A subnet without one follows the main route table, which leads nowhere."""
    for reference, subnet in graph.subnets.all.items():
        table = graph.find(graph.subnets.route_tables.get(reference, ""))
        if table is None or table.get("VpcId") != subnet.get("VpcId"):
            yield Misfit(
                resource=subnet,
                finding="no route table of its VPC is associated with the subnet",
                fix="associate a route table",
            )


@relation("Regional and zonal NAT gateways; Amazon VPC User Guide, Subnets: public and private")
def subnet_is_public_as_a_whole(graph: Graph) -> Iterator[Misfit]:
    """A subnet that says it is private and has a route to an internet gateway is not what its users take it for."""
    for reference, subnet in graph.subnets.all.items():
        tags = subnet.pairs("Tags")
        way = graph.subnets.way_out(reference)
        is_public = way is not None and way.type == "AWS::EC2::InternetGateway"
        stated = tags.get("aws-cdk:subnet-type")
        if stated in ("Public", "Private", "Isolated") and (stated == "Public") != is_public:
            leads = way.logical_id if way else "nowhere"
            yield Misfit(
                resource=subnet,
                finding=f"the subnet is tagged {stated}, but its default route leads to {leads}",
                fix="route it as the tag says",
            )


@relation("Amazon EKS User Guide, VPC and subnet requirements; Route internet traffic: subnet auto discovery")
def subnet_is_found_by_load_balancer_controllers(graph: Graph) -> Iterator[Misfit]:
    """AWS Load Balancer Controller finds public subnets by the one tag and private ones by the other."""
    for reference, subnet in graph.subnets.all.items():
        keys = subnet.pairs("Tags").keys() & {
            "kubernetes.io/role/elb",
            "kubernetes.io/role/internal-elb",
        }
        way = graph.subnets.way_out(reference)
        is_public = way is not None and way.type == "AWS::EC2::InternetGateway"
        right = "kubernetes.io/role/elb" if is_public else "kubernetes.io/role/internal-elb"
        for_pods = "kubernetes.io/role/cni" in subnet.pairs("Tags")
        if graph.of_type("AWS::EKS::Cluster") and keys != (set() if for_pods else {right}):
            yield Misfit(
                resource=subnet,
                finding=f"the subnet is {'public' if is_public else 'private'}, and its tags are {sorted(keys)}",
                fix=f"tag it {right}",
            )


# Interface endpoints without which an instance of Amazon ECS cannot register inside a VPC alone.
_OF_HOSTS = ("ecs", "ecs-agent", "ecs-telemetry")
_OF_TASKS = ("ecr.api", "ecr.dkr")


@relation("Amazon ECS interface VPC endpoints (AWS PrivateLink); Security group rules, Amazon VPC User Guide")
def workload_may_leave_its_group(graph: Graph) -> Iterator[Misfit]:
    """What may not call AWS by HTTPS registers nowhere and pulls nothing."""
    have = graph.endpoint_services()
    for resource, groups, needed in _leaving(graph):
        rules = [rule for group in groups for rule in graph.security_groups.rules(group, "Egress") if rule.admits(443)]
        anywhere = any(rule.is_from_the_internet or rule.peer.startswith("pl-") for rule in rules)
        missing = [name for name in needed if name not in have]
        if groups and not anywhere and (not rules or missing):
            yield Misfit(
                resource=resource,
                finding="its security groups let it to port 443 of the VPC only, which has no endpoints "
                + ", ".join(missing)
                if rules
                else "its security groups let nothing to port 443",
                fix="let it to port 443 of the internet, or add the endpoints",
            )
        elif groups and not anywhere:
            yield Misfit(
                resource=resource,
                finding="its security groups let it to port 443 of the VPC only, and layers of images are in Amazon S3",
                fix="let it to port 443 of the internet, or of the prefix list of Amazon S3 (a gateway endpoint)",
            )


def _leaving(graph: Graph) -> Iterator[tuple[Resource, list[str], tuple[str, ...]]]:
    path = "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups"
    for service in graph.of_type("AWS::ECS::Service"):
        yield service, list(map(str, service.list(path))), _OF_TASKS
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        yield schedule, list(map(str, schedule.list(f"Target.EcsParameters.{path}"))), _OF_TASKS
    for template in graph.of_type("AWS::EC2::LaunchTemplate"):
        data = template.get("LaunchTemplateData", {})
        groups = [str(each) for interface in data.get("NetworkInterfaces", []) for each in interface.get("Groups", [])]
        groups += map(str, data.get("SecurityGroupIds", []))
        joins = any(each.reference in str(data.get("UserData")) for each in graph.of_type("AWS::ECS::Cluster"))
        yield template, groups if joins else [], _OF_HOSTS


# "Control subnet traffic with network access control lists": ports that clients take.
_EPHEMERAL = (1024, 65535)


@relation("Control subnet traffic with network access control lists, Amazon VPC User Guide: ephemeral ports")
def network_acl_lets_answers_through(graph: Graph) -> Iterator[Misfit]:
    """A network ACL is stateless: without entries for answers, whatever is in the subnet reaches nothing."""
    for association in graph.of_type("AWS::EC2::SubnetNetworkAclAssociation"):
        acl = graph.find(association.get("NetworkAclId"))
        if acl is None or str(association.get("SubnetId")) not in graph.subnets.all:
            continue
        entries = [
            each for each in graph.of_type("AWS::EC2::NetworkAclEntry") if graph.find(each.get("NetworkAclId")) == acl
        ]
        for egress, direction in ((False, "in"), (True, "out")):
            if not any(_lets_answers_through(each) for each in entries if bool(each.get("Egress", False)) is egress):
                yield Misfit(
                    resource=association,
                    finding=f"{acl.logical_id} lets no answer {direction}: no entry allows TCP ports 1024 to 65535",
                    fix="allow these ports in both directions",
                )


def _lets_answers_through(entry: Resource) -> bool:
    protocol, ports = str(entry.get("Protocol")), entry.get("PortRange", {})
    covers = int(ports.get("From", 0)) <= _EPHEMERAL[0] and int(ports.get("To", 65535)) >= _EPHEMERAL[1]
    return entry.get("RuleAction") == "allow" and (protocol == "-1" or (protocol == "6" and covers))
