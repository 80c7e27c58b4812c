"""Rules of instance types with GPUs or Neuron devices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts import instance_types
from reference_constructs.compute.instance_options import Accelerator
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
        yield from _accelerated((*path, "instance_types"), group.instance_types)


def _accelerated(path: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
    for index, name in enumerate(names):
        facts = instance_types().get(name)
        if facts.gpus or facts.neuron_devices if facts else ACCELERATED_FAMILY.match(name):
            yield Problem(
                path=(*path, index),
                finding=f"{name!r} has GPUs or Neuron devices",
                allowed="an instance type without GPUs and Neuron devices",
            )
