"""Connections from outside of the VPCs."""

from __future__ import annotations

from collections.abc import Iterator

from tools.page.addresses import Block
from tools.page.connections import Connection, Outside, largest
from tools.page.lattice import NETWORK
from tools.page.outsiders import having_group
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.templates import Templates


def inbound_connections(templates: Templates) -> Iterator[Connection]:
    """All of them."""
    # Only clients in the VPC call a service network by its association ("VPC Lattice: how it works").
    with_addresses = [each for each in templates.in_vpc if each.kind != NETWORK]
    for source, addresses in templates.sources.items():
        for target in with_addresses:
            yield from largest(_into(templates, source, addresses, target))
    for target in templates.in_vpc:
        yield from largest(_from_unknown_groups(templates, target))


def _into(templates: Templates, source: Outside, addresses: list[Block], target: Place) -> Iterator[Connection]:
    for cidr in target.allow_list:
        allowed = Block.of(cidr)
        if allowed and all(allowed.contains(each) for each in addresses):
            said = f"tcp 443 from {cidr} to the public endpoint"
            for port in Ports("tcp", 443, 443).within(target.ports):
                yield Connection(source, target, port, "", said, route="public endpoint of AWS")
    network = templates.network
    versions = {each.version for each in network.addresses(target)}
    ways = network.ways_in(target, [each for each in addresses if each.version in versions])
    for rule in templates.rules.of(target, "Ingress"):
        if not ways or not templates.outsiders.admits(rule, source, addresses):
            continue
        for way in ways:
            crossing = network.crossing(target, way, is_inbound=True)
            for within in rule.ports.within(target.ports):
                for ports, passes in crossing.passing(within):
                    certain = passes and rule.is_certain and way.is_certain
                    yield Connection(source, target, ports, "", rule.said, rule.where, way.said, is_certain=certain)


def _from_unknown_groups(templates: Templates, target: Place) -> Iterator[Connection]:
    """Whatever has a security group of others, in this VPC or in one with a peering connection."""
    for rule in templates.rules.of(target, "Ingress"):
        if templates.rules.is_of_unknown_group(rule):
            for ports in rule.ports.within(target.ports):
                source, route = having_group(rule.peer), "in the VPC, or a peered one"
                yield Connection(source, target, ports, "", rule.said, rule.where, route, is_certain=False)
