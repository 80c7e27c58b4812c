"""Rules of the network of pods that only some nodes take part in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings.rules.test_existing_network import existing
from tests.settings.rules.test_pod_networks import POD_A, POD_B
from tests.support.rule_pairs import FARGATE, HEAD, PRIVATE_ACCESS, RulePair, eks

WINDOWS = (
    "win: {kind: managed, operating_system: windows_2022_core, architecture: x86_64, instance_types: [m5.large], "
    "desired_size: 1, taints: [{key: os}]}"
)
BURSTABLE = "main: {kind: managed, instance_types: [t4g.large]}"
SMALL = "main: {kind: managed, instance_types: [m7g.large], max_pods: 20}"
POD_ENI = "add_ons: {vpc-cni: {configuration: {env: {ENABLE_POD_ENI: 'true'}}}}"
PODS = HEAD + "network: {pod_cidr: 100.64.0.0/16}\n"
OWN_POOL = "auto: {kind: auto_mode, node_pools: {arm: {}}}"
PENDING = "Pods with security groups of their own stay pending without Linux nodes on Nitro, of another family than t."
UNUSED = "Fargate, Windows nodes, hybrid nodes, and built-in node pools of EKS Auto Mode use no subnets for pods alone."

PAIRS = (
    RulePair(
        rule="network_interfaces_for_pods_have_a_node",
        rejected=eks(f"nodes: {{{BURSTABLE}}}", POD_ENI),
        accepted=eks(f"nodes: {{{BURSTABLE}, other: {{kind: managed}}}}", POD_ENI),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.ENABLE_POD_ENI: no nodes give pods network interfaces: t4g.large "
            "has no network interfaces for single pods\n"
            "fix: use Linux nodes of another family, or remove ENABLE_POD_ENI\n"
            f"why: {PENDING}"
        ),
    ),
    RulePair(
        rule="network_interfaces_for_pods_have_a_node: which is not of Windows",
        rejected=eks(f"nodes: {{{WINDOWS}, {BURSTABLE}}}", POD_ENI),
        accepted=eks(f"nodes: {{{WINDOWS}, main: {{kind: managed}}}}", POD_ENI),
        message=(
            "eks.add_ons.vpc-cni.configuration.env.ENABLE_POD_ENI: no nodes give pods network interfaces: "
            "operating_system is windows_2022_core and t4g.large has no network interfaces for single pods\n"
            "fix: use Linux nodes of another family, or remove ENABLE_POD_ENI\n"
            f"why: {PENDING}"
        ),
    ),
    RulePair(
        rule="subnets_for_pods_have_nodes",
        rejected=eks("nodes: {auto: {kind: auto_mode}}", PRIVATE_ACCESS, head=PODS),
        accepted=eks(f"nodes: {{{OWN_POOL}}}", PRIVATE_ACCESS, head=PODS),
        message=(
            "network.pod_cidr: there are subnets for pods, and no nodes use them\n"
            "fix: remove pod_cidr, or add Linux nodes, or node_pools of your own in EKS Auto Mode\n"
            f"why: {UNUSED}"
        ),
    ),
    RulePair(
        rule="subnets_for_pods_have_nodes: with Fargate alone, nor those that exist",
        rejected=eks(FARGATE, PRIVATE_ACCESS, head=existing(f"pod_subnets: {{{POD_A}, {POD_B}}}")),
        accepted=eks(f"nodes: {{{SMALL}}}", head=existing(f"pod_subnets: {{{POD_A}, {POD_B}}}")),
        message=(
            "network.existing.pod_subnets: there are subnets for pods, and no nodes use them\n"
            "fix: remove pod_subnets, or add Linux nodes, or node_pools of your own in EKS Auto Mode\n"
            f"why: {UNUSED}"
        ),
    ),
    RulePair(
        rule="subnets_for_pods_have_nodes: of Linux",
        rejected=eks(f"nodes: {{{WINDOWS}}}", head=PODS),
        accepted=eks(f"nodes: {{{WINDOWS}}}"),
        message=(
            "network.pod_cidr: there are subnets for pods, and no nodes use them\n"
            "fix: remove pod_cidr, or add Linux nodes, or node_pools of your own in EKS Auto Mode\n"
            f"why: {UNUSED}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
