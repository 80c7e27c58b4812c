"""Rules of reservations, placement groups, and EFA of nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from facts import instance_types
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.accelerators import accelerator_of
from settings.rules.comparisons import listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
_PLACEMENT: Final = "Placement strategies for your placement groups, Amazon EC2 User Guide"
_BLOCKS: Final = "Create a managed node group with Capacity Blocks for ML, Amazon EKS User Guide"
_SPREAD_NODES_OF_A_ZONE: Final = 7
_NOT_CLOSE_TOGETHER: Final = re.compile(r"t\d|[a-z0-9]+-flex\.")
# Its first network card is without EFA, so that no interface can be as `efa_interfaces` makes them.
_EFA_NOT_ON_THE_FIRST_CARD: Final = re.compile(r"p6-b300\.|p6e")
# "Amazon VPC quotas": it can be raised.
_SECURITY_GROUPS_OF_AN_INTERFACE: Final = 5


@rule(
    _BLOCKS,
    keys=(
        f"{_NODE}.capacity_reservation_id",
        f"{_NODE}.instance_types",
        f"{_NODE}.instance_types[]",
        f"{_NODE}.availability_zones",
    ),
)
def capacity_block_is_complete(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a Capacity Block without its ID, of several types or zones, or of a type that has none."""
    for path, node in instance_nodes(environment):
        if not isinstance(node, ManagedNodeGroupOptions) or node.capacity_type != "capacity_block":
            continue
        if node.capacity_reservation_id is None:
            yield Problem(
                path=(*path, "capacity_reservation_id"),
                finding="capacity_type is capacity_block, but the Capacity Block is not stated",
                fix="state its ID, such as cr-0123456789abcdef0",
            )
        if len(node.instance_types) > 1:
            yield Problem(
                path=(*path, "instance_types"),
                finding=f"a Capacity Block is of one instance type, and there are {len(node.instance_types)}",
                fix="state the one of the Capacity Block",
            )
        if len(_zones(environment, node)) > 1:
            yield Problem(
                path=(*path, "availability_zones"),
                finding=f"a Capacity Block is in one zone, and the nodes are in {listed(_zones(environment, node))}",
                fix="state the one of the Capacity Block",
            )
        for index, name in enumerate(node.instance_types):
            if name in instance_types() and accelerator_of(name) is None:
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"there are no Capacity Blocks of {name}",
                    allowed="an instance type with GPUs or Neuron devices",
                )


@rule("Capacity Reservations, Amazon EC2 User Guide", keys=(f"{_NODE}.capacity_reservation_id",))
def reservation_is_not_for_spot(environment: Environment) -> Iterator[Problem]:
    """Spot Instances do not run in a Capacity Reservation."""
    for path, node in instance_nodes(environment):
        if node.uses_spot and node.capacity_reservation_id:
            yield Problem(
                path=(*path, "capacity_reservation_id"),
                finding="nodes can be Spot Instances, and there is a Capacity Reservation",
                fix="use On-Demand Instances alone, or remove the Capacity Reservation",
            )


@warning(
    "Capacity Reservations, Amazon EC2 User Guide", keys=(f"{_NODE}.instance_types", f"{_NODE}.availability_zones")
)
def reservation_is_of_one_type_and_zone(environment: Environment) -> Iterator[Problem]:
    """No instance of another type, or in another zone, starts in a Capacity Reservation."""
    for path, node in instance_nodes(environment):
        is_block = isinstance(node, ManagedNodeGroupOptions) and node.capacity_type == "capacity_block"
        if node.capacity_reservation_id is None or node.uses_spot or is_block:
            continue
        if len(node.instance_types) > 1:
            yield Problem(
                path=(*path, "instance_types"),
                finding=f"a Capacity Reservation is of one instance type, and there are {len(node.instance_types)}",
                fix="state the one of the Capacity Reservation",
            )
        if len(_zones(environment, node)) > 1:
            zones = listed(_zones(environment, node))
            yield Problem(
                path=(*path, "availability_zones"),
                finding=f"a Capacity Reservation is in one zone, and the nodes are in {zones}",
                fix="state the one of the Capacity Reservation",
            )


