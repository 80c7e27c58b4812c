"""Rules of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, RulePair, eks


def managed(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


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
            "fix: add nodes of any kind, such as general: {kind: managed}, or remove eks\n"
            "why: CoreDNS has nowhere to run; Amazon EKS waits 20 minutes for it, and then the deployment "
            "fails."
        ),
    ),
    RulePair(
        rule="core_dns_has_a_node_without_taints",
        rejected=managed("min_size: 0, desired_size: 0"),
        accepted=managed("min_size: 0, desired_size: 1"),
        message=(
            "eks.nodes: there is no node that CoreDNS can run on\n"
            "fix: set desired_size above 0 for nodes without taints; PREFER_NO_SCHEDULE taints are allowed\n"
            "why: CoreDNS does not tolerate custom taints; Amazon EKS waits 20 minutes for it, and then the "
            "deployment fails."
        ),
    ),
    RulePair(
        rule="core_dns_has_a_node_without_taints: but it tolerates a preference",
        rejected=managed("taints: [{key: spot}]"),
        accepted=managed("taints: [{key: spot, effect: PREFER_NO_SCHEDULE}]"),
        message=(
            "eks.nodes: there is no node that CoreDNS can run on\n"
            "fix: set desired_size above 0 for nodes without taints; PREFER_NO_SCHEDULE taints are allowed\n"
            "why: CoreDNS does not tolerate custom taints; Amazon EKS waits 20 minutes for it, and then the "
            "deployment fails."
        ),
    ),
    RulePair(
        rule="node_group_sizes_ascend",
        rejected=managed("desired_size: 5"),
        accepted=managed("desired_size: 4"),
        message=(
            "eks.nodes.main.desired_size: 5 is not allowed\n"
            "allowed: at most max_size, which is 4\n"
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
            "allowed: at most desired_size, which is 2\n"
            "why: Amazon EKS refuses a desired size that is less than the minimum size or greater than the "
            "maximum size."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
