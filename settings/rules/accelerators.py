"""Rules of instance types with GPUs or Neuron devices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts import instance_types
from reference_constructs.compute.instance_options import Accelerator
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, instance_nodes

# The same page: families with GPUs (p, g, gr), AWS Inferentia and Trainium, and deep learning accelerators.
ACCELERATED_FAMILY = re.compile(r"(p|g|gr|inf|trn|dl)\d")


_SOURCE = "CreateNodegroup, Amazon EKS API Reference, instanceTypes and amiType; Use EKS-optimized accelerated AMIs"
_KEYS = ("eks.nodes.<name>.instance_types[]", "eks.nodes.<name>.accelerator")
# Gaudi, Qualcomm AI 100, and GPUs of AMD.
_WITHOUT_AMI = re.compile(r"dl\d|g4ad\.")
_NEURON_FAMILY = re.compile(r"(inf|trn)\d")


def accelerator_of(name: str) -> Accelerator | None:
    """The variant of the AMI that has the drivers for an instance type."""
    facts = instance_types().get(name)
    if _WITHOUT_AMI.match(name) or not (facts or ACCELERATED_FAMILY.match(name)):
        return None
    if facts:
        return "neuron" if facts.neuron_devices else "nvidia" if facts.gpus else None
    return "neuron" if _NEURON_FAMILY.match(name) else "nvidia"


@rule(_SOURCE, keys=_KEYS)
def accelerator_is_that_of_the_instance_types(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses GPUs with another AMI type, and without its drivers an accelerator costs and is not used."""
    for path, node in instance_nodes(environment):
        for index, name in enumerate(node.instance_types if not node.image_id else ()):
            needed = accelerator_of(name)
            if needed != node.accelerator and not _WITHOUT_AMI.match(name):
                has = {"nvidia": "has GPUs", "neuron": "has Neuron devices", None: "has no accelerator"}[needed]
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"{name!r} {has}, but accelerator is {node.accelerator or 'null'}",
                    fix=f"set accelerator to {needed or 'null'}, or use other instance types",
                )


@rule(_SOURCE, keys=_KEYS)
def accelerator_has_an_ami(environment: Environment) -> Iterator[Problem]:
    """There is no AMI of Amazon EKS with drivers for it."""
    for path, node in instance_nodes(environment):
        if node.image_id:
            continue
        for index, name in enumerate(node.instance_types):
            if _WITHOUT_AMI.match(name):
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"no AMI of Amazon EKS has drivers for the accelerators of {name!r}",
                    fix="use instance types with NVIDIA GPUs or Neuron devices, or an AMI of your own: image_id",
                )
        if node.accelerator and (node.is_windows or (node.accelerator == "neuron" and node.architecture == "arm64")):
            system = f"{node.operating_system} on {node.architecture}"
            yield Problem(
                path=(*path, "accelerator"),
                finding=f"there is no AMI of Amazon EKS for {node.accelerator} with {system}",
                fix="use al2023 or bottlerocket, on x86_64 for neuron, or an AMI of your own: image_id",
            )


@warning("Amazon ECS-optimized Linux AMIs", keys=("ecs.capacity.<name>.instance_types[]",))
def capacity_has_no_accelerator(environment: Environment) -> Iterator[Problem]:
    """The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be used."""
    for path, group in capacity_groups(environment):
        if group.instance_requirements is None:
            yield from _other_accelerators((*path, "instance_types"), group)


def _other_accelerators(path: KeyPath, group: Ec2CapacityOptions) -> Iterator[Problem]:
    for index, name in enumerate(group.instance_types):
        facts = instance_types().get(name)
        is_accelerated = bool(facts.gpus or facts.neuron_devices if facts else ACCELERATED_FAMILY.match(name))
        if group.accelerator is None and is_accelerated:
            needed = accelerator_of(name)
            yield Problem(
                path=(*path, index),
                finding=f"{name!r} has GPUs or Neuron devices",
                allowed="an instance type without GPUs and Neuron devices",
                fix=f"or set accelerator to {needed}" if needed else "",
            )


@rule(
    "Amazon ECS-optimized Linux AMIs; facts/aws_facts.json",
    keys=("ecs.capacity.<name>.instance_types[]", "ecs.capacity.<name>.accelerator"),
)
def instances_of_capacity_have_its_accelerator(environment: Environment) -> Iterator[Problem]:
    """The agent of an AMI for accelerators finds none, and tasks that reserve one are never placed."""
    for path, group in capacity_groups(environment):
        for index, name in enumerate(group.instance_types if not group.instance_requirements else ()):
            if group.accelerator is not None and name in instance_types() and accelerator_of(name) != group.accelerator:
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"accelerator is {group.accelerator}, and {name!r} has none of it",
                    fix="use instance types with it, or remove accelerator",
                )
        if group.accelerator and group.instance_requirements and not group.instance_requirements.gpus_max:
            yield Problem(
                path=(*path, "accelerator"),
                finding=f"accelerator is {group.accelerator}, and gpus_max of instance_requirements is 0",
                fix="set gpus_min and gpus_max, or remove accelerator",
            )
