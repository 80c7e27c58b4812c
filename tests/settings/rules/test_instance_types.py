"""Rules of instance types."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, capacity, eks


def nodes(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


PAIRS = (
    RulePair(
        rule="instance_type_exists",
        rejected=capacity("default: {instance_types: [m7g.largo]}"),
        accepted=capacity("default: {instance_types: [m7g.large]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'm7g.largo' is not allowed\n"
            "fix: did you mean m7g.large, m7gd.large, or m7g.xlarge? If the type is newer than the data "
            "here, run `make aws-facts`\n"
            "why: Amazon EC2 cannot start an instance of a type that it does not have."
        ),
    ),
    RulePair(
        rule="instance_type_exists: of nodes",
        rejected=nodes("instance_types: [m99g.large]"),
        accepted=nodes("instance_types: [m8g.large]"),
        message=(
            "eks.nodes.main.instance_types[0]: 'm99g.large' is not allowed\n"
            "fix: did you mean m9g.large, m9gd.large, or m9g.xlarge? If the type is newer than the data "
            "here, run `make aws-facts`\n"
            "why: Amazon EC2 cannot start an instance of a type that it does not have."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_architecture",
        rejected=capacity("default: {instance_types: [m7g.large, m7i.large]}"),
        accepted=capacity("default: {instance_types: [m7g.large, c7gn.large]}"),
        message=(
            "ecs.capacity.default.instance_types[1]: 'm7i.large' is x86_64, but architecture is arm64\n"
            "fix: use arm64 instance types, or set architecture to x86_64\n"
            "why: Amazon EC2 cannot start an AMI on a processor of another architecture."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_architecture: of nodes",
        rejected=nodes("architecture: x86_64"),
        accepted=nodes("architecture: x86_64, instance_types: [m7i.large]"),
        message=(
            "eks.nodes.main.instance_types[0]: 'm7g.large' is arm64, but architecture is x86_64\n"
            "fix: use x86_64 instance types, or set architecture to arm64\n"
            "why: Amazon EC2 cannot start an AMI on a processor of another architecture."
        ),
    ),
    RulePair(
        rule="instance_type_has_no_accelerator",
        rejected=capacity("default: {instance_types: [g5g.xlarge]}"),
        accepted=capacity("default: {instance_types: [m6g.xlarge]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'g5g.xlarge' is not allowed\n"
            "allowed: an instance type without GPUs and Neuron devices\n"
            "why: The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be "
            "used."
        ),
    ),
    RulePair(
        rule="instance_type_has_no_accelerator: Neuron devices of nodes",
        rejected=nodes("architecture: x86_64, instance_types: [inf2.xlarge]"),
        accepted=nodes("architecture: x86_64, instance_types: [c7i.xlarge]"),
        message=(
            "eks.nodes.main.instance_types[0]: 'inf2.xlarge' is not allowed\n"
            "allowed: an instance type without GPUs and Neuron devices\n"
            "why: The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be "
            "used."
        ),
    ),
    RulePair(
        rule="instance_type_comes_once",
        rejected=capacity("default: {instance_types: [m7g.large, m7g.large]}"),
        accepted=capacity("default: {instance_types: [m7g.large, m6g.large]}"),
        message=(
            "ecs.capacity.default.instance_types[1]: 'm7g.large' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A type that is listed twice gives Amazon EC2 one choice less than it seems."
        ),
    ),
    RulePair(
        rule="instance_type_comes_once: of nodes",
        rejected=nodes("instance_types: [m7g.large, m7g.large]"),
        accepted=nodes("instance_types: [m7g.large, m6g.large]"),
        message=(
            "eks.nodes.main.instance_types[1]: 'm7g.large' is listed twice\n"
            "fix: remove one of the two\n"
            "why: A type that is listed twice gives Amazon EC2 one choice less than it seems."
        ),
    ),
    RulePair(
        rule="spot_has_several_instance_types",
        rejected=capacity("default: {on_demand_percent_above_base: 99}"),
        accepted=capacity("default: {on_demand_percent_above_base: 99, instance_types: [m7g.large, m6g.large]}"),
        message=(
            "ecs.capacity.default.instance_types: Spot Instances can be of one type only, m7g.large\n"
            "fix: add one or more types of similar size\n"
            "why: When Spot capacity of the only type runs out, no instance starts."
        ),
    ),
    RulePair(
        rule="spot_has_several_instance_types: of nodes",
        rejected=nodes("capacity_type: spot"),
        accepted=nodes("capacity_type: spot, instance_types: [m7g.large, m6g.large]"),
        message=(
            "eks.nodes.main.instance_types: Spot Instances can be of one type only, m7g.large\n"
            "fix: add one or more types of similar size\n"
            "why: When Spot capacity of the only type runs out, no instance starts."
        ),
    ),
    RulePair(
        rule="node_instance_type_is_known_to_the_cdk",
        rejected=nodes("architecture: x86_64, instance_types: [u7in-16tb.224xlarge]"),
        accepted=nodes("architecture: x86_64, instance_types: [x2iedn.32xlarge]"),
        message=(
            "eks.nodes.main.instance_types[0]: 'u7in-16tb.224xlarge' is not allowed\n"
            "fix: use a type of another family\n"
            "why: The CDK cannot read the architecture from a name such as u7in-16tb.224xlarge, and stops "
            "the synthesis."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
