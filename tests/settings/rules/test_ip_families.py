"""Rules of clusters whose pods have IPv6 addresses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks, message, network, problems

DUAL_STACK = network("ip_family: dual_stack")
IPV6 = "ip_family: ipv6"
CUSTOM_NETWORKING = "add_ons: {vpc-cni: {configuration: {env: {AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: '%s'}}}}"
TYPES = "nodes: {main: {kind: managed, architecture: x86_64, instance_types: [%s]}}"

SERVICES = "service_cidr: 172.20.0.0/16"
REMOTE = "remote_networks: {node_cidrs: [192.168.10.0/24]}"
MIXED = "nodes: {main: {kind: managed}, other: {%s}}"
SELF_MANAGED = "kind: self_managed, kubelet: {shutdownGracePeriod: 90s}"
OUTPOST = "architecture: x86_64, instance_types: [m5.large], location: outpost, subnet_ids: [subnet-0123456789abcdef0]"
WINDOWS = (
    "kind: managed, operating_system: windows_2022_core, architecture: x86_64, instance_types: [m6i.large], "
    "taints: [{key: os, value: windows}], volume_gib: 60"
)

CNI = "add_ons: {vpc-cni: {configuration: {env: {%s}}}}"

PAIRS = (
    RulePair(
        rule="ipv6_cluster_is_in_a_dual_stack_vpc",
        rejected=eks(MANAGED, IPV6),
        accepted=eks(MANAGED, IPV6, head=DUAL_STACK),
        message=(
            "network.ip_family: 'ipv4', the default, is not allowed\n"
            "allowed: dual_stack, which eks.ip_family: ipv6 requires\n"
            "why: Amazon EKS refuses a cluster of the IPv6 family in subnets without IPv6 addresses."
        ),
    ),
    RulePair(
        rule="ipv6_cluster_has_no_custom_networking",
        rejected=eks(MANAGED, IPV6, CUSTOM_NETWORKING % "true", head=DUAL_STACK),
        accepted=eks(MANAGED, IPV6, CUSTOM_NETWORKING % "false", head=DUAL_STACK),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: there is custom networking, "
            "but ip_family is ipv6\n"
            "fix: remove AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, or set ip_family to ipv4\n"
            "why: Custom networking gives pods IPv4 addresses of other subnets, and an IPv6 cluster gives pods no IPv4 "
            "address."
        ),
    ),
    RulePair(
        rule="ipv6_nodes_are_on_nitro",
        rejected=eks(TYPES % "m4.large", IPV6, head=DUAL_STACK),
        accepted=eks(TYPES % "m4.large"),
        message=(
            "eks.nodes.main.instance_types[0]: 'm4.large' is not allowed\n"
            "allowed: a type on the Nitro System, which ip_family: ipv6 requires\n"
            "why: Pods get IPv6 addresses as a prefix of a network interface, which only instances on the Nitro System "
            "have."
        ),
    ),
    RulePair(
        rule="nodes_can_do_what_is_needed: IPv6",
        rejected=eks("nodes: {main: {kind: managed, needs: [ipv6]}}", head=DUAL_STACK),
        accepted=eks("nodes: {main: {kind: managed, needs: [ipv6]}}", IPV6, head=DUAL_STACK),
        message=(
            "eks.nodes.main.needs[0]: these nodes cannot offer Cluster of the IPv6 family: the cluster is of the "
            "IPv4 family\n"
            "fix: change the options of these nodes, or use Self-managed nodes, AWS Fargate, EKS Auto Mode, or "
            "Karpenter: make node-capabilities NEEDS=ipv6\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="subnets_have_an_address_for_every_task_and_pod: which IPv6 pods do not take",
        rejected=eks(
            MANAGED, head=network("ip_family: dual_stack", "private_prefix_length: 26", "cidr: 10.0.0.0/20")
        ).replace("kind: managed", "kind: managed, max_size: 5"),
        accepted=eks(
            MANAGED, IPV6, head=network("ip_family: dual_stack", "private_prefix_length: 26", "cidr: 10.0.0.0/20")
        ).replace("kind: managed", "kind: managed, max_size: 100"),
        message=(
            "network.private_prefix_length: 2 private subnets of size /26 have 118 usable addresses, but tasks, pods, "
            "and instances can take 145\n"
            "fix: use a smaller private_prefix_length, or lower the maximum number of tasks or nodes, or max_pods of "
            "nodes\n"
            "why: Every task and every pod takes an address of a private subnet; without a free address it does not "
            "start."
        ),
    ),
    RulePair(
        rule="ipv6_cluster_has_nodes_of_ipv6",
        rejected=eks(MIXED % "kind: hybrid", IPV6, REMOTE, head=DUAL_STACK),
        accepted=eks(MIXED % "kind: hybrid", REMOTE),
        message=(
            "eks.nodes.other.kind: ip_family is ipv6, but these nodes cannot have IPv6 pods: IPv4 only\n"
            "fix: use nodes of Amazon Linux 2023 or Bottlerocket in the Region, EKS Auto Mode, Karpenter, or AWS "
            "Fargate, or set ip_family to ipv4\n"
            "why: Pods of an IPv6 cluster have IPv6 addresses only, wherever they run."
        ),
    ),
    RulePair(
        rule="ipv6_cluster_has_nodes_of_ipv6: of Windows",
        rejected=eks(MIXED % WINDOWS, IPV6, head=DUAL_STACK),
        accepted=eks(MIXED % WINDOWS, head=DUAL_STACK),
        message=(
            "eks.nodes.other.kind: ip_family is ipv6, but these nodes cannot have IPv6 pods: "
            "Windows pods have IPv4 addresses only\n"
            "fix: use nodes of Amazon Linux 2023 or Bottlerocket in the Region, EKS Auto Mode, Karpenter, or AWS "
            "Fargate, or set ip_family to ipv4\n"
            "why: Pods of an IPv6 cluster have IPv6 addresses only, wherever they run."
        ),
    ),
    RulePair(
        rule="ipv6_cluster_has_nodes_of_ipv6: on an Outpost",
        rejected=eks(MIXED % f"{SELF_MANAGED}, {OUTPOST}", IPV6, head=DUAL_STACK),
        accepted=eks(MIXED % f"{SELF_MANAGED}, subnet_ids: [subnet-0123456789abcdef0]", IPV6, head=DUAL_STACK),
        message=(
            "eks.nodes.other.kind: ip_family is ipv6, but these nodes cannot have IPv6 pods: location is outpost\n"
            "fix: use nodes of Amazon Linux 2023 or Bottlerocket in the Region, EKS Auto Mode, Karpenter, or AWS "
            "Fargate, or set ip_family to ipv4\n"
            "why: Pods of an IPv6 cluster have IPv6 addresses only, wherever they run."
        ),
    ),
    RulePair(
        rule="service_cidr_is_of_an_ipv4_cluster",
        rejected=eks(MANAGED, IPV6, SERVICES, head=DUAL_STACK),
        accepted=eks(MANAGED, SERVICES, head=DUAL_STACK),
        message=(
            "eks.service_cidr: '172.20.0.0/16' is not allowed\n"
            "allowed: no CIDR block where ip_family is ipv6\n"
            "why: Amazon EKS chooses the addresses of services of an IPv6 cluster, and refuses an IPv4 CIDR "
            "block for them."
        ),
    ),
    RulePair(
        rule="remote_networks_are_of_an_ipv4_cluster",
        rejected=eks(MANAGED, IPV6, REMOTE, head=DUAL_STACK),
        accepted=eks(MANAGED, REMOTE, head=DUAL_STACK),
        message=(
            "eks.remote_networks: there are remote_networks, but ip_family is ipv6\n"
            "fix: remove remote_networks, or set ip_family to ipv4\n"
            "why: Amazon EKS takes remote networks for a cluster of the IPv4 family only."
        ),
    ),
    RulePair(
        rule="ipv6_cluster_has_prefixes",
        rejected=eks(MANAGED, IPV6, CNI % "ENABLE_PREFIX_DELEGATION: 'false'", head=DUAL_STACK),
        accepted=eks(MANAGED, IPV6, CNI % "ENABLE_PREFIX_DELEGATION: 'true'", head=DUAL_STACK),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.ENABLE_PREFIX_DELEGATION: 'false' is not allowed\n"
            'allowed: no value, or "true", because ip_family is ipv6\n'
            "why: The VPC CNI plugin gives pods IPv6 addresses of prefixes only, and does not start "
            "without them."
        ),
    ),
)


@pytest.mark.parametrize(
    "node",
    [
        SELF_MANAGED,
        f"{SELF_MANAGED}, operating_system: bottlerocket",
        f"{SELF_MANAGED}, image_id: ami-0123456789abcdef0",
        "kind: managed, image_id: ami-0123456789abcdef0",
    ],
)
def test_nodes_that_eks_does_not_configure_are_told_the_addresses_of_services(tmp_path: Path, node: str) -> None:
    assert problems(tmp_path, eks(MIXED % node, IPV6, head=DUAL_STACK)) == []


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    "node",
    ["auto: {kind: auto_mode}", "karpenter: {kind: karpenter, node_pools: {arm: {ami_alias: al2023@v20260801}}}"],
)
def test_nodes_that_something_else_starts_can_have_ipv6_pods(tmp_path: Path, node: str) -> None:
    assert message(tmp_path, eks(f"nodes: {{main: {{kind: managed}}, {node}}}", IPV6, head=DUAL_STACK)) == ""
