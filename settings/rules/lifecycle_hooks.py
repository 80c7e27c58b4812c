"""Rules of lifecycle hooks: at which stage a function is asked, or a person."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_DEPLOYMENT = "ecs.services.<name>.deployment"
_STRATEGY = f"{_DEPLOYMENT}.strategy"
_STAGES = f"{_DEPLOYMENT}.lifecycle_hooks.<name>.stages[]"
# Requests are on their way at these, and nobody could be asked in between.
_NO_PAUSE = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")


@rule(
    "Pause hooks for Amazon ECS service deployments",
    keys=tuple(f"{_DEPLOYMENT}.lifecycle_hooks.<name>.{key}" for key in ("stages[]", "function_arn")),
)
def pause_is_between_shifts(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a pause while requests are shifted, where only a function can be asked."""
    for path, service in services(environment):
        for name, hook in service.deployment.lifecycle_hooks.items():
            for index, stage in enumerate(hook.stages):
                if hook.function_arn is None and stage in _NO_PAUSE:
                    yield Problem(
                        path=(*path, "deployment", "lifecycle_hooks", name, "stages", index),
                        finding=f"the stage is {stage}, and there is no function_arn",
                        fix=f"use POST_{stage}, or add function_arn",
                    )


@warning(
    "Lifecycle hooks for Amazon ECS service deployments: lifecycle stages",
    keys=(_STAGES, _STRATEGY, f"{_DEPLOYMENT}.test_traffic"),
)
def hook_has_its_stage(environment: Environment) -> Iterator[Problem]:
    """The hook decides nothing: no request has reached the new tasks, or none is shifted."""
    for path, service in services(environment):
        deployment = service.deployment
        connect = service.service_connect
        is_tested = deployment.test_traffic is not None or (connect is not None and bool(connect.serves))
        for name, hook in deployment.lifecycle_hooks.items():
            for index, stage in enumerate(hook.stages):
                if deployment.shifts_traffic and (is_tested or "TEST_TRAFFIC" not in stage):
                    continue
                if not deployment.shifts_traffic and not stage.endswith("TRAFFIC_SHIFT"):
                    continue
                lacking = "there is no test_traffic" if deployment.shifts_traffic else "strategy is ROLLING"
                yield Problem(
                    path=(*path, "deployment", "lifecycle_hooks", name, "stages", index),
                    finding=f"the stage is {stage}, and {lacking}",
                    fix="add test_traffic, or use another stage"
                    if deployment.shifts_traffic
                    else "use BLUE_GREEN, LINEAR, or CANARY, or another stage",
                )
