"""Rules of attributes that instances are chosen by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.capacity_subjects import capacity
from settings.rules.comparisons import come_once
from settings.rules.rule import rule

_LISTS: Final = ("allowed_instance_types", "excluded_instance_types", "cpu_manufacturers", "instance_generations")


@rule(
    "InstanceRequirements, Amazon EC2 Auto Scaling API Reference; AWS::AutoScaling::AutoScalingGroup: unique items",
    keys=tuple(f"ecs.capacity.<name>.instance_requirements.{each}[]" for each in _LISTS),
)
def instance_requirement_comes_once(environment: Environment) -> Iterator[Problem]:
    """CloudFormation refuses a list that has a value twice."""
    for path, group in capacity(environment):
        for key in _LISTS if group.instance_requirements is not None else ():
            values = getattr(group.instance_requirements, key)
            yield from come_once((*path, "instance_requirements", key), values or ())
