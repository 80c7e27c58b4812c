"""Rules of EC2 instance types, for ECS capacity and for EKS nodes."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from settings.environment import Environment
from settings.facts import InstanceTypeFacts, instance_types
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_keys, instance_nodes, instances

# `InstanceType` of aws-cdk-lib, which managed node groups ask for the architecture.
READABLE_TYPE = re.compile(r"[a-z]+\d{1,2}[a-z-]*\.[a-z0-9-]+")


@rule("Amazon EC2 instance types; settings/facts/aws_facts.json", keys=instance_keys("instance_types[]"))
def instance_type_exists(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 cannot start an instance of a type that it does not have."""
    for path, names in _types(environment):
        for index, name in enumerate(names):
            if name not in instance_types():
                close = difflib.get_close_matches(name, instance_types(), n=3)
                hint = f"did you mean {listed(close, 'or')}? " if close else ""
                yield Problem(
                    path=(*path, index),
                    value=name,
                    fix=f"{hint}If the type is newer than the data here, run `make aws-facts`",
                )


@rule(
    "Amazon EC2 instance types; settings/facts/aws_facts.json", keys=instance_keys("instance_types[]", "architecture")
)
def instance_type_has_the_architecture(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 cannot start an AMI on a processor of another architecture."""
    for path, group in instances(environment):
        for place, name, facts in _known_types((*path, "instance_types"), group.instance_types):
            if facts.architecture != group.architecture:
                yield Problem(
                    path=place,
                    finding=f"{name!r} is {facts.architecture}, but architecture is {group.architecture}",
                    fix=f"use {group.architecture} instance types, or set architecture to {facts.architecture}",
                )


@rule(
    "Amazon ECS-optimized Linux AMIs; Use EKS-optimized accelerated AMIs, Amazon EKS User Guide; docs/adr/0009",
    keys=instance_keys("instance_types[]"),
)
def instance_type_has_no_accelerator(environment: Environment) -> Iterator[Problem]:
    """The AMI has no drivers for GPUs and Neuron devices, which would cost money and not be used."""
    for path, names in _types(environment):
        for place, name, facts in _known_types(path, names):
            if facts.gpus or facts.neuron_devices:
                yield Problem(path=place, value=name, allowed="an instance type without GPUs and Neuron devices")


@rule("Best practices for Amazon EC2 Spot", keys=instance_keys("instance_types[]"))
def instance_type_comes_once(environment: Environment) -> Iterator[Problem]:
    """A type that is listed twice gives Amazon EC2 one choice less than it seems."""
    for path, names in _types(environment):
        yield from come_once(path, names)


@warning(
    "Best practices for Amazon EC2 Spot; Managed node group capacity types, Amazon EKS User Guide",
    keys=(
        *instance_keys("instance_types"),
        "ecs.capacity.<name>.on_demand_percent_above_base",
        "eks.nodes.<name>.capacity_type",
    ),
)
def spot_has_several_instance_types(environment: Environment) -> Iterator[Problem]:
    """When Spot capacity of the only type runs out, no instance starts."""
    for path, group in instances(environment):
        if group.uses_spot and len(set(group.instance_types)) < 2:
            yield Problem(
                path=(*path, "instance_types"),
                finding=f"Spot Instances can be of one type only, {group.instance_types[0]}",
                fix="add one or more types of similar size",
            )


@rule("aws-cdk-lib, aws_ec2.InstanceType", keys=("eks.nodes.<name>.instance_types[]",))
def node_instance_type_is_known_to_the_cdk(environment: Environment) -> Iterator[Problem]:
    """The CDK cannot read the architecture from a name such as u7in-16tb.224xlarge, and stops the synthesis."""
    for path, node in instance_nodes(environment):
        for index, name in enumerate(node.instance_types):
            if not READABLE_TYPE.fullmatch(name):
                yield Problem(path=(*path, "instance_types", index), value=name, fix="use a type of another family")


def _types(environment: Environment) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
    for path, group in instances(environment):
        yield (*path, "instance_types"), group.instance_types


def _known_types(path: KeyPath, names: tuple[str, ...]) -> Iterator[tuple[KeyPath, str, InstanceTypeFacts]]:
    for index, name in enumerate(names):
        if (facts := instance_types().get(name)) is not None:
            yield (*path, index), name, facts
