"""Rules of what workloads need of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, PRIVATE_ACCESS, RulePair, eks, problems

WINDOWS = "operating_system: windows_2022_core, architecture: x86_64, instance_types: [m7i.large], taints: [{key: os}]"
PROFILE = "batch: {kind: fargate, selectors: [{namespace: a}]"


def managed(needs: str, options: str = "") -> str:
    return eks(f"nodes: {{main: {{kind: managed, needs: [{needs}]{options}}}}}")


def fargate(needs: str) -> str:
    return eks(f"nodes: {{{PROFILE}, needs: [{needs}]}}}}", PRIVATE_ACCESS)


PAIRS = (
    RulePair(
        rule="nodes_can_do_what_is_needed",
        rejected=fargate("ebs"),
        accepted=fargate("efs"),
        message=(
            "eks.nodes.batch.needs[0]: these nodes cannot offer Amazon EBS volumes: AWS Fargate: a pod on "
            "Fargate cannot mount one, though the controller of the driver can run there\n"
            "fix: use Managed node groups, Self-managed nodes, EKS Auto Mode, or Karpenter: make "
            "node-capabilities NEEDS=ebs\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="nodes_can_do_what_is_needed: nor what their AMI has no drivers for",
        rejected=managed("daemon_sets, gpu"),
        accepted=managed(
            "daemon_sets, gpu", ", accelerator: nvidia, architecture: x86_64, instance_types: [g5.xlarge]"
        ),
        message=(
            "eks.nodes.main.needs[1]: these nodes cannot offer NVIDIA GPUs: accelerator is null\n"
            "fix: change the options of these nodes, or use Self-managed nodes, EKS Auto Mode, Karpenter, or "
            "EKS Hybrid Nodes: make node-capabilities NEEDS=gpu\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="nodes_can_do_what_is_needed: with these options",
        rejected=managed("bottlerocket"),
        accepted=managed("bottlerocket", ", operating_system: bottlerocket"),
        message=(
            "eks.nodes.main.needs[0]: these nodes cannot offer Bottlerocket: operating_system is al2023\n"
            "fix: change the options of these nodes, or use Self-managed nodes, EKS Auto Mode, Karpenter, or "
            "EKS Hybrid Nodes: make node-capabilities NEEDS=bottlerocket\n"
            "why: Pods that need it would stay pending, or fail, on nodes that cannot do it."
        ),
    ),
    RulePair(
        rule="some_nodes_can_do_what_is_needed",
        rejected=eks(f"nodes: {{{PROFILE}}}}}", "needs: [daemon_sets]", PRIVATE_ACCESS),
        accepted=eks(f"nodes: {{main: {{kind: managed}}, {PROFILE}}}}}", "needs: [daemon_sets]"),
        message=(
            "eks.needs[0]: no nodes offer DaemonSets: AWS Fargate: each pod has a host of its own; use a "
            "sidecar container\n"
            "fix: use Managed node groups, Self-managed nodes, EKS Auto Mode, Karpenter, or EKS Hybrid Nodes:"
            " make node-capabilities NEEDS=daemon_sets\n"
            "why: Pods that need it have no node to run on."
        ),
    ),
    RulePair(
        rule="need_comes_once",
        rejected=eks(MANAGED, "needs: [ebs, ebs]"),
        accepted=eks(MANAGED, "needs: [ebs, efs]"),
        message=(
            "eks.needs[1]: 'ebs' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A need that is listed twice says nothing more."
        ),
    ),
    RulePair(
        rule="need_comes_once: of nodes",
        rejected=managed("ebs, ebs"),
        accepted=managed("ebs, efs"),
        message=(
            "eks.nodes.main.needs[1]: 'ebs' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A need that is listed twice says nothing more."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)


@pytest.mark.parametrize(
    ("need", "options"),
    [
        ("al2023", ", operating_system: bottlerocket"),
        ("arm64", ", architecture: x86_64, instance_types: [m7i.large]"),
        ("spot", ", capacity_type: on_demand"),
        ("neuron", ", accelerator: null"),
        ("custom_ami", ", image_id: null"),
        ("warm_pool", ", warm_pool: null"),
        ("ssh", ""),
        ("efs", f", {WINDOWS}"),
        ("pod_identity", f", {WINDOWS}"),
        ("kubelet_configuration", f", {WINDOWS}"),
        ("windows", ", operating_system: bottlerocket"),
    ],
)
def test_what_is_chosen_is_what_nodes_offer(tmp_path: Path, need: str, options: str) -> None:
    assert problems(tmp_path, managed(need, options))
    other = {
        "spot": ", capacity_type: spot, instance_types: [m7g.large, m6g.large]",
        "neuron": ", architecture: x86_64, accelerator: neuron, instance_types: [inf2.xlarge]",
        "custom_ami": ", image_id: ami-0123456789abcdef0",
        "warm_pool": ", warm_pool: {}",
        "windows": f", {WINDOWS}",
    }
    need = "session_manager" if need == "ssh" else need
    linux = "linux: {kind: managed}, " if need == "windows" else ""
    file = managed(need, other.get(need, "")).replace("nodes: {", f"nodes: {{{linux}")
    assert problems(tmp_path, f"{file}  service_cidr: 172.20.0.0/16\n") == []
