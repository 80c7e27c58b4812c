"""Rules of EC2 instance types, for ECS capacity and for EKS nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from facts import InstanceTypeFacts, dated, instance_types
from reference_constructs.compute.instance_options import InstanceOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, listed
from settings.rules.keys import instance_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import instances
from settings.similar_types import near_types, types_of_the_family

# "Amazon EC2 instance type naming conventions": every size there is has one of these names.
SIZE = re.compile(r"nano|micro|small|medium|large|\d*xlarge|metal(-\d+xl)?")
_SOURCE = "Amazon EC2 instance types; facts/aws_facts.json"


@rule("Amazon EC2 instance type naming conventions", keys=instance_keys("instance_types[]"))
def instance_type_has_a_size(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 cannot start an instance of a type that it does not have."""
    for path, names in _types(environment):
        for index, name in enumerate(names):
            if not SIZE.fullmatch(name.partition(".")[2]):
                yield Problem(
                    path=(*path, index),
                    value=name,
                    allowed="a family and a size of Amazon EC2",
                    fix=_similar(name).removesuffix(" If not, ").removesuffix("; or "),
                )


@rule("Amazon EC2 Mac instances; Choosing an Amazon EC2 instance type", keys=instance_keys("instance_types[]"))
def instance_type_runs_containers(environment: Environment) -> Iterator[Problem]:
    """There is no AMI of Amazon ECS or Amazon EKS for Mac instances."""
    for path, names in _types(environment):
        for index, name in enumerate(names):
            if name.startswith("mac"):
                yield Problem(path=(*path, index), value=name, allowed="an instance type that runs Linux")


@rule(
    "Amazon Linux 2023 User Guide, system requirements; Amazon EC2 A1 instances", keys=instance_keys("instance_types[]")
)
def instance_type_runs_the_ami(environment: Environment) -> Iterator[Problem]:
    """Amazon Linux 2023 does not start on the first generation of AWS Graviton."""
    for path, group in instances(environment):
        for index, name in enumerate(group.instance_types):
            if name.startswith("a1.") and group.operating_system == "al2023":
                yield Problem(
                    path=(*path, "instance_types", index),
                    value=name,
                    allowed="an instance type of a later generation, such as m7g",
                )


@warning(_SOURCE, keys=instance_keys("instance_types[]"))
def instance_type_is_known(environment: Environment) -> Iterator[Problem]:
    """The data has what AWS offered to everyone on its day; the architecture and the size of others are not known."""
    for path, names in _types(environment):
        for index, name in enumerate(names):
            if SIZE.fullmatch(name.partition(".")[2]) and name not in instance_types() and not name.startswith("mac"):
                yield Problem(
                    path=(*path, index),
                    finding=f"the instance type {name} is not in the data here, which is of {dated()}",
                    fix=f"{_similar(name)}{_is_offered(name, environment)}",
                )


@warning(f"{_SOURCE}; eksctl issue 6461", keys=(*instance_keys("instance_types[]"), "region"))
def instance_type_is_offered_in_the_region(environment: Environment) -> Iterator[Problem]:
    """No instance of the type starts, and Amazon EKS refuses to create a node group with it."""
    for path, names in _types(environment):
        for place, name, facts in _known_types(path, names):
            if facts.zones.get(environment.region) == 0:
                yield Problem(
                    path=place,
                    finding=f"by the data here, of {dated()}, {environment.region} does not offer {name}",
                    fix=f"use {_offered_like(facts, environment)}, or acknowledge this if the offer is newer",
                )


@warning(f"{_SOURCE}; Amazon EKS managed node groups", keys=(*instance_keys("instance_types[]"), "availability_zones"))
def instance_type_is_offered_in_the_zones(environment: Environment) -> Iterator[Problem]:
    """In a zone that does not offer the type, no instance starts, and the node group or capacity is degraded."""
    for path, group in instances(environment):
        used = len(_zones(environment, group))
        for place, name, facts in _known_types((*path, "instance_types"), group.instance_types):
            # Letters of zones differ between accounts, so it is known how many offer the type, but not which.
            if 0 < (offering := facts.zones.get(environment.region, used)) < used:
                yield Problem(
                    path=place,
                    finding=f"by the data here, of {dated()}, {offering} of the zones of {environment.region} "
                    f"{'offers' if offering == 1 else 'offer'} {name}, but "
                    f"{_who_uses(group)} {used}",
                    fix=f"use {_offered_like(facts, environment)}, or acknowledge this if your zones offer it",
                )


@rule("Amazon EC2 instance types; facts/aws_facts.json", keys=instance_keys("instance_types[]", "architecture"))
def instance_type_has_the_architecture(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 cannot start an AMI on a processor of another architecture."""
    for path, group in instances(environment):
        for place, name, facts in _known_types((*path, "instance_types"), group.instance_types):
            if facts.architecture != group.architecture:
                yield Problem(
                    path=place,
                    finding=f"{name!r}{'' if 'instance_types' in group.model_fields_set else ', the default,'} is "
                    f"{facts.architecture}, but architecture is {group.architecture}",
                    fix=f"use {group.architecture} instance types, or set architecture to {facts.architecture}",
                )


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
        "eks.nodes.<name>.on_demand_percent_above_base",
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


def _types(environment: Environment) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
    for path, group in instances(environment):
        yield (*path, "instance_types"), group.instance_types


def _known_types(path: KeyPath, names: tuple[str, ...]) -> Iterator[tuple[KeyPath, str, InstanceTypeFacts]]:
    for index, name in enumerate(names):
        if (facts := instance_types().get(name)) is not None:
            yield (*path, index), name, facts


def _zones(environment: Environment, group: InstanceOptions) -> tuple[str, ...]:
    if not isinstance(group, InstanceNodeOptions):
        return environment.availability_zones
    # The zones of subnets that exist are not known.
    return () if group.subnet_ids else group.availability_zones or environment.availability_zones


def _who_uses(group: InstanceOptions) -> str:
    is_own = isinstance(group, InstanceNodeOptions) and group.availability_zones
    return "availability_zones has" if is_own else "the environment uses"


def _similar(name: str) -> str:
    """The beginning of a fix, which something else ends."""
    if near := near_types(name):
        return f"did you mean {listed(near, 'or')}? If not, "
    of_the_family = types_of_the_family(name)
    return f"use {listed(of_the_family, 'or')}; or " if of_the_family else ""


def _is_offered(name: str, environment: Environment) -> str:
    command = f"aws ec2 describe-instance-types --region {environment.region} --instance-types {name}"
    return f"acknowledge this if `{command}` shows that your account can have it"


def _offered_like(facts: InstanceTypeFacts, environment: Environment) -> str:
    """Types of the same size that every zone of the environment offers, the newest first."""
    used = len(environment.availability_zones)
    size = (facts.architecture, facts.vcpus, facts.memory_mib, facts.gpus, facts.neuron_devices)
    found = [
        name
        for name, each in instance_types().items()
        if (each.architecture, each.vcpus, each.memory_mib, each.gpus, each.neuron_devices) == size
        and each.zones.get(environment.region, 0) >= used
    ]
    newest = sorted(found, key=lambda name: (len(name), [-int(digits) for digits in re.findall(r"\d+", name)], name))
    return listed(newest[:3], "or") if newest else "a type of another size"
