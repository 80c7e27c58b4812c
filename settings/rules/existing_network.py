"""Rules of a VPC that exists."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network
from itertools import combinations

from reference_constructs.network.existing_vpc_options import ExistingSubnetOptions
from reference_constructs.network.vpc_options import VpcEndpointOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.keys import task_keys
from settings.rules.routing_subjects import load_balancers, new_network_load_balancers
from settings.rules.rule import rule
from settings.rules.subjects import tasks

_EXISTING: KeyPath = ("network", "existing")
# Endpoints can be added to a VPC that exists.
_BESIDE_EXISTING = {"existing", "interface_endpoints", *VpcEndpointOptions.model_fields}
_GROUPS = ("private_subnets", "public_subnets", "pod_subnets")
_SUBNETS = tuple(f"network.existing.{group}" for group in _GROUPS)
# "Subnets for your load balancer": at least 8 free addresses, in a block of at least /27.
_LONGEST_PREFIX_OF_A_LOAD_BALANCER = 27


@rule("docs/adr/0025: a VPC that exists", keys=("network",))
def existing_vpc_is_not_shaped(environment: Environment) -> Iterator[Problem]:
    """The VPC is what its owner made of it, so a key that shapes a new one would do nothing."""
    if environment.network.existing is None:
        return
    for key in sorted(environment.network.model_fields_set - _BESIDE_EXISTING):
        yield Problem(
            path=("network", key),
            finding=f"{key} is of a new VPC, but there is network.existing",
            fix=f"remove {key}, or remove existing",
        )


@rule(
    "VPC and subnet requirements, Amazon EKS User Guide; Regions and Zones, Amazon EC2 User Guide",
    keys=("availability_zones", *_SUBNETS),
)
def existing_subnets_are_in_the_zones(environment: Environment) -> Iterator[Problem]:
    """Tasks, nodes, and endpoints run in a private subnet of each Availability Zone of the environment."""
    existing = environment.network.existing
    if existing is None:
        return
    zones = environment.availability_zones
    for zone in zones:
        if zone not in existing.private_subnets:
            yield Problem(
                path=(*_EXISTING, "private_subnets"),
                finding=f"{zone} is one of availability_zones, and has no private subnet",
                fix=f"add the private subnet in {zone}, or remove the zone from availability_zones",
            )
    for group, zone, _ in _subnets(environment):
        if zone not in zones:
            yield Problem(
                path=(*_EXISTING, group, zone),
                finding=f"{zone} is none of availability_zones",
                fix=f"add {zone} to availability_zones, or remove the subnet",
            )


@rule("CreateSubnet, Amazon EC2 API Reference", keys=_SUBNETS)
def existing_subnet_comes_once(environment: Environment) -> Iterator[Problem]:
    """A subnet is in one Availability Zone, and it is either public or private."""
    seen: dict[str, str] = {}
    for group, zone, subnet in _subnets(environment):
        place = f"{group}.{zone}"
        if subnet.subnet_id in seen:
            yield Problem(
                path=(*_EXISTING, group, zone, "subnet_id"),
                finding=f"{subnet.subnet_id} is {seen[subnet.subnet_id]} already",
                fix="state the ID of another subnet",
            )
        seen.setdefault(subnet.subnet_id, place)


@rule("VPC CIDR blocks; Subnet CIDR blocks, Amazon VPC User Guide", keys=("network.existing.cidrs", *_SUBNETS))
def existing_ranges_fit_each_other(environment: Environment) -> Iterator[Problem]:
    """CIDR blocks of a VPC do not overlap, and those of its subnets are parts of them that do not overlap either."""
    existing = environment.network.existing
    if existing is None:
        return
    yield from _overlapping([((*_EXISTING, "cidrs", index), cidr) for index, cidr in enumerate(existing.cidrs)])
    ranges = [((*_EXISTING, group, zone, "cidr"), subnet.cidr) for group, zone, subnet in _subnets(environment)]
    yield from _overlapping(ranges)
    for path, cidr in ranges:
        if not any(cidr.subnet_of(each) for each in existing.cidrs):
            yield Problem(path=path, value=str(cidr), allowed=f"a part of {listed(existing.cidrs, 'or')}")


@rule(
    "Subnets for your load balancer, Elastic Load Balancing",
    keys=(*_SUBNETS, "ecs.load_balancer.scheme"),
)
def load_balancer_has_existing_subnets(environment: Environment) -> Iterator[Problem]:
    """Elastic Load Balancing refuses a load balancer with subnets of one zone, or with a subnet smaller than a /27."""
    existing = environment.network.existing
    if existing is None:
        return
    schemes = [each.scheme for _, each in load_balancers(environment)]
    schemes += [each.scheme for _, _, each in new_network_load_balancers(environment)]
    for scheme in dict.fromkeys(schemes):
        group = "public_subnets" if scheme == "internet-facing" else "private_subnets"
        subnets: dict[str, ExistingSubnetOptions] = getattr(existing, group)
        if len(subnets) < 2:
            yield Problem(
                path=(*_EXISTING, group),
                finding=f"the load balancer is {scheme}, and there are {len(subnets) or 'no'} {group}",
                fix="add the public subnets of two zones, or set ecs.load_balancer.scheme to internal",
            )
        for zone, subnet in subnets.items():
            if subnet.cidr.prefixlen > _LONGEST_PREFIX_OF_A_LOAD_BALANCER:
                yield Problem(
                    path=(*_EXISTING, group, zone, "cidr"),
                    value=str(subnet.cidr),
                    allowed=f"a prefix length of at most /{_LONGEST_PREFIX_OF_A_LOAD_BALANCER} for the load balancer",
                )


@rule("Amazon ECS task networking options for Fargate", keys=(*_SUBNETS, *task_keys("assign_public_ip")))
def task_with_a_public_address_has_public_subnets(environment: Environment) -> Iterator[Problem]:
    """A public address is of use in a subnet with a route to an internet gateway only."""
    existing = environment.network.existing
    if existing is None or existing.public_subnets:
        return
    for path, task in tasks(environment):
        if task.assign_public_ip:
            yield Problem(
                path=(*path, "assign_public_ip"),
                finding="there are no public_subnets in network.existing",
                fix="add them, or leave assign_public_ip out",
            )


def _subnets(environment: Environment) -> Iterator[tuple[str, str, ExistingSubnetOptions]]:
    """Group, zone, and subnet."""
    existing = environment.network.existing
    for group in _GROUPS if existing else ():
        found: dict[str, ExistingSubnetOptions] = getattr(existing, group)
        for zone, subnet in found.items():
            yield group, zone, subnet


def _overlapping(ranges: list[tuple[KeyPath, IPv4Network]]) -> Iterator[Problem]:
    for (_, first), (path, second) in combinations(ranges, 2):
        if first.overlaps(second):
            yield Problem(
                path=path, finding=f"{str(second)!r} overlaps {first}", fix="state the CIDR block as AWS has it"
            )
