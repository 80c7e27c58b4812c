"""Rules of instance types with GPUs or Neuron devices."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, capacity, eks


def nodes(text: str, *lines: str) -> str:
    return eks(f"nodes: {{main: {{kind: managed, {text}}}}}", *lines)


def windows(text: str, *lines: str) -> str:
    gpu = "instance_types: [g5.xlarge], accelerator: nvidia, taints: [{key: os}], architecture: x86_64"
    options = f"kind: managed, operating_system: windows_2022_core, {gpu}, {text}"
    return eks(f"nodes: {{main: {{kind: managed}}, win: {{{options}}}}}", *lines)


DRIVERS = (
    "why: Amazon EKS refuses GPUs with another AMI type, and without its drivers an accelerator costs and is not used."
)
NO_AMI = "why: There is no AMI of Amazon EKS with drivers for it."
SYSTEMS = "fix: use al2023 or bottlerocket, on x86_64 for neuron, or an AMI of your own: image_id\n"
OWN_AMI = "image_id: ami-0123456789abcdef0"
SERVICES = "service_cidr: 172.20.0.0/16"


PAIRS = (
    RulePair(
        rule="capacity_has_no_accelerator",
        rejected=capacity("default: {architecture: x86_64, instance_types: [g4dn.xlarge]}"),
        accepted=capacity("default: {architecture: x86_64, instance_types: [m6i.xlarge]}"),
        message=(
            "ecs.capacity.default.instance_types[0]: 'g4dn.xlarge' has GPUs or Neuron devices\n"
            "allowed: an instance type without GPUs and Neuron devices\n"
            "fix: or set accelerator to nvidia\n"
            "why: The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be used."
        ),
    ),
    RulePair(
        rule="instances_of_capacity_have_its_accelerator",
        rejected=capacity("default: {architecture: x86_64, instance_types: [m7i.large], accelerator: nvidia}"),
        accepted=capacity("default: {architecture: x86_64, instance_types: [g5.xlarge], accelerator: nvidia}"),
        message=(
            "ecs.capacity.default.instance_types[0]: accelerator is nvidia, and 'm7i.large' has none of it\n"
            "fix: use instance types with it, or remove accelerator\n"
            "why: The agent of an AMI for accelerators finds none, and tasks that reserve one are never placed."
        ),
    ),
    RulePair(
        rule="instances_of_capacity_have_its_accelerator: by attributes",
        rejected=capacity(
            "default: {architecture: x86_64, instance_requirements: {vcpus_min: 4}, accelerator: nvidia}"
        ),
        accepted=capacity(
            "default: {architecture: x86_64, instance_requirements: {gpus_min: 1, gpus_max: 1}, accelerator: nvidia}"
        ),
        message=(
            "ecs.capacity.default.accelerator: accelerator is nvidia, and gpus_max of instance_requirements is 0\n"
            "fix: set gpus_min and gpus_max, or remove accelerator\n"
            "why: The agent of an AMI for accelerators finds none, and tasks that reserve one are never placed."
        ),
    ),
    RulePair(
        rule="accelerator_is_that_of_the_instance_types",
        rejected=nodes("architecture: x86_64, instance_types: [inf2.xlarge]"),
        accepted=nodes("architecture: x86_64, instance_types: [inf2.xlarge], accelerator: neuron"),
        message=(
            "eks.nodes.main.instance_types[0]: 'inf2.xlarge' has Neuron devices, but accelerator is null\n"
            f"fix: set accelerator to neuron, or use other instance types\n{DRIVERS}"
        ),
    ),
    RulePair(
        rule="accelerator_is_that_of_the_instance_types: of another maker",
        rejected=nodes("architecture: x86_64, instance_types: [g5.xlarge], accelerator: neuron"),
        accepted=nodes("architecture: x86_64, instance_types: [g5.xlarge], accelerator: nvidia"),
        message=(
            "eks.nodes.main.instance_types[0]: 'g5.xlarge' has GPUs, but accelerator is neuron\n"
            f"fix: set accelerator to nvidia, or use other instance types\n{DRIVERS}"
        ),
    ),
    RulePair(
        rule="accelerator_is_that_of_the_instance_types: and the reverse",
        rejected=nodes("accelerator: nvidia"),
        accepted=nodes("accelerator: null"),
        message=(
            "eks.nodes.main.instance_types[0]: 'm7g.large' has no accelerator, but accelerator is nvidia\n"
            f"fix: set accelerator to null, or use other instance types\n{DRIVERS}"
        ),
    ),
    RulePair(
        rule="accelerator_is_that_of_the_instance_types: which an AMI of your own may not need",
        rejected=nodes("architecture: x86_64, instance_types: [g5.xlarge]"),
        accepted=nodes(f"architecture: x86_64, instance_types: [g5.xlarge], {OWN_AMI}", SERVICES),
        message=(
            "eks.nodes.main.instance_types[0]: 'g5.xlarge' has GPUs, but accelerator is null\n"
            f"fix: set accelerator to nvidia, or use other instance types\n{DRIVERS}"
        ),
    ),
    RulePair(
        rule="accelerator_has_an_ami",
        rejected=windows("desired_size: 1"),
        accepted=windows(f"desired_size: 1, {OWN_AMI}", SERVICES),
        message=(
            "eks.nodes.win.accelerator: there is no AMI of Amazon EKS for nvidia with windows_2022_core on x86_64\n"
            f"{SYSTEMS}{NO_AMI}"
        ),
    ),
    RulePair(
        rule="accelerator_has_an_ami: for the makers of others",
        rejected=nodes("architecture: x86_64, instance_types: [g4ad.xlarge]").replace(
            "tags:",
            "acknowledged_warnings: [{warning: instance_type_is_known, key: eks, reason: We have them.}]\ntags:",
        ),
        accepted=nodes("architecture: x86_64, instance_types: [g4dn.xlarge], accelerator: nvidia"),
        message=(
            "eks.nodes.main.instance_types[0]: no AMI of Amazon EKS has drivers for the accelerators of 'g4ad.xlarge'\n"
            f"fix: use instance types with NVIDIA GPUs or Neuron devices, or an AMI of your own: image_id\n{NO_AMI}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
