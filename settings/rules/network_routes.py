"""Rules of routes to other networks, and of the addresses of NAT gateways."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule

_CIDRS = "network.routes.<name>.cidrs[]"
_ANYWHERE = IPv4Network("0.0.0.0/0")


@rule("Route tables, Amazon VPC User Guide: route priority", keys=(_CIDRS, "network.nat_gateways"))
def route_has_one_target(environment: Environment) -> Iterator[Problem]:
    """A route table has one route to a destination; a second one is refused."""
    network = environment.network
    seen: dict[IPv4Network, str] = {}
    if network.nat_gateways != "none":
        seen[_ANYWHERE] = "nat_gateways"
    for name, route in network.routes.items():
        for index, cidr in enumerate(route.cidrs):
            if cidr in seen:
                yield Problem(
                    path=("network", "routes", name, "cidrs", index),
                    finding=f"{cidr} leads to {seen[cidr]} already",
                    fix="set nat_gateways to none, or remove the CIDR block"
                    if seen[cidr] == "nat_gateways"
                    else "remove one of the two",
                )
            seen.setdefault(cidr, name)


@rule("Route tables, Amazon VPC User Guide: local route", keys=(_CIDRS, "network.cidr", "network.pod_cidr"))
def route_leads_out_of_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Amazon VPC refuses a route to a part of the VPC through a transit gateway or a peering connection."""
    for name, route in environment.network.routes.items():
        for index, cidr in enumerate(route.cidrs):
            inside = next((each for each in environment.network.cidrs if cidr.subnet_of(each)), None)
            if inside is not None:
                yield Problem(
                    path=("network", "routes", name, "cidrs", index),
                    finding=f"{cidr} is in {inside}, the VPC itself",
                    fix="state the CIDR block of the other network, which must not overlap that of the VPC",
                )


@rule("NAT gateway basics, Amazon VPC User Guide", keys=("network.nat_allocation_ids", "network.nat_gateways"))
def nat_gateways_have_an_address_each(environment: Environment) -> Iterator[Problem]:
    """Each zonal NAT gateway has one Elastic IP address, which no other can have; a regional one has its own."""
    network = environment.network
    ids = network.nat_allocation_ids
    yield from come_once(("network", "nat_allocation_ids"), ids)
    needed = {"one": 1, "one_per_zone": len(environment.availability_zones)}.get(network.nat_gateways, 0)
    if ids and len(ids) != needed:
        yield Problem(
            path=("network", "nat_allocation_ids"),
            finding=f"there are {len(ids)} allocation IDs, and nat_gateways is {network.nat_gateways}",
            allowed=f"{needed} allocation IDs" if needed else "none",
        )
