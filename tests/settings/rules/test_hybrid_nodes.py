"""Rules of EKS Hybrid Nodes and their networks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, MANAGED, PRIVATE_ACCESS, RulePair, eks, message

NODES = "nodes: {main: {kind: managed}, plant: {kind: hybrid}}"
PRIVATE = "endpoint: {access: private}"
PUBLIC = "endpoint: {access: public, public_access_cidrs: [0.0.0.0/0]}"
BOTH = "endpoint: {access: public_and_private, public_access_cidrs: [192.31.196.0/24]}"


def remote(nodes: str, pods: str = "", *, services: str = "192.168.0.0/20", endpoint: str = PRIVATE) -> str:
    return eks(
        NODES,
        endpoint,
        f"service_cidr: {services}",
        f"remote_networks: {{node_cidrs: [{nodes}], pod_cidrs: [{pods}]}}",
    )


REMOTE = "remote_networks: {node_cidrs: [10.80.0.0/16]}"
SECOND = HEAD + "network: {pod_cidr: 100.64.0.0/16}\n"

ENTRY = "access_entries: {plant: {principal_arn: 'arn:aws:iam::111122223333:role/plant', type: HYBRID_LINUX}}"
PAIRS = (
    RulePair(
        rule="hybrid_nodes_have_remote_networks: of an access entry",
        rejected=eks(MANAGED, ENTRY),
        accepted=eks(MANAGED, ENTRY, "remote_networks: {node_cidrs: [192.168.10.0/24]}"),
        message=(
            "eks.access_entries.plant.type: the entry admits hybrid nodes, but there are no remote_networks\n"
            "fix: add eks.remote_networks with the node_cidrs of the machines\n"
            "why: Amazon EKS admits hybrid nodes from the remote networks of the cluster only."
        ),
    ),
    RulePair(
        rule="hybrid_nodes_have_remote_networks",
        rejected=eks(NODES),
        accepted=eks(NODES, "remote_networks: {node_cidrs: [10.80.0.0/16]}"),
        message=(
            "eks.nodes.plant.kind: there are hybrid nodes, but no remote_networks\n"
            "fix: add eks.remote_networks with the node_cidrs of the machines\n"
            "why: Amazon EKS admits hybrid nodes from the remote networks of the cluster only."
        ),
    ),
    RulePair(
        rule="hybrid_nodes_are_offered_in_the_region",
        rejected=remote("10.80.0.0/16").replace("eu-west-1", "us-gov-west-1"),
        accepted=remote("10.80.0.0/16").replace("eu-west-1", "us-west-2"),
        message=(
            "eks.nodes.plant.kind: there are hybrid nodes, but Amazon EKS has no hybrid nodes in us-gov-west-1\n"
            "fix: use nodes of another kind\n"
            "why: Amazon EKS has no hybrid nodes in the AWS GovCloud (US) Regions and in the China Regions."
        ),
    ),
    RulePair(
        rule="hybrid_nodes_are_offered_in_the_region: nor networks for them",
        rejected=eks(MANAGED, REMOTE, PRIVATE_ACCESS).replace("eu-west-1", "cn-north-1"),
        accepted=eks(MANAGED, REMOTE, PRIVATE_ACCESS).replace("eu-west-1", "ap-east-1"),
        message=(
            "eks.remote_networks: there are remote_networks, but Amazon EKS has no hybrid nodes in cn-north-1\n"
            "fix: remove remote_networks\n"
            "why: Amazon EKS has no hybrid nodes in the AWS GovCloud (US) Regions and in the China Regions."
        ),
    ),
    RulePair(
        rule="remote_network_is_apart_from_the_vpc",
        rejected=remote("10.0.128.0/24"),
        accepted=remote("10.1.0.0/24"),
        message=(
            "eks.remote_networks.node_cidrs[0]: 10.0.128.0/24 overlaps 10.0.0.0/16, the CIDR block of the VPC\n"
            "fix: use another CIDR block\n"
            "why: Amazon EKS refuses a remote network that overlaps the VPC: traffic would not leave it."
        ),
    ),
    RulePair(
        rule="remote_network_is_apart_from_services",
        rejected=remote("10.80.0.0/16", "192.168.0.0/16"),
        accepted=remote("10.80.0.0/16", "192.168.16.0/20"),
        message=(
            "eks.remote_networks.pod_cidrs[0]: 192.168.0.0/16 overlaps 192.168.0.0/20, service_cidr\n"
            "fix: use another CIDR block\n"
            "why: Amazon EKS refuses a remote network that overlaps the services: traffic to some machines would go to "
            "those."
        ),
    ),
    RulePair(
        rule="remote_network_is_apart_from_what_eks_chooses",
        rejected=eks(NODES, "remote_networks: {node_cidrs: [172.16.0.0/12]}"),
        accepted=eks(NODES, "remote_networks: {node_cidrs: [172.16.0.0/14]}"),
        message=(
            "eks.remote_networks.node_cidrs[0]: 172.16.0.0/12 overlaps 172.20.0.0/16, which Amazon EKS may choose for "
            "services\n"
            "fix: state eks.service_cidr, before the cluster is created\n"
            "why: Without service_cidr, Amazon EKS chooses one of two, and refuses the remote network if it is that "
            "one."
        ),
    ),
    RulePair(
        rule="remote_networks_are_apart",
        rejected=remote("10.80.0.0/16", "10.80.128.0/17"),
        accepted=remote("10.80.0.0/17", "10.80.128.0/17"),
        message=(
            "eks.remote_networks.pod_cidrs[0]: 10.80.128.0/17 overlaps 10.80.0.0/16, another remote network\n"
            "fix: use another CIDR block\n"
            "why: Hybrid nodes and their pods must have addresses of their own, or replies go to the wrong ones."
        ),
    ),
    RulePair(
        rule="endpoint_of_hybrid_nodes_is_public_or_private",
        rejected=remote("10.80.0.0/16", endpoint=BOTH),
        accepted=remote("10.80.0.0/16", endpoint=PUBLIC),
        message=(
            "eks.endpoint.access: access is public_and_private, and there are remote_networks\n"
            "fix: set access to private or public, or acknowledge that your resolver gives the private addresses\n"
            "why: The name of such an endpoint has public addresses on premises, which keeps hybrid nodes from joining."
        ),
    ),
    RulePair(
        rule="remote_network_is_apart_from_the_vpc: of pods",
        rejected=SECOND
        + remote("10.80.0.0/16", "100.64.128.0/20").replace("managed}", "managed, max_pods: 20}")[len(HEAD) :],
        accepted=SECOND
        + remote("10.80.0.0/16", "100.65.0.0/20").replace("managed}", "managed, max_pods: 20}")[len(HEAD) :],
        message=(
            "eks.remote_networks.pod_cidrs[0]: 100.64.128.0/20 overlaps 100.64.0.0/16, network.pod_cidr\n"
            "fix: use another CIDR block\n"
            "why: Amazon EKS refuses a remote network that overlaps the VPC: traffic would not leave it."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize("cidr", ["10.80.0.0/32", "100.64.0.0/10", "192.168.0.0/16", "172.16.0.0/12"])
def test_private_and_shared_addresses_are_accepted(tmp_path: Path, cidr: str) -> None:
    assert message(tmp_path, remote(cidr, services="10.100.0.0/16")) == ""


@pytest.mark.parametrize("cidr", ["198.51.100.0/24", "8.0.0.0/8", "100.128.0.0/16", "0.0.0.0/0"])
def test_public_addresses_are_refused(tmp_path: Path, cidr: str) -> None:
    assert message(tmp_path, remote(cidr)).startswith(
        f"eks.remote_networks.node_cidrs[0]: '{cidr}' is not allowed\n"
        "allowed: IPv4 CIDR block within 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, or 100.64.0.0/10"
    )


def test_hybrid_nodes_alone_leave_core_dns_without_a_node(tmp_path: Path) -> None:
    text = eks("nodes: {plant: {kind: hybrid}}", "remote_networks: {node_cidrs: [10.80.0.0/16]}")

    assert "there is no node that CoreDNS can run on" in message(tmp_path, text)


def test_core_dns_can_run_on_fargate_beside_hybrid_nodes(tmp_path: Path) -> None:
    text = eks(
        "nodes: {plant: {kind: hybrid}, system: {kind: fargate, selectors: [{namespace: kube-system, "
        "labels: {k8s-app: kube-dns}}]}}",
        "remote_networks: {node_cidrs: [10.80.0.0/16]}",
        "add_ons: {}",
    )

    assert message(tmp_path, text) == ""


@pytest.mark.parametrize("need", ["ebs", "windows", "neuron", "ipv6", "network_policies"])
def test_hybrid_nodes_that_cannot_do_what_is_needed_are_refused(tmp_path: Path, need: str) -> None:
    text = eks(
        f"nodes: {{main: {{kind: managed}}, plant: {{kind: hybrid, needs: [{need}]}}}}",
        "remote_networks: {node_cidrs: [10.80.0.0/16]}",
    )

    assert "eks.nodes.plant.needs[0]: these nodes cannot offer" in message(tmp_path, text)
