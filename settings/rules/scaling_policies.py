"""Rules of step scaling, of tracked metrics, and of predictive scaling of services."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from reference_constructs.ecs.scaling_options import ScalingOptions, StepScalingOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SCALING = "ecs.services.<name>.scaling"
_STEPS = f"{_SCALING}.step_scaling.<name>"


def _scaled(environment: Environment) -> Iterator[tuple[KeyPath, ScalingOptions]]:
    for path, service in services(environment):
        if service.scaling is not None:
            yield (*path, "scaling"), service.scaling


def _step_policies(environment: Environment) -> Iterator[tuple[KeyPath, StepScalingOptions]]:
    for path, scaling in _scaled(environment):
        for name, policy in scaling.step_scaling.items():
            yield (*path, "step_scaling", name), policy


@rule(
    "StepAdjustment, Application Auto Scaling API Reference",
    keys=(f"{_SCALING}.step_scaling.<name>.steps[].metric_value", f"{_SCALING}.step_scaling.<name>.when"),
)
def steps_follow_each_other(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses steps that overlap, or whose lower bound is not below the upper one."""
    for path, scaling in _scaled(environment):
        for name, policy in scaling.step_scaling.items():
            above = policy.when == "above"
            for index, (one, other) in enumerate(pairwise(policy.steps), start=1):
                if (other.metric_value <= one.metric_value) if above else (other.metric_value >= one.metric_value):
                    yield Problem(
                        path=(*path, "step_scaling", name, "steps", index, "metric_value"),
                        value=other.metric_value,
                        allowed=f"{'more' if above else 'less'} than {one.metric_value}, which the step before it has",
                    )


@rule(
    "PredictiveScalingPredefinedMetricPair, Application Auto Scaling API Reference",
    keys=(f"{_SCALING}.predictive_scaling.metric", "ecs.services.<name>.routing"),
)
def forecast_of_requests_has_routing(environment: Environment) -> Iterator[Problem]:
    """Requests are counted at the target group, which a service without routing does not have."""
    for path, service in services(environment):
        predictive = service.scaling.predictive_scaling if service.scaling is not None else None
        if predictive is not None and predictive.metric == "requests" and not service.all_routings:
            yield Problem(
                path=(*path, "scaling", "predictive_scaling", "metric"),
                finding="metric is requests, but the service has no routing",
                fix="add routing, or use cpu_utilization or memory_utilization",
            )


@warning(
    "How predictive scaling works, Application Auto Scaling",
    keys=(f"{_SCALING}.predictive_scaling.target_value", f"{_SCALING}.predictive_scaling.metric"),
)
def forecast_has_a_target_in_percent(environment: Environment) -> Iterator[Problem]:
    """Average utilization is at most 100 percent, so the forecast never asks for another task."""
    for path, scaling in _scaled(environment):
        predictive = scaling.predictive_scaling
        if predictive is not None and predictive.metric != "requests" and predictive.target_value > 100:
            yield Problem(
                path=(*path, "predictive_scaling", "target_value"),
                finding=f"the target is {predictive.target_value} percent",
                fix="set a target of 50 to 80",
            )


@warning(
    "Target tracking scaling policies, Application Auto Scaling: DisableScaleIn; How predictive scaling works",
    keys=(
        *(f"{_SCALING}.{key}" for key in ("disable_scale_in", "step_scaling", "predictive_scaling")),
        "working_hours",
    ),
)
def something_scales_in(environment: Environment) -> Iterator[Problem]:
    """Tasks that were added for a peak run, and are charged, until the next deployment of another number."""
    for path, scaling in _scaled(environment):
        removing = any(policy.removes for policy in scaling.step_scaling.values())
        if removing or scaling.scheduled_actions or environment.working_hours is not None:
            continue
        if scaling.disable_scale_in:
            yield Problem(
                path=(*path, "disable_scale_in"),
                finding="target tracking only adds tasks, and nothing removes them",
                fix="remove disable_scale_in, or add scheduled_actions, or step_scaling that removes tasks",
            )
        elif not scaling.tracks and (scaling.step_scaling or scaling.predictive_scaling is not None):
            yield Problem(
                path=(*path, "step_scaling" if scaling.step_scaling else "predictive_scaling"),
                finding="it only adds tasks, and nothing removes them",
                fix="add a target to track, scheduled_actions, or step_scaling that removes tasks",
            )


@rule(
    "StepAdjustment, Application Auto Scaling API Reference: ScalingAdjustment",
    keys=(f"{_STEPS}.steps[].change", f"{_STEPS}.adjustment_type"),
)
def exact_capacity_is_a_number_of_tasks(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a negative number as the exact capacity."""
    for path, policy in _step_policies(environment):
        for index, step in enumerate(policy.steps):
            if policy.adjustment_type == "exact_capacity" and step.change < 0:
                yield Problem(
                    path=(*path, "steps", index, "change"),
                    value=step.change,
                    allowed="0 or more, since adjustment_type is exact_capacity",
                )


@warning("StepAdjustment, Application Auto Scaling API Reference: ScalingAdjustment", keys=(f"{_STEPS}.steps",))
def steps_change_the_number_of_tasks(environment: Environment) -> Iterator[Problem]:
    """AWS accepts a step of 0, which keeps the number of tasks, and so does a policy of nothing else."""
    for path, policy in _step_policies(environment):
        if policy.adjustment_type != "exact_capacity" and not any(step.change for step in policy.steps):
            yield Problem(path=(*path, "steps"), finding="every change is 0", fix="set change, or remove the policy")
