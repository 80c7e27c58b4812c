"""Rules of what workloads need of nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import MANAGED, PRIVATE_ACCESS, RulePair, eks, problems

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
        rule="nodes_can_do_what_is_needed: nor what this project does not make",
        rejected=managed("daemon_sets, gpu"),
        accepted=managed("daemon_sets, ebs"),
        message=(
            "eks.nodes.main.needs[1]: these nodes cannot offer NVIDIA GPUs: the AMI types here are Amazon "
            "Linux 2023 and Bottlerocket without accelerators\n"
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
    ],
)
def test_what_is_chosen_is_what_nodes_offer(tmp_path: Path, need: str, options: str) -> None:
    assert problems(tmp_path, managed(need, options))
    other = {"al2023": "", "arm64": "", "spot": ", capacity_type: spot, instance_types: [m7g.large, m6g.large]"}
    assert problems(tmp_path, managed(need, other[need])) == []
