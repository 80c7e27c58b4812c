"""Rules of nodes in subnets that exist: in a Local Zone, on an Outpost, or of a network team."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes, local_cluster

_NODE: Final = "eks.nodes.<name>"
_GROUPS: Final = ("private_subnets", "public_subnets", "pod_subnets")
_PLACES: Final = {
    "region": "in an Availability Zone",
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


@rule(
    "VPC and subnet requirements; EKS on Local Zones, Amazon EKS User Guide; CreateSubnet, Amazon EC2 API Reference",
    keys=(f"{_NODE}.subnet_ids[]", f"{_NODE}.location", "eks.outpost.subnet_ids[]", "network.existing"),
)
def subnet_of_nodes_is_in_one_place(environment: Environment) -> Iterator[Problem]:
    """A subnet is in one Availability Zone, one Local Zone, one Wavelength Zone, or on one Outpost."""
    seen = dict(_stated(environment))
    for path, node in instance_nodes(environment):
        for index, subnet_id in enumerate(node.subnet_ids or ()):
            stated, location = seen.setdefault(subnet_id, (".".join(map(str, path)), node.location))
            # Subnets of the environment can be stated again for nodes in the Region.
            if location != node.location:
                yield Problem(
                    path=(*path, "subnet_ids", index),
                    finding=f"{subnet_id} is of {stated}, {_PLACES[location]}, and location is {node.location}",
                    fix=f"state a subnet {_PLACES[node.location]}",
                )


@warning(
    "VPC and subnet requirements: subnet requirements for nodes; Security Hub control EC2.9; CreateNodegroup, Amazon "
    "EKS API Reference",
    keys=(f"{_NODE}.subnet_ids[]", "network.existing.public_subnets"),
)
def nodes_are_in_private_subnets(environment: Environment) -> Iterator[Problem]:
    """In a public subnet, managed nodes have public IP addresses, and self-managed nodes no way to the internet."""
    existing = environment.network.existing
    public = {each.subnet_id for each in existing.public_subnets.values()} if existing else set()
    for path, node in instance_nodes(environment):
        for index, subnet_id in enumerate(node.subnet_ids or ()):
            if subnet_id in public:
                yield Problem(
                    path=(*path, "subnet_ids", index),
                    finding=f"{subnet_id} is one of network.existing.public_subnets",
                    fix="use private subnets, or acknowledge that only the cluster security group admits anybody to "
                    "the nodes"
                    if isinstance(node, ManagedNodeGroupOptions)
                    else "use private subnets, or acknowledge that VPC endpoints are the way to AWS",
                )


def _stated(environment: Environment) -> Iterator[tuple[str, tuple[str, str]]]:
    """IDs of other subnets, each with where it is stated, and the location that this means."""
    for group in _GROUPS if environment.network.existing else ():
        for zone, subnet in getattr(environment.network.existing, group).items():
            yield subnet.subnet_id, (f"network.existing.{group}.{zone}", "region")
    cluster = local_cluster(environment)
    for subnet_id in cluster.outpost.subnet_ids if cluster is not None and cluster.outpost is not None else ():
        yield subnet_id, ("eks.outpost", "outpost")
