"""Warnings of deployments that shift requests."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.deployment_options import ALARM_MINUTES
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import warning
from settings.rules.subjects import services

_DEPLOYMENT = "ecs.services.<name>.deployment"
_STRATEGY = f"{_DEPLOYMENT}.strategy"
_ALARMS = f"{_DEPLOYMENT}.rollback_alarms"
_ALL = 100


@warning(
    "Amazon ECS blue/green deployments: best practices",
    keys=(_DEPLOYMENT, _STRATEGY, _ALARMS, f"{_DEPLOYMENT}.lifecycle_hooks"),
)
def shift_is_watched(environment: Environment) -> Iterator[Problem]:
    """New tasks that start and answer with errors get all requests: nothing looks at the answers."""
    for path, service in services(environment):
        deployment = service.deployment
        if deployment.shifts_traffic and deployment.rollback_alarms is None and not deployment.lifecycle_hooks:
            yield Problem(
                path=(*path, "deployment"),
                finding=f"strategy is {deployment.strategy}, and nothing decides whether the deployment goes back",
                fix="add rollback_alarms or lifecycle_hooks",
            )


@warning(
    "How CloudWatch alarms detect Amazon ECS deployment failures",
    keys=(f"{_DEPLOYMENT}.bake_time_minutes", f"{_ALARMS}.server_error_percent", f"{_ALARMS}.response_time_ms"),
)
def old_tasks_outlast_the_alarms(environment: Environment) -> Iterator[Problem]:
    """Once the bake time is over, the old tasks stop, and nothing brings them back at once."""
    for path, service in services(environment):
        deployment, alarms = service.deployment, service.deployment.rollback_alarms
        needed = ALARM_MINUTES if alarms is not None and alarms.counts_requests else 0
        minutes = deployment.bake_minutes or 0
        if deployment.shifts_traffic and minutes <= needed:
            looks = f", and an alarm looks at the last {needed}" if needed else ""
            yield Problem(
                path=(*path, "deployment", "bake_time_minutes"),
                finding=f"the bake time is {minutes} minutes{looks}",
                fix=f"set it to {needed + 1} or more",
            )


@warning(
    "Amazon ECS linear deployments; Amazon ECS canary deployments",
    keys=(_STRATEGY, f"{_DEPLOYMENT}.linear.step_percent", f"{_DEPLOYMENT}.canary.percent"),
)
def shift_has_steps(environment: Environment) -> Iterator[Problem]:
    """If the first step shifts all requests, everybody has seen the fault that an alarm reports."""
    for path, service in services(environment):
        deployment = service.deployment
        steps = {
            "linear.step_percent": deployment.linear.step_percent if deployment.linear else 0,
            "canary.percent": deployment.canary.percent if deployment.canary else 0,
        }
        for key in (key for key, percent in steps.items() if percent == _ALL):
            yield Problem(
                path=(*path, "deployment", *key.split(".")),
                finding=f"the first step shifts {_ALL} percent",
                fix="set a smaller percentage, or use BLUE_GREEN",
            )
