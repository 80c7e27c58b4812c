"""Rules of EKS Auto Mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, RulePair, eks

UNPROTECTED = HEAD + "protected: false\n"
AUTO = "auto: {kind: auto_mode}"
MAIN = "main: {kind: managed}"
PROFILE = "batch: {kind: fargate, selectors: [{namespace: a}]}"
ONLY_OWN = "auto: {kind: auto_mode, built_in_node_pools: [], node_pools: {arm: {}}}"
BOTH = "acknowledged_warnings: [{warning: auto_mode_is_alone, key: eks, reason: For the move.}]\n"
KARPENTER = "karpenter: {kind: karpenter, node_pools: {%s: {}}}"


def nodes(*entries: str, head: str = UNPROTECTED, also: str = "add_on_versions: pinned") -> str:
    return eks(f"nodes: {{{', '.join(entries)}}}", PRIVATE_ACCESS, also, head=head)


POOL = "main: {kind: managed}, auto: {kind: auto_mode, node_pools: {arm: {instance_types: [%s]}}}"

PAIRS = (
    RulePair(
        rule="node_kind_comes_once",
        rejected=nodes(AUTO, "more: {kind: auto_mode, node_pools: {arm: {}}}"),
        accepted=nodes("auto: {kind: auto_mode, node_pools: {arm: {}}}", MAIN),
        message=(
            "eks.nodes.more: auto is of kind auto_mode already, and EKS Auto Mode is there once\n"
            "fix: move its node pools to eks.nodes.auto.node_pools\n"
            "why: A cluster has one EKS Auto Mode and one Karpenter, each with as many node pools as you like."
        ),
    ),
    RulePair(
        rule="node_kind_comes_once: Karpenter",
        rejected=nodes(MAIN, KARPENTER % "one", (KARPENTER % "two").replace("karpenter:", "more:")),
        accepted=nodes(MAIN, "karpenter: {kind: karpenter, node_pools: {one: {}, two: {}}}"),
        message=(
            "eks.nodes.more: karpenter is of kind karpenter already, and Karpenter is there once\n"
            "fix: move its node pools to eks.nodes.karpenter.node_pools\n"
            "why: A cluster has one EKS Auto Mode and one Karpenter, each with as many node pools as you like."
        ),
    ),
    RulePair(
        rule="built_in_node_pool_comes_once",
        rejected=nodes("auto: {kind: auto_mode, built_in_node_pools: [system, system]}"),
        accepted=nodes("auto: {kind: auto_mode, built_in_node_pools: [system, general-purpose]}"),
        message=(
            "eks.nodes.auto.built_in_node_pools[1]: 'system' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A node pool that is listed twice is enabled once."
        ),
    ),
    RulePair(
        rule="auto_mode_has_a_node_pool",
        rejected=nodes("auto: {kind: auto_mode, built_in_node_pools: []}"),
        accepted=nodes("auto: {kind: auto_mode, built_in_node_pools: [], node_pools: {arm: {}}}"),
        message=(
            "eks.nodes.auto.built_in_node_pools: there are neither built_in_node_pools nor node_pools\n"
            "fix: add general-purpose or system, or a node pool of your own\n"
            "why: Without a node pool, EKS Auto Mode starts no node, and no pod runs on it."
        ),
    ),
    RulePair(
        rule="add_on_is_not_built_into_auto_mode",
        rejected=nodes(AUTO, also="add_ons: {vpc-cni: {}}"),
        accepted=nodes(AUTO, MAIN, also="add_ons: {vpc-cni: {}}"),
        message=(
            "eks.add_ons.vpc-cni: vpc-cni is built into EKS Auto Mode, and there are no other nodes that need "
            "it\n"
            "fix: remove the add-on, or add nodes of another kind\n"
            "why: EKS Auto Mode does the work of the add-on by itself, and the pods of the add-on do not run on "
            "its nodes."
        ),
    ),
    RulePair(
        rule="add_on_is_not_built_into_auto_mode: DNS",
        rejected=nodes(AUTO, also="add_ons: {coredns: {}, metrics-server: {}}"),
        accepted=nodes(AUTO, PROFILE, also="add_ons: {coredns: {}, metrics-server: {}}"),
        message=(
            "eks.add_ons.coredns: coredns is built into EKS Auto Mode, and there are no other nodes that need "
            "it\n"
            "fix: remove the add-on, or add nodes of another kind\n"
            "why: EKS Auto Mode does the work of the add-on by itself, and the pods of the add-on do not run on "
            "its nodes."
        ),
    ),
    RulePair(
        rule="add_on_has_a_node: after creation",
        rejected=nodes(ONLY_OWN, also="add_ons: {metrics-server: {}}"),
        accepted=nodes(ONLY_OWN),
        message=(
            "eks.nodes: there is no node for metrics-server before the manifests of node pools are applied\n"
            "fix: add other nodes, or enable a built-in node pool; or add the add-on once there are nodes\n"
            "why: An add-on whose pods cannot be scheduled is degraded, which fails the deployment."
        ),
    ),
    RulePair(
        rule="add_on_has_a_node: that it tolerates",
        rejected=nodes("auto: {kind: auto_mode, built_in_node_pools: [system]}"),
        accepted=nodes("auto: {kind: auto_mode, built_in_node_pools: [system]}", also="add_ons: {}"),
        message=(
            "eks.nodes: taints or labels keep metrics-server off every node\n"
            "fix: add nodes without taints, or tolerations in the configuration of the add-on, whose "
            "nodeSelector must name labels of some node\n"
            "why: An add-on whose pods cannot be scheduled is degraded, which fails the deployment."
        ),
    ),
    RulePair(
        rule="auto_mode_is_alone",
        rejected=nodes(AUTO, MAIN, KARPENTER % "arm"),
        accepted=nodes(MAIN, KARPENTER % "arm"),
        message=(
            "eks.nodes: there are both EKS Auto Mode and Karpenter\n"
            "fix: use one of the two, or acknowledge that taints or node selectors keep their pods apart\n"
            "why: Both may start a node for one pod; AWS suggests one of the two, and both only while you move."
        ),
    ),
    RulePair(
        rule="custom_networking_leaves_auto_mode_out",
        rejected=nodes(AUTO, MAIN, also="add_ons: {vpc-cni: {configuration: {env: {ENABLE_POD_ENI: 'true'}}}}"),
        accepted=nodes(MAIN, also="add_ons: {vpc-cni: {configuration: {env: {ENABLE_POD_ENI: 'true'}}}}"),
        message=(
            "eks.add_ons.vpc-cni.configuration.env: ENABLE_POD_ENI does not apply to nodes of EKS Auto Mode\n"
            "fix: acknowledge that it is for the other nodes only\n"
            "why: The VPC CNI add-on configures other nodes only; pods on EKS Auto Mode have addresses of the "
            "node's subnet."
        ),
    ),
    RulePair(
        rule="node_pool_name_comes_once",
        rejected=nodes(
            "auto: {kind: auto_mode, node_pools: {arm: {}}}",
            MAIN,
            KARPENTER % "arm",
            head=UNPROTECTED
            + "acknowledged_warnings: [{warning: auto_mode_is_alone, key: eks, reason: For the move.}]\n",
        ),
        accepted=nodes(
            "auto: {kind: auto_mode, node_pools: {arm: {}}}",
            MAIN,
            KARPENTER % "graviton",
            head=UNPROTECTED
            + "acknowledged_warnings: [{warning: auto_mode_is_alone, key: eks, reason: For the move.}]\n",
        ),
        message=(
            "eks.nodes.karpenter.node_pools.arm: there is another node pool arm\n"
            "fix: give it another name\n"
            "why: EKS Auto Mode and Karpenter have NodePools of one kind, and two of one name would be one."
        ),
    ),
    RulePair(
        rule="auto_mode_starts_the_type",
        rejected=nodes(POOL % "t4g.small, t4g.large"),
        accepted=nodes(POOL % "t4g.medium, t4g.large"),
        message=(
            "eks.nodes.auto.node_pools.arm.instance_types[0]: EKS Auto Mode starts no t4g.small, which is "
            "too small\n"
            "fix: use a larger size\n"
            "why: EKS Auto Mode starts no instance of the sizes nano, micro, and small, and none with one "
            "vCPU."
        ),
    ),
    RulePair(
        rule="auto_mode_starts_the_type: with more than one vCPU",
        rejected=nodes(POOL % "m7g.medium, m7g.large"),
        accepted=nodes(POOL % "m7g.large"),
        message=(
            "eks.nodes.auto.node_pools.arm.instance_types[0]: EKS Auto Mode starts no m7g.medium, which "
            "is too small\n"
            "fix: use a larger size\n"
            "why: EKS Auto Mode starts no instance of the sizes nano, micro, and small, and none with one "
            "vCPU."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
