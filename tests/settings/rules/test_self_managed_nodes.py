"""Rules of self-managed nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, eks, message

CIDR = "service_cidr: 172.20.0.0/16"
NO_VOLUMES = "add_ons: {}"
GRACE = "kubelet: {shutdownGracePeriod: 90s}"
OUTPOST = "location: outpost, subnet_ids: [subnet-0123456789abcdef0]"
X86 = "architecture: x86_64, instance_types: [m5.large, m5.xlarge]"
SPOT = f"on_demand_percent_above_base: 50, {X86}"

WINDOWS = (
    "operating_system: windows_2022_core, architecture: x86_64, instance_types: [m6i.large], volume_gib: 60, "
    "taints: [{key: os, value: windows}]"
)
HANDLER = (
    "acknowledged_warnings: [{warning: self_managed_nodes_stop_their_pods, key: eks.nodes.own.kind, "
    "reason: The handler drains them.}]\n"
)


def self_managed(text: str, *lines: str) -> str:
    """A file whose other nodes are managed ones."""
    return eks(f"nodes: {{main: {{kind: managed}}, own: {{kind: self_managed, {GRACE}, {text}}}}}", *lines)


PAIRS = (
    RulePair(
        rule="self_managed_nodes_stop_their_pods",
        rejected=self_managed("min_size: 3", CIDR).replace(GRACE, "kubelet: {podPidsLimit: 4096}"),
        accepted=self_managed("min_size: 3", CIDR),
        message=(
            "eks.nodes.own.kind: no pod is given time to stop before its node is terminated\n"
            "fix: state kubelet.shutdownGracePeriod, such as 90s, or acknowledge that AWS Node Termination Handler "
            "drains the nodes\n"
            "why: Nothing drains such a node: an update, a scale-in, or a Spot interruption ends its pods in the "
            "middle of work."
        ),
    ),
    RulePair(
        rule="self_managed_nodes_stop_their_pods: and none is no time",
        rejected=self_managed("min_size: 3", CIDR).replace("90s", "0s"),
        accepted=self_managed("min_size: 3", CIDR).replace("90s", "1s"),
        message=(
            "eks.nodes.own.kind: no pod is given time to stop before its node is terminated\n"
            "fix: state kubelet.shutdownGracePeriod, such as 90s, or acknowledge that AWS Node Termination Handler "
            "drains the nodes\n"
            "why: Nothing drains such a node: an update, a scale-in, or a Spot interruption ends its pods in the "
            "middle of work."
        ),
    ),
    RulePair(
        rule="self_managed_nodes_stop_their_pods: which Windows nodes cannot be told",
        rejected=self_managed(WINDOWS, CIDR).replace(f"{GRACE}, ", ""),
        accepted=self_managed(WINDOWS, CIDR).replace(f"{GRACE}, ", "") + HANDLER,
        message=(
            "eks.nodes.own.kind: no pod is given time to stop before its node is terminated\n"
            "fix: acknowledge that AWS Node Termination Handler drains the nodes\n"
            "why: Nothing drains such a node: an update, a scale-in, or a Spot interruption ends its pods in the "
            "middle of work."
        ),
    ),
    RulePair(
        rule="self_managed_nodes_know_the_service_cidr",
        rejected=self_managed("min_size: 3"),
        accepted=self_managed("min_size: 3", CIDR),
        message=(
            "eks.nodes.own.kind: kind is self_managed, but eks.service_cidr is not stated\n"
            "fix: state eks.service_cidr; for a cluster that exists, the one it has: aws eks describe-cluster --query "
            "cluster.kubernetesNetworkConfig.serviceIpv4Cidr\n"
            "why: Nothing but their user data tells such nodes the addresses of services, which no template can read."
        ),
    ),
    RulePair(
        rule="own_ami_knows_the_service_cidr: which is said once of self-managed nodes",
        rejected=self_managed("image_id: ami-0123456789abcdef0"),
        accepted=self_managed("image_id: ami-0123456789abcdef0", CIDR),
        message=(
            "eks.nodes.own.image_id: there is an AMI of your own, but eks.service_cidr is not stated\n"
            "fix: state eks.service_cidr; for a cluster that exists, the one it has: aws eks describe-cluster --query "
            "cluster.kubernetesNetworkConfig.serviceIpv4Cidr\n"
            "why: A node with an AMI of your own must know the addresses of services, which no template can read."
        ),
    ),
    RulePair(
        rule="self_managed_node_sizes_ascend",
        rejected=self_managed("min_size: 5, max_size: 4", CIDR),
        accepted=self_managed("min_size: 4, max_size: 4", CIDR),
        message=(
            "eks.nodes.own.min_size: 5 is not allowed\n"
            "allowed: at most max_size, which is 4\n"
            "why: Amazon EC2 Auto Scaling refuses a minimum size that is greater than the maximum size."
        ),
    ),
    RulePair(
        rule="outpost_has_the_capacity",
        rejected=self_managed(f"{OUTPOST}, {SPOT}", CIDR, NO_VOLUMES),
        accepted=self_managed(f"{OUTPOST.replace('outpost', 'local_zone')}, {SPOT}", CIDR),
        message=(
            "eks.nodes.own.on_demand_percent_above_base: 50 is not allowed\n"
            "allowed: 100, because location is outpost\n"
            "why: An AWS Outpost has no Spot Instances, so that no instance starts."
        ),
    ),
    RulePair(
        rule="outpost_has_the_volumes",
        rejected=self_managed(f"{OUTPOST}, {X86}, volume_type: gp3", CIDR, NO_VOLUMES),
        accepted=self_managed(f"{OUTPOST}, {X86}, volume_type: gp2", CIDR, NO_VOLUMES),
        message=(
            "eks.nodes.own.volume_type: location is outpost, and volume_type is gp3\n"
            "fix: remove volume_type, or acknowledge that the rack is of the second generation\n"
            "why: Outposts racks of the first generation have no gp3 volumes, so that no instance starts there."
        ),
    ),
    RulePair(
        rule="self_managed_update_leaves_nodes",
        rejected=self_managed("update_strategy: minimal, max_unavailable_percent: 51", CIDR),
        accepted=self_managed("update_strategy: default, max_unavailable_percent: 51", CIDR),
        message=(
            "eks.nodes.own.max_unavailable_percent: an update terminates 51 percent of the nodes at the same time, "
            "before new ones start\n"
            "fix: set 50 or less\n"
            "why: Most nodes are terminated before the first new one is ready."
        ),
    ),
    RulePair(
        rule="nodes_can_do_what_is_needed: which no other kind can",
        rejected=self_managed("needs: [outposts]", CIDR),
        accepted=self_managed(f"needs: [outposts], {OUTPOST}, {X86}", CIDR, NO_VOLUMES),
        message=(
            "eks.nodes.own.needs[0]: these nodes cannot offer AWS Outposts: location is region\n"
            "fix: change the options of these nodes: make node-capabilities NEEDS=outposts\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="spot_has_several_instance_types: of self-managed nodes",
        rejected=self_managed("on_demand_percent_above_base: 99", CIDR),
        accepted=self_managed("on_demand_percent_above_base: 100", CIDR),
        message=(
            "eks.nodes.own.instance_types: Spot Instances can be of one type only, m7g.large\n"
            "fix: add one or more types of similar size\n"
            "why: When Spot capacity of the only type runs out, no instance starts."
        ),
    ),
    RulePair(
        rule="spot_starts_above_the_base",
        rejected=self_managed(f"{SPOT}, on_demand_base: 4", CIDR),
        accepted=self_managed(f"{SPOT}, on_demand_base: 3", CIDR),
        message=(
            "eks.nodes.own.on_demand_base: on_demand_base is 4, and max_size is 4, so that no node is a "
            "Spot Instance\n"
            "fix: lower on_demand_base, or remove on_demand_percent_above_base\n"
            "why: Spot Instances start only above the base of On-Demand Instances, which so many nodes "
            "never reach."
        ),
    ),
    RulePair(
        rule="edge_has_the_architecture",
        rejected=self_managed(OUTPOST, CIDR, NO_VOLUMES),
        accepted=self_managed(f"{OUTPOST}, {X86}", CIDR, NO_VOLUMES),
        message=(
            "eks.nodes.own.architecture: location is outpost, and architecture is arm64, the default\n"
            "fix: set architecture to x86_64, and use instance_types that are there, or acknowledge that "
            "these are\n"
            "why: Which types are there, only AWS says of the Outpost or zone; those known here have no Graviton "
            "processor."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_rule_tells_the_files_apart(pair: RulePair, tmp_path: Path) -> None:
    pair.check(tmp_path)


# Limits of the API of managed node groups, which the kubelet does not have.
OF_THE_KUBELET = (
    "labels: {'an-organization-with-a-long-name.example.com/team-of-the-workload-x': shop}",
    "labels: {example.com/team: ''}",
    "taints: [{key: kubernetes.io/team, value: shop}]",
)


@pytest.mark.parametrize("text", OF_THE_KUBELET)
def test_what_only_node_groups_refuse_is_accepted(text: str, tmp_path: Path) -> None:
    assert message(tmp_path, self_managed(text, CIDR)) == ""
    assert message(tmp_path, self_managed(text, CIDR).replace("kind: self_managed", "kind: managed"))
