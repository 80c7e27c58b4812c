"""Rules of subnets for pods alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_existing_network import existing
from tests.support.rule_pairs import RulePair, eks, network

MANAGED = "nodes: {main: {kind: managed, instance_types: [m7g.large], max_pods: %s}}"
FEW = MANAGED % 20
PODS = "pod_cidr: 100.64.0.0/16"
PREFIXES = "add_ons: {vpc-cni: {configuration: {env: {ENABLE_PREFIX_DELEGATION: 'true'}}}}"
POD_A = "eu-west-1a: {subnet_id: subnet-00000aaa, cidr: 10.7.192.0/20}"
POD_B = "eu-west-1b: {subnet_id: subnet-00000bbb, cidr: 10.7.208.0/20}"

OFF = "add_ons: {vpc-cni: {configuration: {env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'false'}}}}"

PAIRS = (
    RulePair(
        rule="pod_cidr_can_be_added",
        rejected=network("cidr: 10.0.0.0/16", "pod_cidr: 172.20.0.0/16"),
        accepted=network("cidr: 10.0.0.0/16", "pod_cidr: 10.4.0.0/16"),
        message=(
            "network.pod_cidr: '172.20.0.0/16' is not allowed\n"
            "allowed: a CIDR block within 10.0.0.0/8 or 100.64.0.0/10 beside 10.0.0.0/16\n"
            "why: Amazon VPC refuses a secondary CIDR block that overlaps the first, or that is of another private "
            "range."
        ),
    ),
    RulePair(
        rule="pod_cidr_can_be_added: apart from the first",
        rejected=network("cidr: 10.0.0.0/16", "pod_cidr: 10.0.0.0/16"),
        accepted=network("cidr: 10.0.0.0/16", "pod_cidr: 10.1.0.0/16"),
        message=(
            "network.pod_cidr: '10.0.0.0/16' overlaps 10.0.0.0/16, the cidr\n"
            "fix: use another CIDR block\n"
            "why: Amazon VPC refuses a secondary CIDR block that overlaps the first, or that is of another private "
            "range."
        ),
    ),
    RulePair(
        rule="pod_cidr_can_be_added: of a size that a VPC can have",
        rejected=network("pod_cidr: 100.64.0.0/15"),
        accepted=network("pod_cidr: 100.64.0.0/16"),
        message=(
            "network.pod_cidr: '100.64.0.0/15' is not allowed\n"
            "allowed: a prefix length from /16 to /28\n"
            "why: Amazon VPC refuses a secondary CIDR block that overlaps the first, or that is of another private "
            "range."
        ),
    ),
    RulePair(
        rule="pod_subnets_fit_the_pod_cidr",
        rejected=network("pod_cidr: 100.64.0.0/17"),
        accepted=network("pod_cidr: 100.64.0.0/17", "pod_prefix_length: 19"),
        message=(
            "network.pod_prefix_length: '100.64.0.0/17' has 32768 addresses, but a /18 in each of 4 zones takes "
            "65536\n"
            "fix: use a larger pod_cidr, a longer pod_prefix_length, or a smaller max_availability_zones\n"
            "why: The secondary CIDR block must contain a subnet for each Availability Zone that the address plan "
            "reserves."
        ),
    ),
    RulePair(
        rule="pods_have_a_subnet_in_each_zone",
        rejected=existing(f"pod_subnets: {{{POD_A}}}"),
        accepted=existing(f"pod_subnets: {{{POD_A}, {POD_B}}}"),
        message=(
            "network.existing.pod_subnets: eu-west-1b is one of availability_zones, and has no subnet for pods\n"
            "fix: add the subnet for pods in eu-west-1b, or remove pod_subnets\n"
            "why: A node finds the subnet of its pods by its zone; without one, its pods get no address."
        ),
    ),
    RulePair(
        rule="ipv6_pods_have_no_subnets_of_their_own",
        rejected=eks(FEW, "ip_family: ipv6", head=network("ip_family: dual_stack", PODS)),
        accepted=eks(FEW, head=network("ip_family: dual_stack", PODS)),
        message=(
            "network.pod_cidr: there are subnets for pods, but eks.ip_family is ipv6\n"
            "fix: remove the key, or set eks.ip_family to ipv4\n"
            "why: Custom networking gives pods IPv4 addresses of other subnets, and pods of an IPv6 cluster have IPv6 "
            "alone."
        ),
    ),
    RulePair(
        rule="pod_subnets_have_an_address_for_every_pod",
        rejected=eks(FEW, head=network("pod_cidr: 100.64.0.0/24", "pod_prefix_length: 27")),
        accepted=eks(FEW, head=network("pod_cidr: 100.64.0.0/24", "pod_prefix_length: 26")),
        message=(
            "network.pod_cidr: the subnets for pods have 54 usable addresses, but pods can take 80\n"
            "fix: use larger subnets for pods, or lower the maximum number of nodes or max_pods\n"
            "why: A pod without a free address in the subnet of its zone does not start."
        ),
    ),
    RulePair(
        rule="max_pods_leaves_out_the_first_interface",
        rejected=eks(MANAGED % 21, head=network(PODS)),
        accepted=eks(FEW, head=network(PODS)),
        message=(
            "eks.nodes.main.max_pods: nodes take 21 pods, and there are addresses for 20\n"
            "fix: set max_pods to 20, or set ENABLE_PREFIX_DELEGATION in eks.add_ons.vpc-cni.configuration.env and "
            "max_pods to what the nodes can run\n"
            "why: With custom networking, no pod has an address of a node's first interface, which Amazon EKS counts "
            "as usual."
        ),
    ),
    RulePair(
        rule="max_pods_leaves_out_the_first_interface: which is full without max_pods",
        rejected=eks("nodes: {main: {kind: managed, instance_types: [m7g.large]}}", head=network(PODS)),
        accepted=eks(MANAGED % 110, PREFIXES, head=network(PODS)),
        message=(
            "eks.nodes.main.max_pods: nodes take 29 pods, and there are addresses for 20\n"
            "fix: set max_pods to 20, or set ENABLE_PREFIX_DELEGATION in eks.add_ons.vpc-cni.configuration.env and "
            "max_pods to what the nodes can run\n"
            "why: With custom networking, no pod has an address of a node's first interface, which Amazon EKS counts "
            "as usual."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: which pods do not take that have subnets of their own",
        rejected=eks(FEW, head=network("private_prefix_length: 26", "cidr: 10.0.0.0/20")).replace(
            "kind: managed", "kind: managed, max_size: 6"
        ),
        accepted=eks(FEW, head=network("private_prefix_length: 26", "cidr: 10.0.0.0/20", PODS)).replace(
            "kind: managed", "kind: managed, max_size: 6"
        ),
        message=(
            "network.private_prefix_length: 2 private subnets of size /26 have 118 usable addresses, but tasks, pods, "
            "and instances can take 120\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it does not "
            "start."
        ),
    ),
    RulePair(
        rule="custom_networking_is_on_for_pod_subnets",
        rejected=eks(FEW, OFF, head=network(PODS)),
        accepted=eks(FEW, OFF.replace("false", "true"), head=network(PODS)),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: there are subnets "
            "for pods, and custom networking is off\n"
            "fix: remove AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, or the subnets for pods\n"
            "why: Pods take addresses of the private subnets while it is off, and the subnets for pods "
            "are never used."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
