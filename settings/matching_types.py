"""The instance types that attributes select, by the data here."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from facts import InstanceTypeFacts, instance_types
from reference_constructs.compute.instance_options import Architecture
from reference_constructs.compute.instance_requirements_options import Inclusion, InstanceRequirementsOptions
from reference_constructs.ecs.capacity_options import Ec2CapacityOptions


def types_of(group: Ec2CapacityOptions) -> list[str]:
    """The instance types that a group can start: those that it lists, or those that have its attributes.

    Args:
        group: Of the capacity of an ECS cluster.
    """
    if group.instance_requirements is None:
        return list(group.instance_types)
    return matching_types(group.instance_requirements, group.architecture)


def matching_types(requirements: InstanceRequirementsOptions, architecture: Architecture) -> list[str]:
    """Names of the instance types of an architecture that have all attributes.

    Which generations are current is not in the data, so a type may be more than AWS selects.

    Args:
        requirements: The attributes.
        architecture: Of the AMI or of the task.
    """
    return [
        name
        for name, facts in instance_types().items()
        if facts.architecture == architecture and _has(requirements, facts) and _is_selected(requirements, name)
    ]


def _has(requirements: InstanceRequirementsOptions, facts: InstanceTypeFacts) -> bool:
    accelerators = facts.gpus + facts.neuron_devices
    return (
        _within(facts.vcpus, requirements.vcpus_min, requirements.vcpus_max)
        and _within(facts.memory_mib, requirements.memory_mib_min, requirements.memory_mib_max)
        and _within(accelerators, requirements.gpus_min, requirements.gpus_max)
    )


def _is_selected(requirements: InstanceRequirementsOptions, name: str) -> bool:
    allowed, excluded = requirements.allowed_instance_types, requirements.excluded_instance_types
    return (
        _agrees(requirements.burstable_performance, is_so=re.match(r"t\d", name) is not None)
        and _agrees(requirements.bare_metal, is_so="metal" in name)
        and (not requirements.cpu_manufacturers or _manufacturer(name) in requirements.cpu_manufacturers)
        and (not allowed or any(fnmatchcase(name, each) for each in allowed))
        and not any(fnmatchcase(name, each) for each in excluded)
    )


def _within(value: int, least: int, most: int | None) -> bool:
    return value >= least and (most is None or value <= most)


def _agrees(inclusion: Inclusion, *, is_so: bool) -> bool:
    return inclusion == "included" or is_so == (inclusion == "required")


def _manufacturer(name: str) -> str:
    """By the letters after the generation: "Amazon EC2 instance type naming conventions"."""
    if instance_types()[name].architecture == "arm64":
        return "amazon-web-services"
    letters = re.sub(r"^[a-z-]+\d+", "", name.partition(".")[0])
    return "amd" if letters.startswith("a") else "intel"
