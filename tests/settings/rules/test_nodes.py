"""Rules of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def managed(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


def profiles(number: int) -> str:
    profile = "{kind: fargate, selectors: [{namespace: a}]}"
    return eks(f"nodes: {{main: {{kind: managed}}, {', '.join(f'p{index}: {profile}' for index in range(number))}}}")


QUOTAS = "why: A cluster has 30 managed node groups of 450 nodes and 10 Fargate profiles, unless the quotas are raised."
DNS_ONLY = "add_ons: {}"
CRITICAL = "nodes: {main: {kind: managed, taints: [{key: CriticalAddonsOnly, value: 'true'}]}}"
SPOT = "nodes: {main: {kind: managed, taints: [{key: spot, value: 'true'}]}}"
TOLERATING = "add_ons: {coredns: {configuration: {tolerations: [%s]}}}"
ON_FARGATE = (
    "nodes: {main: {kind: managed, taints: [{key: spot}]}, "
    "dns: {kind: fargate, selectors: [{namespace: kube-system, labels: {k8s-app: %s}}]}}"
)
NOWHERE = (
    "eks.nodes: there is no node that CoreDNS can run on\n"
    "fix: set desired_size above 0 for nodes without taints, or with taints that CoreDNS tolerates "
    "(CriticalAddonsOnly, startup taints, PREFER_NO_SCHEDULE, eks.add_ons.coredns.configuration.tolerations), "
    "and with the labels of its nodeSelector, if it has one\n"
    "why: Without a node that CoreDNS can run on, Amazon EKS waits 20 minutes for it, and then the deployment fails."
)

WINDOWS = (
    "win: {kind: managed, operating_system: windows_2022_core, architecture: x86_64, instance_types: [m7i.large], "
    "taints: [{key: os}]}"
)
DNS_ON = "add_ons: {coredns: {configuration: {nodeSelector: {%s}}}}"
PAIRS = (
    RulePair(
        rule="node_update_leaves_nodes",
        rejected=managed("max_unavailable_percent: 51"),
        accepted=managed("max_unavailable_percent: 50"),
        message=(
            "eks.nodes.main.max_unavailable_percent: an update replaces 51 percent of the nodes at the same time\n"
            "fix: set 50 or less\n"
            "why: Most pods of the node group are evicted at once, and wait for the nodes that come."
        ),
    ),
    RulePair(
        rule="cluster_has_nodes",
        rejected=eks("nodes: {}"),
        accepted=eks(MANAGED),
        message=(
            "eks.nodes: there is an EKS cluster, but there are no nodes\n"
            "fix: add nodes of any kind, such as general: {kind: managed}, or remove eks, or acknowledge that nodes "
            "and add-ons come by other means\n"
            "why: Pods have nowhere to run, and no add-on is installed, so that nodes of others find no network plugin."
        ),
    ),
    RulePair(
        rule="core_dns_has_a_node",
        rejected=managed("min_size: 0, desired_size: 0"),
        accepted=managed("min_size: 0, desired_size: 1"),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: but it tolerates a preference",
        rejected=managed("taints: [{key: spot}]"),
        accepted=managed("taints: [{key: spot, effect: PREFER_NO_SCHEDULE}]"),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: but it tolerates the taint of critical add-ons",
        rejected=eks("nodes: {main: {kind: managed, taints: [{key: AddonsOnly}]}}", DNS_ONLY),
        accepted=eks(CRITICAL, DNS_ONLY),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: and startup taints, which go",
        rejected=managed("taints: [{key: ebs.csi.aws.com/agent, effect: NO_EXECUTE}]"),
        accepted=managed("taints: [{key: ebs.csi.aws.com/agent-not-ready, effect: NO_EXECUTE}]"),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: and what it is told to tolerate",
        rejected=eks(SPOT, TOLERATING % "{key: spot, value: 'false'}"),
        accepted=eks(SPOT, TOLERATING % "{key: spot, value: 'true', effect: NoSchedule}"),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: of that effect only",
        rejected=eks(SPOT, TOLERATING % "{key: spot, operator: Exists, effect: NoExecute}"),
        accepted=eks(SPOT, TOLERATING % "{operator: Exists}"),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: or a profile takes it to Fargate",
        rejected=eks(ON_FARGATE % "kube-dnsmasq", DNS_ONLY),
        accepted=eks(ON_FARGATE % "kube-dns", DNS_ONLY),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: of Linux",
        rejected=eks(f"nodes: {{main: {{kind: managed, min_size: 0, desired_size: 0}}, {WINDOWS}}}", DNS_ONLY),
        accepted=eks(f"nodes: {{main: {{kind: managed, min_size: 1, desired_size: 1}}, {WINDOWS}}}", DNS_ONLY),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: or on Fargate, which is there where no nodes are of Linux",
        rejected=eks(f"nodes: {{main: {{kind: managed, taints: [{{key: a}}]}}, {WINDOWS}}}", DNS_ONLY),
        accepted=eks(f"nodes: {{{WINDOWS}}}", DNS_ONLY),
        message=NOWHERE,
    ),
    RulePair(
        rule="add_on_has_a_node",
        rejected=eks(CRITICAL),
        accepted=eks(CRITICAL, "add_ons: {metrics-server: {configuration: {tolerations: [{operator: Exists}]}}}"),
        message=(
            "eks.nodes: taints or labels keep metrics-server off every node\n"
            "fix: add nodes without taints, or tolerations in the configuration of the add-on, whose "
            "nodeSelector must name labels of some node\n"
            "why: An add-on whose pods cannot be scheduled is degraded, which fails the deployment."
        ),
    ),
    RulePair(
        rule="nodes_are_within_the_quotas",
        rejected=managed("max_size: 451"),
        accepted=managed("max_size: 450"),
        message=(
            "eks.nodes.main.max_size: there can be 451 nodes, and the quota is 450\n"
            f"fix: use several node groups, or have the quota raised and acknowledge this\n{QUOTAS}"
        ),
    ),
    RulePair(
        rule="nodes_are_within_the_quotas: of Fargate profiles",
        rejected=profiles(11),
        accepted=profiles(10),
        message=(
            "eks.nodes: there are 11 of kind fargate, and the quota is 10\n"
            f"fix: use fewer, or have the quota raised and acknowledge this\n{QUOTAS}"
        ),
    ),
    RulePair(
        rule="node_group_sizes_ascend",
        rejected=managed("desired_size: 5"),
        accepted=managed("desired_size: 4"),
        message=(
            "eks.nodes.main.desired_size: 5 is not allowed\n"
            "allowed: at most max_size, which is 4 by default\n"
            "why: Amazon EKS refuses a desired size that is less than the minimum size or greater than the "
            "maximum size."
        ),
    ),
    RulePair(
        rule="node_group_sizes_ascend: each of them",
        rejected=managed("min_size: 5, max_size: 3"),
        accepted=managed("min_size: 2, max_size: 3"),
        message=(
            "eks.nodes.main.min_size: 5 is not allowed\n"
            "allowed: at most desired_size, which is 2 by default, and max_size, which is 3\n"
            "why: Amazon EKS refuses a desired size that is less than the minimum size or greater than the "
            "maximum size."
        ),
    ),
    RulePair(
        rule="node_group_sizes_ascend: from the smallest",
        rejected=managed("min_size: 3"),
        accepted=managed("min_size: 2"),
        message=(
            "eks.nodes.main.min_size: 3 is not allowed\n"
            "allowed: at most desired_size, which is 2 by default\n"
            "why: Amazon EKS refuses a desired size that is less than the minimum size or greater than the "
            "maximum size."
        ),
    ),
    RulePair(
        rule="core_dns_has_a_node: with labels in a domain of its own",
        rejected=eks(MANAGED, DNS_ON % "example.com/role: system"),
        accepted=eks(
            "nodes: {main: {kind: managed, labels: {example.com/role: system}}}", DNS_ON % "example.com/role: system"
        ),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: with labels that Kubernetes gives",
        rejected=eks(MANAGED, DNS_ON % "node.kubernetes.io/instance-type: c5.large"),
        accepted=eks(
            MANAGED, DNS_ON % "node.kubernetes.io/instance-type: m7g.large, topology.kubernetes.io/zone: eu-west-1a"
        ),
        message=NOWHERE,
    ),
    RulePair(
        rule="core_dns_has_a_node: with the labels that it asks for",
        rejected=eks(MANAGED, "add_ons: {coredns: {configuration: {nodeSelector: {role: system}}}}"),
        accepted=eks(
            "nodes: {main: {kind: managed, labels: {role: system}}}",
            "add_ons: {coredns: {configuration: {nodeSelector: {role: system}}}}",
        ),
        message=(
            "eks.nodes: there is no node that CoreDNS can run on\n"
            "fix: set desired_size above 0 for nodes without taints, or with taints that CoreDNS tolerates "
            "(CriticalAddonsOnly, startup taints, PREFER_NO_SCHEDULE, "
            "eks.add_ons.coredns.configuration.tolerations), and with the labels of its nodeSelector, if it "
            "has one\n"
            "why: Without a node that CoreDNS can run on, Amazon EKS waits 20 minutes for it, and then the "
            "deployment fails."
        ),
    ),
    RulePair(
        rule="add_on_has_a_node: of its architecture",
        rejected=eks(
            MANAGED,
            "add_ons: {aws-ebs-csi-driver: {configuration: {controller: {nodeSelector: {kubernetes.io/arch: amd64}}}}}",
        ),
        accepted=eks(
            MANAGED,
            "add_ons: {aws-ebs-csi-driver: {configuration: {controller: {nodeSelector: {kubernetes.io/arch: arm64}}}}}",
        ),
        message=(
            "eks.nodes: taints or labels keep aws-ebs-csi-driver off every node\n"
            "fix: add nodes without taints, or tolerations in the configuration of the add-on, whose "
            "nodeSelector must name labels of some node\n"
            "why: An add-on whose pods cannot be scheduled is degraded, which fails the deployment."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
