"""What the rules of ECS instances and of EKS nodes have in common."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from settings.facts import instance_types
from settings.problems import KeyPath, Problem


def types_are_known(path: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
    """Each is in the data."""
    for index, name in enumerate(names):
        if name not in instance_types():
            close = difflib.get_close_matches(name, instance_types(), n=3)
            hint = f"did you mean {' or '.join(close)}? " if close else ""
            yield Problem(
                path=(*path, "instance_types", index),
                value=name,
                allowed=f"{hint}an instance type of EC2; a new one: `make aws-facts`",
            )


def types_are_of_the_architecture(path: KeyPath, architecture: str, names: tuple[str, ...]) -> Iterator[Problem]:
    """Each is of the architecture that the images are for."""
    for index, name in enumerate(names):
        facts = instance_types().get(name)
        if facts is not None and facts.architecture != architecture:
            yield Problem(
                path=(*path, "instance_types", index),
                value=name,
                allowed=f"a type of architecture {architecture}; this one is {facts.architecture}",
            )


def accelerated_types(path: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
    """None has GPUs or Neuron devices."""
    for index, name in enumerate(names):
        facts = instance_types().get(name)
        if facts is not None and (facts.gpus or facts.neuron_devices):
            yield Problem(
                path=(*path, "instance_types", index), value=name, allowed="a type without GPUs or Neuron devices"
            )


def several_types_on_spot(path: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
    """More than one."""
    if len(set(names)) < 2:
        yield Problem(path=(*path, "instance_types"), value=list(names), allowed="at least two types of like size")
