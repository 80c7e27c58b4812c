"""Rules of instance types."""

from __future__ import annotations

from pathlib import Path

import pytest

from facts import dated
from tests.support.rule_pairs import HEAD, MANAGED, RulePair, capacity, eks


def nodes(text: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}")


MILAN = HEAD.replace("eu-west-1", "eu-south-1")
FRANKFURT = HEAD.replace("eu-west-1", "eu-central-1")
ACCELERATED = (
    "eks.nodes.main.instance_types[0]: '%s' has GPUs or Neuron devices\n"
    "allowed: an instance type without GPUs and Neuron devices\n"
    "why: Amazon EKS wants another AMI type with GPUs, and this one has no drivers for them or for Neuron devices."
)

PAIRS = (
    RulePair(
        rule="instance_type_has_a_size",
        rejected=capacity("default: {instance_types: [m7g.largo]}"),
        accepted=capacity("default: {instance_types: [m7g.large]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'm7g.largo' is not allowed\n"
            "allowed: a family and a size of Amazon EC2\n"
            "fix: did you mean m7g.large?\n"
            "why: Amazon EC2 cannot start an instance of a type that it does not have."
        ),
    ),
    RulePair(
        rule="instance_type_runs_containers",
        rejected=capacity("default: {instance_types: [mac2.metal]}"),
        accepted=capacity("default: {instance_types: [m6g.metal]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'mac2.metal' is not allowed\n"
            "allowed: an instance type that runs Linux\n"
            "why: There is no AMI of Amazon ECS or Amazon EKS for Mac instances."
        ),
    ),
    RulePair(
        rule="instance_type_is_known",
        rejected=nodes("instance_types: [m99g.large]"),
        accepted=nodes("instance_types: [m8g.large]"),
        message=(
            "eks.nodes.main.instance_types[0]: the instance type m99g.large is not in the data here, which "
            f"is of {dated()}\n"
            "fix: acknowledge this if `aws ec2 describe-instance-types --region eu-west-1 --instance-types "
            "m99g.large` shows that your account can have it\n"
            "why: The data has what AWS offered to everyone on its day; the architecture and the size of "
            "others are not known."
        ),
    ),
    RulePair(
        rule="instance_type_is_offered_in_the_region",
        rejected=eks(MANAGED, head=MILAN),
        accepted=eks("nodes: {main: {kind: managed, instance_types: [m6g.large]}}", head=MILAN),
        message=(
            f"eks.nodes.main.instance_types[0]: by the data here, of {dated()}, eu-south-1 does not offer "
            "m7g.large\n"
            "fix: use m8g.large, m6g.large, or t4g.large, or acknowledge this if the offer is newer\n"
            "why: No instance of the type starts, and Amazon EKS refuses to create a node group with it."
        ),
    ),
    RulePair(
        rule="instance_type_is_offered_in_the_region: but nothing is said of a Region without data",
        rejected=capacity("default: {}", head=MILAN),
        accepted=capacity("default: {}", head=HEAD.replace("eu-west-1", "mx-central-1")),
        message=(
            f"ecs.capacity.default.instance_types[0]: by the data here, of {dated()}, eu-south-1 does not "
            "offer m7g.large\n"
            "fix: use m8g.large, m6g.large, or t4g.large, or acknowledge this if the offer is newer\n"
            "why: No instance of the type starts, and Amazon EKS refuses to create a node group with it."
        ),
    ),
    RulePair(
        rule="instance_type_is_offered_in_the_zones",
        rejected=capacity(
            "default: {operating_system: bottlerocket, instance_types: [a1.large]}",
            head=FRANKFURT.replace("1b]", "1b, eu-central-1c]"),
        ),
        accepted=capacity("default: {operating_system: bottlerocket, instance_types: [a1.large]}", head=FRANKFURT),
        message=(
            "ecs.capacity.default.instance_types[0]: by the data here, of 2026-10-27, 2 of the zones of "
            "eu-central-1 offer a1.large, but the environment uses 3\n"
            "fix: use c9g.large, c8g.large, or c7g.large, or acknowledge this if your zones offer it\n"
            "why: In a zone that does not offer the type, no instance starts, and the node group or capacity "
            "is degraded."
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
            "eks.nodes.main.instance_types[0]: 'm7g.large', the default, is arm64, but architecture is x86_64\n"
            "fix: use x86_64 instance types, or set architecture to arm64\n"
            "why: Amazon EC2 cannot start an AMI on a processor of another architecture."
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
        rule="instance_type_runs_the_ami",
        rejected=capacity("default: {instance_types: [a1.large]}"),
        accepted=capacity("default: {instance_types: [a1.large], operating_system: bottlerocket}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'a1.large' is not allowed\n"
            "allowed: an instance type of a later generation, such as m7g\n"
            "why: Amazon Linux 2023 does not start on the first generation of AWS Graviton."
        ),
    ),
    RulePair(
        rule="instance_type_has_the_architecture: the default",
        rejected=nodes("architecture: x86_64"),
        accepted=nodes("architecture: arm64"),
        message=(
            "eks.nodes.main.instance_types[0]: 'm7g.large', the default, is arm64, but architecture is x86_64\n"
            "fix: use x86_64 instance types, or set architecture to arm64\n"
            "why: Amazon EC2 cannot start an AMI on a processor of another architecture."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
