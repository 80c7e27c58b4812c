"""Rules of instance types with GPUs or Neuron devices."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts import instance_types
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, instance_nodes

# The same page: families with GPUs (p, g, gr), AWS Inferentia and Trainium, and deep learning accelerators.
ACCELERATED_FAMILY = re.compile(r"(p|g|gr|inf|trn|dl)\d")


@rule(
    "CreateNodegroup, Amazon EKS API Reference, instanceTypes; Use EKS-optimized accelerated AMIs; docs/adr/0009",
    keys=("eks.nodes.<name>.instance_types[]",),
)
def node_has_no_accelerator(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS wants another AMI type with GPUs, and this one has no drivers for them or for Neuron devices."""
    for path, node in instance_nodes(environment):
        yield from _accelerated((*path, "instance_types"), node.instance_types)


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
