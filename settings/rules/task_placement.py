"""Rules of placement strategies and constraints of services, and of Fargate platform versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.placement_options import DEFAULT_STRATEGIES, PlacementConstraintOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.capacity_subjects import managed_instances_of
from settings.rules.comparisons import come_once
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import services, tasks

_SERVICE: Final = "ecs.services.<name>"
_FIELDS: Final = {"binpack": ("cpu", "memory"), "random": (None,)}
_VERSIONS: Final = {"1.4.0": "linux", "1.0.0": "windows"}


@rule(
    "Amazon ECS task placement strategies; Amazon ECS task definition differences for Fargate",
    keys=(
        f"{_SERVICE}.placement_strategies",
        f"{_SERVICE}.placement_constraints",
        f"{_SERVICE}.capacity_provider_strategy",
    ),
)
def placement_is_on_an_auto_scaling_group(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses them for tasks on Fargate, and places tasks on Managed Instances itself."""
    for path, service in services(environment):
        stated = {
            "placement_strategies": service.placement_strategies != DEFAULT_STRATEGIES,
            "placement_constraints": bool(service.placement_constraints),
        }
        for key, is_stated in stated.items():
            if is_stated and (service.launch_type == "FARGATE" or managed_instances_of(environment, service)):
                yield Problem(
                    path=(*path, key),
                    finding="the capacity_provider_strategy names no Auto Scaling group",
                    fix=f"remove {key}, or name an Auto Scaling group in ecs.capacity",
                )


@rule(
    "PlacementStrategy, Amazon ECS API Reference",
    keys=(f"{_SERVICE}.placement_strategies[].field", f"{_SERVICE}.placement_strategies[].type"),
)
def placement_strategy_has_its_field(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses any other field with the type."""
    for path, service in services(environment):
        for index, strategy in enumerate(service.placement_strategies):
            takes = _FIELDS.get(strategy.type)
            wrong = strategy.field not in takes if takes else strategy.field in (None, "cpu", "memory")
            if wrong:
                yield Problem(
                    path=(*path, "placement_strategies", index, "field"),
                    finding=f"type is {strategy.type}, and field is {strategy.field or 'null'}",
                    allowed={"binpack": "cpu or memory", "random": "no field"}.get(
                        strategy.type, "instanceId, or attribute: and the name of an attribute"
                    ),
                )


@rule(
    "PlacementConstraint, Amazon ECS API Reference",
    keys=(f"{_SERVICE}.placement_constraints[].expression", f"{_SERVICE}.placement_constraints[].type"),
)
def placement_constraint_has_its_expression(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS needs an expression with memberOf, and refuses one with distinctInstance."""
    for path, service in services(environment):
        for index, constraint in enumerate(service.placement_constraints):
            if (constraint.type == "memberOf") != (constraint.expression is not None):
                yield Problem(
                    path=(*path, "placement_constraints", index, "expression"),
                    finding=f"type is {constraint.type}, and there is "
                    f"{'an' if constraint.expression is not None else 'no'} expression",
                    fix="state an expression" if constraint.expression is None else "set type to memberOf",
                )


@rule("CloudFormation Validate of the AWS CDK: W9007", keys=(f"{_SERVICE}.placement_constraints[]",))
def placement_constraint_comes_once(environment: Environment) -> Iterator[Problem]:
    """The validation of the AWS CDK refuses a list that has one constraint twice."""
    for path, service in services(environment):
        yield from come_once((*path, "placement_constraints"), [_said(each) for each in service.placement_constraints])


def _said(constraint: PlacementConstraintOptions) -> str:
    return constraint.expression or constraint.type


@rule(
    "Fargate platform versions for Amazon ECS",
    keys=task_keys("platform_version", "operating_system", "capacity_provider_strategy"),
)
def platform_version_is_of_the_operating_system(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a platform version of another operating system, and one for tasks on instances."""
    for path, task in tasks(environment):
        stated = task.platform_version
        if stated == "LATEST":
            continue
        if task.launch_type != "FARGATE":
            yield Problem(
                path=(*path, "platform_version"),
                finding="the task does not run on Fargate",
                fix="remove platform_version",
            )
        elif _VERSIONS[stated] != task.operating_system.partition("_")[0]:
            yield Problem(
                path=(*path, "platform_version"),
                finding=f"{stated} is a platform version of {_VERSIONS[stated]}, and operating_system is "
                f"{task.operating_system}",
                allowed="LATEST or 1.0.0" if task.is_windows else "LATEST or 1.4.0",
            )


@warning("Security Hub ECS.10; Fargate platform versions for Amazon ECS", keys=task_keys("platform_version"))
def platform_version_is_the_latest(environment: Environment) -> Iterator[Problem]:
    """LATEST receives the platform versions that AWS adds, and their security updates."""
    for path, task in tasks(environment):
        if task.platform_version != "LATEST":
            yield Problem(
                path=(*path, "platform_version"),
                finding=f"the platform version is {task.platform_version}",
                fix="remove platform_version, or acknowledge this if the tasks need that one",
            )