@rule(_PLACEMENT, keys=(f"{_NODE}.placement_group", f"{_NODE}.instance_types[]", f"{_NODE}.max_size"))
def placement_group_holds_the_nodes(environment: Environment) -> Iterator[Problem]:
    """A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances in each zone."""
    for path, node in instance_nodes(environment):
        zones = _zones(environment, node)
        if node.placement_group == "cluster":
            yield from _close_together(path, node, zones)
        elif zones and node.placement_group == "spread" and node.max_nodes > _SPREAD_NODES_OF_A_ZONE * len(zones):
            yield Problem(
                path=(*path, "max_size"),
                value=node.max_nodes,
                allowed=f"at most {_SPREAD_NODES_OF_A_ZONE * len(zones)}, because placement_group is spread: "
                f"{_SPREAD_NODES_OF_A_ZONE} in each of {len(zones)} zones",
            )


def _close_together(path: KeyPath, node: InstanceNodeOptions, zones: tuple[str, ...]) -> Iterator[Problem]:
    if len(zones) > 1:
        yield Problem(
            path=(*path, "placement_group"),
            finding=f"placement_group is cluster, but the nodes are in {listed(zones)}",
            fix="state one zone in availability_zones, or use partition or spread",
        )
    for index, name in enumerate(node.instance_types):
        if _NOT_CLOSE_TOGETHER.match(name):
            yield Problem(
                path=(*path, "instance_types", index),
                finding=f"placement_group is cluster, which takes no {name}",
                allowed="an instance type that is neither burstable nor flex",
            )


@rule(
    "Elastic Fabric Adapter, supported instance types; facts/aws_facts.json",
    keys=(f"{_NODE}.instance_types[]", f"{_NODE}.efa_interfaces"),
)
def instance_type_has_the_efa_interfaces(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses more Elastic Fabric Adapters than an instance type has network cards for them."""
    for path, node in instance_nodes(environment):
        for index, name in enumerate(node.instance_types if node.efa_interfaces else ()):
            facts, wanted = instance_types().get(name), node.efa_interfaces or 0
            if facts is not None and facts.efa_interfaces < wanted:
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"efa_interfaces is {wanted}, but {name} has {facts.efa_interfaces or 'none'}",
                    fix="use a smaller efa_interfaces, or other instance types",
                )
            elif _EFA_NOT_ON_THE_FIRST_CARD.match(name):
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"the first network card of {name} has no EFA, which efa_interfaces counts on",
                    fix="remove efa_interfaces, or use other instance types",
                )


@warning("Elastic Fabric Adapter, EFA limitations, Amazon EC2 User Guide", keys=(f"{_NODE}.efa_interfaces",))
def efa_is_in_one_zone(environment: Environment) -> Iterator[Problem]:
    """Elastic Fabric Adapters reach each other within an Availability Zone only."""
    for path, node in instance_nodes(environment):
        if node.efa_interfaces and len(_zones(environment, node)) > 1:
            yield Problem(
                path=(*path, "efa_interfaces"),
                finding=f"the nodes are in {listed(_zones(environment, node))}",
                fix="state one zone in availability_zones, or acknowledge that jobs stay within a zone",
            )


@warning("Amazon VPC quotas: security groups per network interface", keys=(f"{_NODE}.security_group_ids",))
def security_groups_fit_an_interface(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 refuses a sixth security group of a network interface, unless the quota is raised."""
    for path, node in instance_nodes(environment):
        # That of the cluster, and one for EFA.
        total = len(node.security_group_ids) + 1 + bool(node.efa_interfaces)
        if node.security_group_ids and total > _SECURITY_GROUPS_OF_AN_INTERFACE:
            yield Problem(
                path=(*path, "security_group_ids"),
                finding=f"each network interface has {total} security groups with that of the cluster"
                f"{' and that of EFA' if node.efa_interfaces else ''}, and the quota is "
                f"{_SECURITY_GROUPS_OF_AN_INTERFACE}",
                fix="use fewer, or have the quota raised and acknowledge this",
            )


def _zones(environment: Environment, node: InstanceNodeOptions) -> tuple[str, ...]:
    """Those of the nodes; none of subnets that exist, whose zones are not known."""
    return () if node.subnet_ids else node.availability_zones or environment.availability_zones
