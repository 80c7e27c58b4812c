"""Rules of address ranges."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, RulePair, capacity, eks, network, service

SMALL = network("private_prefix_length: 25")
SMALLEST = "network: {private_prefix_length: 26}\n"
EVEN = ("max_availability_zones: 2", "public_prefix_length: 20", "private_prefix_length: 20")
TWO_TYPES = "instance_types: [m7g.large, m7g.xlarge]"

WARM = "add_ons: {vpc-cni: {configuration: {env: {WARM_IP_TARGET: '5'}}}, metrics-server: {}}"
SPARE = (
    "network.private_prefix_length: 3 private subnets of size /24 have 753 usable addresses, but tasks, and instances "
    "with all their network interfaces, can take 900\n"
    "fix: use a smaller private_prefix_length, lower the maximum number of nodes or max_pods, or set WARM_IP_TARGET "
    "and MINIMUM_IP_TARGET in eks.add_ons.vpc-cni.configuration.env\n"
    "why: Nodes attach whole network interfaces, one of them spare, so that addresses run out before there are the "
    "pods."
)


def ten_nodes(text: str, *lines: str) -> str:
    node = f"{{kind: managed, architecture: x86_64, instance_types: [m5.4xlarge], max_size: 10, {text}}}"
    three = HEAD.replace("1b]", "1b, eu-west-1c]")
    return eks(f"nodes: {{main: {node}}}", *lines, head=three + "network: {private_prefix_length: 24}\n")


X86 = "kind: managed, architecture: x86_64, instance_types: [m7i.large]"
WINDOWS = "operating_system: windows_2022_core, taints: [{key: os}]"
PAIRS = (
    RulePair(
        rule="cidr_has_a_size_that_a_vpc_can_have",
        rejected=network("cidr: 10.0.0.0/15"),
        accepted=network("cidr: 10.0.0.0/16"),
        message=(
            "network.cidr: '10.0.0.0/15' is not allowed\n"
            "allowed: a prefix length from /16 to /28\n"
            "why: Amazon VPC refuses an IPv4 CIDR block that is larger than a /16 or smaller than a /28."
        ),
    ),
    RulePair(
        rule="cidr_has_a_size_that_a_vpc_can_have: which is all that is said of it",
        rejected=network("cidr: 10.0.0.0/29"),
        accepted=network("cidr: 10.0.0.0/16"),
        message=(
            "network.cidr: '10.0.0.0/29' is not allowed\n"
            "allowed: a prefix length from /16 to /28\n"
            "why: Amazon VPC refuses an IPv4 CIDR block that is larger than a /16 or smaller than a /28."
        ),
    ),
    RulePair(
        rule="cidr_has_addresses_of_hosts",
        rejected=network("cidr: 169.254.0.0/16"),
        accepted=network("cidr: 198.19.0.0/16"),
        message=(
            "network.cidr: '169.254.0.0/16' is not allowed\n"
            "allowed: a CIDR block within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, or 198.19.0.0/16\n"
            "why: These addresses mean this host, this link, or a group of hosts, so no instance, task, or pod can "
            "have one."
        ),
    ),
    RulePair(
        rule="cidr_is_private",
        rejected=network("cidr: 11.0.0.0/16"),
        accepted=network("cidr: 100.64.0.0/16"),
        message=(
            "network.cidr: '11.0.0.0/16' is not within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10, or "
            "198.19.0.0/16\n"
            "fix: use a CIDR block within one of these, unless the addresses are yours\n"
            "why: In a VPC with public addresses, the owners of these addresses on the internet cannot be "
            "reached."
        ),
    ),
    RulePair(
        rule="cidr_is_not_that_of_docker",
        rejected=network("cidr: 172.17.0.0/16"),
        accepted=network("cidr: 172.18.0.0/16"),
        message=(
            "network.cidr: '172.17.0.0/16' overlaps 172.17.0.0/16\n"
            "fix: use another CIDR block\n"
            "why: On hosts with Docker, 172.17.0.0/16 is the network of the host's own containers, so others are not "
            "reached."
        ),
    ),
    RulePair(
        rule="subnets_fit_the_cidr",
        rejected=network("cidr: 10.0.0.0/17"),
        accepted=network("cidr: 10.0.0.0/17", "private_prefix_length: 20"),
        message=(
            "network.cidr: '10.0.0.0/17' has 32768 addresses, but a /24 and a /19 in each of 4 zones take "
            "33792\n"
            "fix: use a larger cidr, longer prefixes of subnets, or a smaller max_availability_zones\n"
            "why: The CIDR block of the VPC must contain the subnets of all Availability Zones."
        ),
    ),
    RulePair(
        rule="subnets_fit_the_cidr: to the last address",
        rejected=network("cidr: 10.0.0.0/19", *EVEN),
        accepted=network("cidr: 10.0.0.0/18", *EVEN),
        message=(
            "network.cidr: '10.0.0.0/19' has 8192 addresses, but a /20 and a /20 in each of 2 zones take "
            "16384\n"
            "fix: use a larger cidr, longer prefixes of subnets, or a smaller max_availability_zones\n"
            "why: The CIDR block of the VPC must contain the subnets of all Availability Zones."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: of the type that holds the most pods",
        rejected=eks(f"nodes: {{main: {{kind: managed, {TWO_TYPES}, max_size: 5}}}}", head=SMALL),
        accepted=eks(f"nodes: {{main: {{kind: managed, {TWO_TYPES}, max_size: 4}}}}", head=SMALL),
        message=(
            "network.private_prefix_length: 2 private subnets of size /25 have 246 usable addresses, but "
            "tasks, pods, and instances can take 290\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: pods of nodes",
        rejected=eks("nodes: {main: {kind: managed, max_size: 9}}", head=SMALL),
        accepted=eks("nodes: {main: {kind: managed, max_size: 8}}", head=SMALL),
        message=(
            "network.private_prefix_length: 2 private subnets of size /25 have 246 usable addresses, but "
            "tasks, pods, and instances can take 261\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: which are those of one interface on Windows",
        rejected=eks(f"nodes: {{main: {{kind: managed}}, more: {{{X86}, max_size: 5}}}}", head=SMALL),
        accepted=eks(f"nodes: {{main: {{kind: managed}}, more: {{{X86}, max_size: 5, {WINDOWS}}}}}", head=SMALL),
        message=(
            "network.private_prefix_length: 2 private subnets of size /25 have 246 usable addresses, but "
            "tasks, pods, and instances can take 261\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: as many as nodes may run",
        rejected=ten_nodes("max_pods: 76, capacity_type: on_demand", WARM),
        accepted=ten_nodes("max_pods: 75, capacity_type: on_demand", WARM),
        message=(
            "network.private_prefix_length: 3 private subnets of size /24 have 753 usable addresses, but "
            "tasks, pods, and instances can take 760\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_addresses_for_spare_interfaces",
        rejected=ten_nodes("max_pods: 32"),
        accepted=ten_nodes("max_pods: 31"),
        message=SPARE,
    ),
    RulePair(
        rule="subnets_have_addresses_for_spare_interfaces: but not where a number is stated",
        rejected=ten_nodes("max_pods: 60"),
        accepted=ten_nodes("max_pods: 60", WARM),
        message=SPARE,
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: twice the tasks during a deployment",
        rejected=service("desired_count: 60") + SMALLEST,
        accepted=service("desired_count: 56") + SMALLEST,
        message=(
            "network.private_prefix_length: 2 private subnets of size /26 have 118 usable addresses, but "
            "tasks, pods, and instances can take 126\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: twice the tasks that scaling allows",
        rejected=service("scaling: {max_capacity: 57}") + SMALLEST,
        accepted=service("scaling: {max_capacity: 56}") + SMALLEST,
        message=(
            "network.private_prefix_length: 2 private subnets of size /26 have 118 usable addresses, but "
            "tasks, pods, and instances can take 120\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: instances of every group",
        rejected=capacity("one: {max_size: 100}", "two: {max_size: 19}") + SMALLEST,
        accepted=capacity("one: {max_size: 100}", "two: {max_size: 18}") + SMALLEST,
        message=(
            "network.private_prefix_length: 2 private subnets of size /26 have 118 usable addresses, but "
            "tasks, pods, and instances can take 119\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it "
            "does not start."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
