"""Rules of how many pods fit on nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks, problems


def nodes(text: str, *lines: str, types: str = "t4g.small") -> str:
    return eks(f"nodes: {{main: {{kind: managed, instance_types: [{types}], {text}}}}}", *lines)


DAEMON_SETS = "eks-pod-identity-agent, vpc-cni, kube-proxy, aws-ebs-csi-driver, and eks-node-monitoring-agent run 5"
LINUX = "{kind: managed}"
WINDOWS = "operating_system: windows_2022_core, taints: [{key: os}]"
FEWER = "add_ons: {metrics-server: {}}"
NO_NETWORK = (
    "why: Without vpc-cni, kube-proxy, and the others on it, a node has no network, no storage, or no credentials."
)
REPLICAS = "add_ons: {coredns: {configuration: {replicaCount: %s}}}"
PREFIXES = "add_ons: {vpc-cni: {configuration: {env: {ENABLE_PREFIX_DELEGATION: '%s'}}}}"
ADDRESSES = (
    "eks.nodes.main.max_pods: max_pods is 12, but a t4g.small has addresses for 11 pods\n"
    "fix: lower max_pods to 11, or set ENABLE_PREFIX_DELEGATION in eks.add_ons.vpc-cni.configuration.env\n"
    "why: Kubernetes would schedule pods on the node that get no address, and do not start there."
)

KARPENTER = eks(
    "nodes: {main: {kind: managed}, other: {kind: karpenter, node_pools: {arm: {max_pods: 29, "
    "ami_alias: al2023@v20260801, instance_types: [%s]}}}}"
)

PAIRS = (
    RulePair(
        rule="node_holds_the_daemon_sets",
        rejected=nodes("architecture: x86_64, desired_size: 4", types="t3.small, t3.micro"),
        accepted=nodes("architecture: x86_64, desired_size: 4", types="t3.small, t3.medium"),
        message=(
            f"eks.nodes.main.instance_types[1]: 4 pods fit on each t3.micro, but {DAEMON_SETS}\n"
            f"fix: use larger instance types\n{NO_NETWORK}"
        ),
    ),
    RulePair(
        rule="node_holds_the_daemon_sets: with those that are installed",
        rejected=nodes("desired_size: 4, max_pods: 2", FEWER),
        accepted=nodes("desired_size: 4, max_pods: 5", FEWER),
        message=(
            "eks.nodes.main.max_pods: 2 pods fit on each t4g.small, but eks-pod-identity-agent, vpc-cni, and "
            f"kube-proxy run 3\nfix: use a larger max_pods\n{NO_NETWORK}"
        ),
    ),
    RulePair(
        rule="node_holds_the_daemon_sets: which do not run on Windows",
        rejected=nodes("architecture: x86_64", types="t3.micro").replace("nodes: {", f"nodes: {{linux: {LINUX}, "),
        accepted=nodes(f"architecture: x86_64, {WINDOWS}", types="t3.micro").replace(
            "nodes: {", f"nodes: {{linux: {LINUX}, "
        ),
        message=(
            f"eks.nodes.main.instance_types[0]: 4 pods fit on each t3.micro, but {DAEMON_SETS}\n"
            f"fix: use larger instance types\n{NO_NETWORK}"
        ),
    ),
    RulePair(
        rule="nodes_hold_the_add_ons",
        rejected=nodes("desired_size: 1, max_pods: 10"),
        accepted=nodes("desired_size: 2, max_pods: 10"),
        message=(
            "eks.nodes: 5 pods fit on the nodes beside those of DaemonSets, and those of coredns, "
            "aws-ebs-csi-driver, and metrics-server are 6\n"
            "fix: raise desired_size, or use larger instance types\n"
            "why: An add-on some of whose pods stay pending is degraded, which fails the deployment."
        ),
    ),
    RulePair(
        rule="nodes_hold_the_add_ons: as many pods of each as are configured",
        rejected=nodes("desired_size: 1", REPLICAS % 9),
        accepted=nodes("desired_size: 1", REPLICAS % 7),
        message=(
            "eks.nodes: 8 pods fit on the nodes beside those of DaemonSets, and those of coredns are 9\n"
            "fix: raise desired_size, or use larger instance types\n"
            "why: An add-on some of whose pods stay pending is degraded, which fails the deployment."
        ),
    ),
    RulePair(
        rule="nodes_have_room_for_pods",
        rejected=nodes("desired_size: 1"),
        accepted=nodes("desired_size: 2"),
        message=(
            "eks.nodes: 6 pods fit on the nodes beside those of DaemonSets, and those of coredns, "
            "aws-ebs-csi-driver, and metrics-server are 6\n"
            "fix: raise desired_size, or use larger instance types\n"
            "why: Pods of your own would stay pending until there are more nodes, and no add-on adds nodes."
        ),
    ),
    RulePair(
        rule="max_pods_is_what_eks_allows",
        rejected=nodes("max_pods: 111", types="m7g.8xlarge, m7g.4xlarge"),
        accepted=nodes("max_pods: 111", types="m7g.8xlarge, m7g.12xlarge"),
        message=(
            "eks.nodes.main.max_pods: 111 is not allowed\n"
            "allowed: at most 110 with m7g.4xlarge\n"
            "why: Managed node groups have at most 110 pods on each node, and 250 from 30 vCPU on."
        ),
    ),
    RulePair(
        rule="pods_have_an_address",
        rejected=nodes("max_pods: 12"),
        accepted=nodes("max_pods: 11"),
        message=ADDRESSES,
    ),
    RulePair(
        rule="pods_have_an_address: or a prefix of addresses",
        rejected=nodes("max_pods: 12", PREFIXES % "false"),
        accepted=nodes("max_pods: 12", PREFIXES % "true"),
        message=ADDRESSES,
    ),
    RulePair(
        rule="pods_have_an_address: as Go reads a boolean",
        rejected=nodes("max_pods: 12", PREFIXES % "False"),
        accepted=nodes("max_pods: 12", PREFIXES % "True"),
        message=ADDRESSES,
    ),
    RulePair(
        rule="pods_have_an_address: prefixes need the Nitro System",
        rejected=nodes("architecture: x86_64, max_pods: 36", PREFIXES % "true", types="t2.large"),
        accepted=nodes("architecture: x86_64, max_pods: 36", PREFIXES % "true", types="t3.large"),
        message=(
            "eks.nodes.main.max_pods: max_pods is 36, but a t2.large has addresses for 35 pods\n"
            "fix: lower max_pods to 35, or use instances on the Nitro System, which alone have prefixes\n"
            "why: Kubernetes would schedule pods on the node that get no address, and do not start there."
        ),
    ),
    RulePair(
        rule="pods_of_karpenter_have_an_address",
        rejected=KARPENTER % "m7g.medium, m7g.large",
        accepted=KARPENTER % "m7g.large",
        message=(
            "eks.nodes.other.node_pools.arm.max_pods: max_pods is 29, but a m7g.medium, which the pool "
            "allows, has addresses for 8 pods\n"
            "fix: allow larger instance types only, or set ENABLE_PREFIX_DELEGATION in "
            "eks.add_ons.vpc-cni.configuration.env\n"
            "why: Kubernetes would schedule pods on the node that get no address, and do not start there."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


def test_auto_mode_starts_nodes_for_what_does_not_fit(tmp_path: Path) -> None:
    small = "main: {kind: managed, instance_types: [t4g.small], desired_size: 1}"

    assert problems(tmp_path, eks(f"nodes: {{{small}}}"))
    assert problems(tmp_path, eks(f"nodes: {{{small}, auto: {{kind: auto_mode}}}}")) == []
