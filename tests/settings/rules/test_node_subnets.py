"""Rules of nodes in subnets that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_existing_network import existing
from tests.support.rule_pairs import RulePair, eks, message

SUBNET, OTHER = "subnet-0123456789abcdef0", "subnet-0123456789abcdef1"
X86 = "architecture: x86_64, instance_types: [r5.2xlarge]"
GRACE = "kubelet: {shutdownGracePeriod: 90s}"


def managed(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed}}, edge: {{kind: managed, {text}}}}}")


def in_local_zone(subnet: str) -> str:
    """Nodes in a Local Zone of a VPC that exists."""
    nodes = f"edge: {{kind: managed, location: local_zone, subnet_ids: [{subnet}]}}"
    return eks(f"nodes: {{main: {{kind: managed}}, {nodes}}}", head=existing())


def two_places(subnet: str) -> str:
    """Nodes in a Local Zone, and others in a Wavelength Zone."""
    far = f"far: {{kind: self_managed, {GRACE}, {X86}, location: wavelength_zone, subnet_ids: [{subnet}]}}"
    edge = f"edge: {{kind: managed, location: local_zone, subnet_ids: [{SUBNET}]}}"
    return eks(
        f"nodes: {{main: {{kind: managed}}, {edge}, {far}}}",
        "service_cidr: 172.20.0.0/16",
    )


PUBLIC = (
    "why: In a public subnet, managed nodes have public IP addresses, and self-managed nodes no way to the internet."
)


def in_public_subnet(kind: str, subnet: str) -> str:
    """Nodes in a VPC that exists, with one public subnet."""
    public = "eu-west-1a: {subnet_id: subnet-00000003, cidr: 10.7.64.0/24}"
    nodes = f"main: {{kind: managed}}, web: {{kind: {kind}, subnet_ids: [{subnet}]}}"
    return eks(f"nodes: {{{nodes}}}", "service_cidr: 172.20.0.0/16", head=existing(public=public))


PAIRS = (
    RulePair(
        rule="nodes_are_in_private_subnets",
        rejected=in_public_subnet("managed", "subnet-00000003"),
        accepted=in_public_subnet("managed", SUBNET),
        message=(
            "eks.nodes.web.subnet_ids[0]: subnet-00000003 is one of network.existing.public_subnets\n"
            "fix: use private subnets, or acknowledge that only the cluster security group admits anybody to the "
            "nodes\n" + PUBLIC
        ),
    ),
    RulePair(
        rule="nodes_are_in_private_subnets: self-managed ones",
        rejected=in_public_subnet(f"self_managed, {GRACE}", "subnet-00000003"),
        accepted=in_public_subnet(f"self_managed, {GRACE}", SUBNET),
        message=(
            "eks.nodes.web.subnet_ids[0]: subnet-00000003 is one of network.existing.public_subnets\n"
            "fix: use private subnets, or acknowledge that VPC endpoints are the way to AWS\n" + PUBLIC
        ),
    ),
    RulePair(
        rule="nodes_beyond_the_region_have_subnets",
        rejected=managed("location: local_zone"),
        accepted=managed(f"location: local_zone, subnet_ids: [{SUBNET}]"),
        message=(
            "eks.nodes.edge.location: location is local_zone, but subnet_ids is null\n"
            "fix: state subnet_ids: subnets of the VPC in a Local Zone\n"
            "why: The subnets of the environment are in its Availability Zones, because the control plane uses them."
        ),
    ),
    RulePair(
        rule="nodes_have_subnets_or_zones",
        rejected=managed(f"subnet_ids: [{SUBNET}], availability_zones: [eu-west-1a]"),
        accepted=managed(f"subnet_ids: [{SUBNET}]"),
        message=(
            "eks.nodes.edge.subnet_ids: there are subnet_ids and availability_zones\n"
            "fix: remove one of the two\n"
            "why: Subnets that are stated decide the zones."
        ),
    ),
    RulePair(
        rule="subnet_comes_once",
        rejected=managed(f"subnet_ids: [{SUBNET}, {SUBNET}]"),
        accepted=managed(f"subnet_ids: [{SUBNET}, {OTHER}]"),
        message=(
            f"eks.nodes.edge.subnet_ids[1]: '{SUBNET}' is listed twice\n"
            "fix: remove one of the two\n"
            "why: What is listed twice says nothing more, and AWS refuses it."
        ),
    ),
    RulePair(
        rule="subnet_of_nodes_is_in_one_place",
        rejected=in_local_zone("subnet-0000000a"),
        accepted=in_local_zone("subnet-0000000c"),
        message=(
            "eks.nodes.edge.subnet_ids[0]: subnet-0000000a is of network.existing.private_subnets.eu-west-1a, in an "
            "Availability Zone, and location is local_zone\n"
            "fix: state a subnet in a Local Zone\n"
            "why: A subnet is in one Availability Zone, one Local Zone, one Wavelength Zone, or on one Outpost."
        ),
    ),
    RulePair(
        rule="subnet_of_nodes_is_in_one_place: which nodes in the Region may use too",
        rejected=in_local_zone("subnet-0000000b"),
        accepted=in_local_zone("subnet-0000000b").replace("location: local_zone", "location: region"),
        message=(
            "eks.nodes.edge.subnet_ids[0]: subnet-0000000b is of network.existing.private_subnets.eu-west-1b, in an "
            "Availability Zone, and location is local_zone\n"
            "fix: state a subnet in a Local Zone\n"
            "why: A subnet is in one Availability Zone, one Local Zone, one Wavelength Zone, or on one Outpost."
        ),
    ),
    RulePair(
        rule="subnet_of_nodes_is_in_one_place: of other nodes",
        rejected=two_places(SUBNET),
        accepted=two_places(OTHER),
        message=(
            f"eks.nodes.far.subnet_ids[0]: {SUBNET} is of eks.nodes.edge, in a Local Zone, and location is "
            "wavelength_zone\n"
            "fix: state a subnet in a Wavelength Zone\n"
            "why: A subnet is in one Availability Zone, one Local Zone, one Wavelength Zone, or on one Outpost."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)


def test_the_environment_and_its_control_plane_are_in_no_local_zone(tmp_path: Path) -> None:
    text = managed("min_size: 1").replace("[eu-west-1a, eu-west-1b]", "[eu-west-1a, eu-west-1b, eu-west-1-lhr-1a]")

    assert message(tmp_path, text).splitlines()[0] == "availability_zones[2]: 'eu-west-1-lhr-1a' is not allowed"


MORE_NODES_THAN_ADDRESSES = "min_size: 0, desired_size: 0, max_size: 400, instance_types: [m7g.xlarge]"


@pytest.mark.parametrize("kind", ["location: outpost", "location: wavelength_zone"])
def test_managed_node_groups_are_only_where_amazon_eks_has_them(kind: str, tmp_path: Path) -> None:
    told = message(tmp_path, managed(f"{kind}, subnet_ids: [{SUBNET}]"))

    assert told.splitlines()[1] == "allowed: region or local_zone"


def test_nodes_elsewhere_take_no_addresses_and_zones_of_the_environment(tmp_path: Path) -> None:
    assert "private subnets" in message(tmp_path, managed(MORE_NODES_THAN_ADDRESSES))
    assert message(tmp_path, managed(f"{MORE_NODES_THAN_ADDRESSES}, subnet_ids: [{SUBNET}]")) == ""
    cluster = f"placement_group: cluster, subnet_ids: [{SUBNET}]"
    assert message(tmp_path, managed(cluster)) == ""
