"""Rules of step scaling, of tracked metrics, and of predictive scaling of services."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from reference_constructs.ecs.scaling_options import ScalingOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SCALING = "ecs.services.<name>.scaling"


def _scaled(environment: Environment) -> Iterator[tuple[KeyPath, ScalingOptions]]:
    for path, service in services(environment):
        if service.scaling is not None:
            yield (*path, "scaling"), service.scaling


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
        if predictive is not None and predictive.metric == "requests" and service.routing is None:
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
    "Target tracking scaling policies, Application Auto Scaling: DisableScaleIn",
    keys=(f"{_SCALING}.disable_scale_in",),
)
def something_scales_in(environment: Environment) -> Iterator[Problem]:
    """Tasks that were added for a peak run, and are charged, until the next deployment of another number."""
    for path, scaling in _scaled(environment):
        if scaling.disable_scale_in and not scaling.step_scaling and not scaling.scheduled_actions:
            yield Problem(
                path=(*path, "disable_scale_in"),
                finding="target tracking only adds tasks, and nothing removes them",
                fix="remove disable_scale_in, or add step_scaling or scheduled_actions",
            )


@warning(
    "Faster auto scaling with high-resolution metrics, Amazon ECS Developer Guide",
    keys=(f"{_SCALING}.high_resolution_metrics",),
)
def high_resolution_is_of_utilization(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS publishes utilization at high resolution, and nothing else that scales the service."""
    for path, scaling in _scaled(environment):
        if scaling.high_resolution_metrics and not (
            scaling.cpu_utilization_percent or scaling.memory_utilization_percent
        ):
            yield Problem(
                path=(*path, "high_resolution_metrics"),
                finding="neither CPU nor memory utilization scales the service",
                fix="set cpu_utilization_percent or memory_utilization_percent, or remove high_resolution_metrics",
            )
