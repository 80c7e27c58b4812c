"""Rules of reservations, placement groups, and EFA of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks


def nodes(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed}}, batch: {{kind: managed, desired_size: 0, min_size: 0, {text}}}}}")


GPU = "architecture: x86_64, accelerator: nvidia, instance_types: [p4d.24xlarge]"
RESERVED = "capacity_reservation_id: cr-0123456789abcdef0"
ZONE = "availability_zones: [eu-west-1a]"


def block(text: str, gpu: str = GPU) -> str:
    return nodes(f"capacity_type: capacity_block, {gpu}, {text}")


def efa(count: int, *types: str, zones: str = ZONE) -> str:
    return nodes(f"architecture: x86_64, efa_interfaces: {count}, instance_types: [{', '.join(types)}], {zones}")


GROUPS = eks("nodes: {main: {kind: managed, security_group_ids: [%s]}}")

PAIRS = (
    RulePair(
        rule="capacity_block_is_complete",
        rejected=block(ZONE),
        accepted=block(f"{ZONE}, {RESERVED}"),
        message=(
            "eks.nodes.batch.capacity_reservation_id: capacity_type is capacity_block, but the Capacity "
            "Block is not stated\n"
            "fix: state its ID, such as cr-0123456789abcdef0\n"
            "why: Amazon EKS refuses a Capacity Block without its ID, of several types or zones, or of a "
            "type that has none."
        ),
    ),
    RulePair(
        rule="capacity_block_is_complete: in one zone",
        rejected=block(RESERVED),
        accepted=block(f"{ZONE}, {RESERVED}"),
        message=(
            "eks.nodes.batch.availability_zones: a Capacity Block is in one zone, and the nodes are in "
            "eu-west-1a and eu-west-1b\n"
            "fix: state the one of the Capacity Block\n"
            "why: Amazon EKS refuses a Capacity Block without its ID, of several types or zones, or of a "
            "type that has none."
        ),
    ),
    RulePair(
        rule="capacity_block_is_complete: of one type",
        rejected=block(f"{ZONE}, {RESERVED}", GPU.replace("[", "[g6.48xlarge, ")),
        accepted=block(f"{ZONE}, {RESERVED}"),
        message=(
            "eks.nodes.batch.instance_types: a Capacity Block is of one instance type, and there are 2\n"
            "fix: state the one of the Capacity Block\n"
            "why: Amazon EKS refuses a Capacity Block without its ID, of several types or zones, or of a "
            "type that has none."
        ),
    ),
    RulePair(
        rule="capacity_block_is_complete: that there are Capacity Blocks of",
        rejected=block(f"{ZONE}, {RESERVED}", "instance_types: [m7g.large]"),
        accepted=block(f"{ZONE}, {RESERVED}"),
        message=(
            "eks.nodes.batch.instance_types[0]: there are no Capacity Blocks of m7g.large\n"
            "allowed: an instance type with GPUs or Neuron devices\n"
            "why: Amazon EKS refuses a Capacity Block without its ID, of several types or zones, or of a "
            "type that has none."
        ),
    ),
    RulePair(
        rule="reservation_is_not_for_spot",
        rejected=nodes(f"{RESERVED}, {ZONE}, capacity_type: spot, instance_types: [m7g.large, m6g.large]"),
        accepted=nodes(f"{ZONE}, capacity_type: spot, instance_types: [m7g.large, m6g.large]"),
        message=(
            "eks.nodes.batch.capacity_reservation_id: nodes can be Spot Instances, and there is a Capacity "
            "Reservation\n"
            "fix: use On-Demand Instances alone, or remove the Capacity Reservation\n"
            "why: Spot Instances do not run in a Capacity Reservation."
        ),
    ),
    RulePair(
        rule="reservation_is_of_one_type_and_zone",
        rejected=nodes(RESERVED),
        accepted=nodes(f"{RESERVED}, {ZONE}"),
        message=(
            "eks.nodes.batch.availability_zones: a Capacity Reservation is in one zone, and the nodes are in "
            "eu-west-1a and eu-west-1b\n"
            "fix: state the one of the Capacity Reservation\n"
            "why: No instance of another type, or in another zone, starts in a Capacity Reservation."
        ),
    ),
    RulePair(
        rule="reservation_is_of_one_type_and_zone: of one type",
        rejected=nodes(f"{RESERVED}, {ZONE}, instance_types: [m7g.large, m6g.large]"),
        accepted=nodes(f"{RESERVED}, {ZONE}, instance_types: [m6g.large]"),
        message=(
            "eks.nodes.batch.instance_types: a Capacity Reservation is of one instance type, and there are 2\n"
            "fix: state the one of the Capacity Reservation\n"
            "why: No instance of another type, or in another zone, starts in a Capacity Reservation."
        ),
    ),
    RulePair(
        rule="placement_group_holds_the_nodes",
        rejected=nodes("placement_group: cluster"),
        accepted=nodes(f"placement_group: cluster, {ZONE}"),
        message=(
            "eks.nodes.batch.placement_group: placement_group is cluster, but the nodes are in eu-west-1a "
            "and eu-west-1b\n"
            "fix: state one zone in availability_zones, or use partition or spread\n"
            "why: A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances "
            "in each zone."
        ),
    ),
    RulePair(
        rule="placement_group_holds_the_nodes: in any zone, if they need not be close together",
        rejected=nodes("placement_group: cluster"),
        accepted=nodes("placement_group: partition"),
        message=(
            "eks.nodes.batch.placement_group: placement_group is cluster, but the nodes are in eu-west-1a "
            "and eu-west-1b\n"
            "fix: state one zone in availability_zones, or use partition or spread\n"
            "why: A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances "
            "in each zone."
        ),
    ),
    RulePair(
        rule="placement_group_holds_the_nodes: of a type that it takes",
        rejected=nodes(f"placement_group: cluster, {ZONE}, instance_types: [t4g.large]"),
        accepted=nodes(f"placement_group: spread, {ZONE}, instance_types: [t4g.large]"),
        message=(
            "eks.nodes.batch.instance_types[0]: placement_group is cluster, which takes no t4g.large\n"
            "allowed: an instance type that is neither burstable nor flex\n"
            "why: A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances "
            "in each zone."
        ),
    ),
    RulePair(
        rule="placement_group_holds_the_nodes: which flex types are not",
        rejected=nodes(f"placement_group: cluster, {ZONE}, architecture: x86_64, instance_types: [m7i-flex.large]"),
        accepted=nodes(f"placement_group: cluster, {ZONE}, architecture: x86_64, instance_types: [m7i.large]"),
        message=(
            "eks.nodes.batch.instance_types[0]: placement_group is cluster, which takes no m7i-flex.large\n"
            "allowed: an instance type that is neither burstable nor flex\n"
            "why: A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances "
            "in each zone."
        ),
    ),
    RulePair(
        rule="placement_group_holds_the_nodes: seven in each zone",
        rejected=nodes("placement_group: spread, max_size: 15"),
        accepted=nodes("placement_group: spread, max_size: 14"),
        message=(
            "eks.nodes.batch.max_size: 15 is not allowed\n"
            "allowed: at most 14, because placement_group is spread: 7 in each of 2 zones\n"
            "why: A cluster is in one zone and takes no burstable or flex types; a spread takes 7 instances "
            "in each zone."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_efa_interfaces",
        rejected=efa(1, "m7i.large"),
        accepted=efa(1, "m7i.48xlarge"),
        message=(
            "eks.nodes.batch.instance_types[0]: efa_interfaces is 1, but m7i.large has none\n"
            "fix: use a smaller efa_interfaces, or other instance types\n"
            "why: Amazon EC2 refuses more Elastic Fabric Adapters than an instance type has network cards "
            "for them."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_efa_interfaces: as many",
        rejected=efa(3, "c6in.32xlarge"),
        accepted=efa(2, "c6in.32xlarge"),
        message=(
            "eks.nodes.batch.instance_types[0]: efa_interfaces is 3, but c6in.32xlarge has 2\n"
            "fix: use a smaller efa_interfaces, or other instance types\n"
            "why: Amazon EC2 refuses more Elastic Fabric Adapters than an instance type has network cards "
            "for them."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_efa_interfaces: on the first network card",
        rejected=nodes(
            f"architecture: x86_64, accelerator: nvidia, efa_interfaces: 1, instance_types: [p6-b300.48xlarge], {ZONE}"
        ).replace("eu-west-1", "us-west-2"),
        accepted=nodes(
            f"architecture: x86_64, accelerator: nvidia, efa_interfaces: 1, instance_types: [p5.48xlarge], {ZONE}"
        ).replace("eu-west-1", "us-west-2"),
        message=(
            "eks.nodes.batch.instance_types[0]: the first network card of p6-b300.48xlarge has no EFA, which "
            "efa_interfaces counts on\n"
            "fix: remove efa_interfaces, or use other instance types\n"
            "why: Amazon EC2 refuses more Elastic Fabric Adapters than an instance type has network cards "
            "for them."
        ),
    ),
    RulePair(
        rule="efa_is_in_one_zone",
        rejected=efa(1, "m7i.48xlarge", zones=""),
        accepted=efa(1, "m7i.48xlarge"),
        message=(
            "eks.nodes.batch.efa_interfaces: the nodes are in eu-west-1a and eu-west-1b\n"
            "fix: state one zone in availability_zones, or acknowledge that jobs stay within a zone\n"
            "why: Elastic Fabric Adapters reach each other within an Availability Zone only."
        ),
    ),
    RulePair(
        rule="security_groups_fit_an_interface",
        rejected=GROUPS % "sg-00000001, sg-00000002, sg-00000003, sg-00000004, sg-00000005",
        accepted=GROUPS % "sg-00000001, sg-00000002, sg-00000003, sg-00000004",
        message=(
            "eks.nodes.main.security_group_ids: each network interface has 6 security groups with that of "
            "the cluster, and the quota is 5\n"
            "fix: use fewer, or have the quota raised and acknowledge this\n"
            "why: Amazon EC2 refuses a sixth security group of a network interface, unless the quota is "
            "raised."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
