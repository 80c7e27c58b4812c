"""Rules of zones, address ranges, and the way out of private subnets."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from settings.facts import availability_zones, instance_types
from settings.rules.rule import rule
from settings.rules.values import values_come_once
from settings.environment import Environment
from settings.problems import Problem

PRIVATE = tuple(IPv4Network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
# AWS keeps five addresses of every subnet.
RESERVED_ADDRESSES = 5


@rule("Regions and Zones, Amazon EC2 User Guide")
def region_exists(environment: Environment) -> Iterator[Problem]:
    """The CDK CLI would look for a Region that AWS does not have."""
    if environment.region not in availability_zones():
        yield Problem(
            path=("region",), value=environment.region, allowed=f"one of {', '.join(sorted(availability_zones()))}"
        )


@rule("Regions and Zones, Amazon EC2 User Guide")
def zone_is_in_the_region(environment: Environment) -> Iterator[Problem]:
    """CloudFormation cannot make a subnet in a zone of another Region."""
    for index, zone in enumerate(environment.availability_zones):
        if zone[:-1] != environment.region:
            yield Problem(
                path=("availability_zones", index), value=zone, allowed=f"a zone of region {environment.region}"
            )


@rule("Regions and Zones, Amazon EC2 User Guide")
def zone_exists(environment: Environment) -> Iterator[Problem]:
    """CloudFormation cannot make a subnet in a zone that the Region does not have."""
    known = availability_zones().get(environment.region, ())
    for index, zone in enumerate(environment.availability_zones):
        # Older accounts see other letters (us-west-1c, ap-northeast-1b): only what nobody sees is refused.
        if known and zone[:-1] == environment.region and ord(zone[-1]) > ord(known[-1][-1]) + 1:
            yield Problem(path=("availability_zones", index), value=zone, allowed=f"such as {', '.join(known)}")


@rule("Subnets for your load balancer, Elastic Load Balancing; VPC and subnet requirements, Amazon EKS User Guide")
def zone_comes_once(environment: Environment) -> Iterator[Problem]:
    """Load balancers and EKS refuse two subnets of one zone."""
    yield from values_come_once(("availability_zones",), environment.availability_zones, called="zone")


@rule("docs/adr/0003: the address plan")
def zone_has_a_slot(environment: Environment) -> Iterator[Problem]:
    """The address plan has no room for more zones than slots."""
    zones = len(environment.availability_zones)
    if environment.network.zone_slots < zones:
        yield Problem(
            path=("network", "zone_slots"),
            value=environment.network.zone_slots,
            allowed=f"at least the {zones} availability_zones",
        )


@rule("VPC CIDR blocks, Amazon VPC User Guide")
def range_is_of_a_size_that_a_vpc_may_have(environment: Environment) -> Iterator[Problem]:
    """EC2 refuses a VPC that is larger than a /16 or smaller than a /28."""
    cidr = environment.network.cidr
    if not 16 <= cidr.prefixlen <= 28:
        yield Problem(path=("network", "cidr"), value=str(cidr), allowed="a prefix length from 16 to 28")


@rule("VPC CIDR blocks, Amazon VPC User Guide")
def range_is_private(environment: Environment) -> Iterator[Problem]:
    """Hosts of a VPC with public addresses cannot reach the owners of these addresses in the internet."""
    cidr = environment.network.cidr
    if not any(cidr.subnet_of(private) for private in PRIVATE):
        yield Problem(
            path=("network", "cidr"), value=str(cidr), allowed=f"a range within {', '.join(map(str, PRIVATE))}"
        )


@rule("Subnet CIDR blocks, Amazon VPC User Guide")
def subnets_fit_the_range(environment: Environment) -> Iterator[Problem]:
    """The subnets of all zones must lie in the range of the VPC."""
    network = environment.network
    if not 16 <= network.cidr.prefixlen <= 28:
        return
    public, private = network.public_prefix_length, network.private_prefix_length
    wanted = network.zone_slots * (2 ** (32 - public) + 2 ** (32 - private))
    if wanted > network.cidr.num_addresses:
        yield Problem(
            path=("network", "cidr"),
            value=str(network.cidr),
            allowed=f"a range that holds {network.zone_slots} zones (zone_slots) of a /{public} and a /{private}: "
            f"{wanted} addresses, this has {network.cidr.num_addresses}",
        )


@rule("Choosing an Amazon EC2 instance type, maximum Pods; Task networking, Amazon ECS Developer Guide")
def subnets_have_an_address_for_every_task_and_pod(environment: Environment) -> Iterator[Problem]:
    """Every task and every pod takes an address of a private subnet; when they run out, it waits for ever."""
    zones = len(environment.availability_zones)
    available = zones * (2 ** (32 - environment.network.private_prefix_length) - RESERVED_ADDRESSES)
    needed = _addresses_needed(environment)
    if needed > available:
        yield Problem(
            path=("network", "private_prefix_length"),
            value=environment.network.private_prefix_length,
            allowed=f"subnets that hold {needed} addresses together, these hold {available}: a smaller number, or "
            "fewer tasks and nodes at most",
        )


def _addresses_needed(environment: Environment) -> int:
    known = instance_types()
    needed = 0
    if environment.ecs is not None:
        for service in environment.ecs.services.values():
            # New tasks start before old ones stop: twice as many during a deployment.
            needed += 2 * (service.scaling.max_tasks if service.scaling else service.desired_tasks)
        needed += environment.ecs.capacity.max_size if environment.ecs.capacity else 0
    if environment.eks is not None:
        for group in environment.eks.node_groups.values():
            pods = max((known[name].max_pods for name in group.instance_types if name in known), default=0)
            needed += group.max_size * pods
    return needed


@rule("Amazon ECR interface VPC endpoints; Using CloudWatch Logs with interface VPC endpoints")
def endpoints_replace_nat_for_images_and_logs(environment: Environment) -> Iterator[Problem]:
    """Without NAT, no task and no node could pull an image or write a log line."""
    yield from _missing(environment, {"ecr.api", "ecr.dkr", "logs"}, "nat_gateways is none")


@rule("Amazon ECS interface VPC endpoints")
def endpoints_replace_nat_for_ecs_instances(environment: Environment) -> Iterator[Problem]:
    """Without NAT, an instance could not register with the ECS cluster."""
    if environment.ecs is not None and environment.ecs.capacity is not None:
        wanted = {"ecs", "ecs-agent", "ecs-telemetry"}
        yield from _missing(environment, wanted, "nat_gateways is none and ECS has instances")


@rule("Using ECS Exec; Amazon ECS interface VPC endpoints")
def endpoints_replace_nat_for_secrets_and_exec(environment: Environment) -> Iterator[Problem]:
    """Without NAT, a task could not read its secrets, nor open a session for ECS Exec."""
    if environment.ecs is None:
        return
    services = environment.ecs.services.values()
    arns = [arn for each in services for container in each.containers.values() for arn in container.secrets.values()]
    wanted = {
        *({"secretsmanager"} if any(":secretsmanager:" in arn for arn in arns) else ()),
        *({"ssm"} if any(":ssm:" in arn for arn in arns) else ()),
        *({"ssmmessages"} if any(each.execute_command for each in services) else ()),
    }
    yield from _missing(environment, wanted, "nat_gateways is none and services use them")


@rule("Deploy private clusters with limited internet access, Amazon EKS User Guide")
def endpoints_replace_nat_for_eks_nodes(environment: Environment) -> Iterator[Problem]:
    """Without NAT, nodes could neither describe themselves nor give pods their identity, and would not join."""
    if environment.eks is not None and environment.eks.node_groups:
        # eks-auth is what the Pod Identity agent calls.
        yield from _missing(environment, {"ec2", "eks-auth"}, "nat_gateways is none and EKS has nodes")


@rule("Deploy private clusters with limited internet access, Amazon EKS User Guide")
def eks_endpoint_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT, nodes could not reach a control plane that has a public endpoint only."""
    if environment.eks is None or environment.network.nat_gateways != "none":
        return
    if environment.eks.endpoint.access == "public":
        yield Problem(
            path=("eks", "endpoint", "access"),
            value="public",
            allowed="private or public_and_private, because nat_gateways is none",
        )


def _missing(environment: Environment, wanted: set[str], because: str) -> Iterator[Problem]:
    network = environment.network
    missing = wanted - set(network.interface_endpoints)
    if network.nat_gateways == "none" and missing:
        yield Problem(
            path=("network", "interface_endpoints"),
            value=list(network.interface_endpoints),
            allowed=f"also {', '.join(sorted(missing))}, because {because}",
        )


@rule("Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide")
def endpoint_comes_once(environment: Environment) -> Iterator[Problem]:
    """Two endpoints of one service would both claim its private name, and the second would fail."""
    endpoints = environment.network.interface_endpoints
    yield from values_come_once(("network", "interface_endpoints"), endpoints, called="endpoint")
