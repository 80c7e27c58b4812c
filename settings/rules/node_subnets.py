"""Rules of nodes in subnets that exist: in a Local Zone, on an Outpost, or of a network team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
_PLACES: Final = {
    "local_zone": "in a Local Zone",
    "outpost": "on an Outpost",
    "wavelength_zone": "in a Wavelength Zone",
}


@rule(
    "VPC and subnet requirements; EKS on Local Zones; Amazon EKS on AWS Outposts, Amazon EKS User Guide",
    keys=(f"{_NODE}.location",),
)
def nodes_beyond_the_region_have_subnets(environment: Environment) -> Iterator[Problem]:
    """The subnets of the environment are in its Availability Zones, because the control plane uses them."""
    for path, node in instance_nodes(environment):
        if node.location != "region" and not node.subnet_ids:
            yield Problem(
                path=(*path, "location"),
                finding=f"location is {node.location}, but subnet_ids is null",
                fix=f"state subnet_ids: subnets of the VPC {_PLACES[node.location]}",
            )


@rule("VPC and subnet requirements, Amazon EKS User Guide", keys=(f"{_NODE}.subnet_ids",))
def nodes_have_subnets_or_zones(environment: Environment) -> Iterator[Problem]:
    """Subnets that are stated decide the zones."""
    for path, node in instance_nodes(environment):
        if node.subnet_ids and node.availability_zones:
            yield Problem(
                path=(*path, "subnet_ids"),
                finding="there are subnet_ids and availability_zones",
                fix="remove one of the two",
            )


@rule("AWS::AutoScaling::AutoScalingGroup; CreateNodegroup, Amazon EKS API Reference", keys=(f"{_NODE}.subnet_ids[]",))
def subnet_comes_once(environment: Environment) -> Iterator[Problem]:
    """What is listed twice says nothing more, and AWS refuses it."""
    for path, node in instance_nodes(environment):
        yield from come_once((*path, "subnet_ids"), node.subnet_ids or ())
