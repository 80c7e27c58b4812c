"""Rules of instance types with GPUs or Neuron devices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, capacity, eks


def nodes(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


ACCELERATED = (
    "eks.nodes.main.instance_types[0]: '%s' has GPUs or Neuron devices\n"
    "allowed: an instance type without GPUs and Neuron devices\n"
    "why: Amazon EKS wants another AMI type with GPUs, and this one has no drivers for them or for Neuron devices."
)


PAIRS = (
    RulePair(
        rule="capacity_has_no_accelerator",
        rejected=capacity("default: {architecture: x86_64, instance_types: [g4dn.xlarge]}"),
        accepted=capacity("default: {architecture: x86_64, instance_types: [m6i.xlarge]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'g4dn.xlarge' has GPUs or Neuron devices\n"
            "allowed: an instance type without GPUs and Neuron devices\n"
            "why: The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be used."
        ),
    ),
    RulePair(
        rule="node_has_no_accelerator",
        rejected=nodes("architecture: x86_64, instance_types: [inf2.xlarge]"),
        accepted=nodes("architecture: x86_64, instance_types: [c7i.xlarge]"),
        message=ACCELERATED % "inf2.xlarge",
    ),
    RulePair(
        rule="node_has_no_accelerator: nor has one that there is no data of",
        rejected=nodes("architecture: x86_64, instance_types: [p3.2xlarge]"),
        accepted=nodes("architecture: x86_64, instance_types: [m5.2xlarge]"),
        message=ACCELERATED % "p3.2xlarge",
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
