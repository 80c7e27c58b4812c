"""Rules of step scaling, scheduled actions, and predictive scaling of services."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from reference_constructs.ecs.scaling_options import ScalingOptions, ScheduledActionOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean
from settings.rules.rule import rule, warning
from settings.rules.subjects import services
from settings.schedule_expressions import cron_fields, one_time, time_of, time_zones, wrong_fields

_SCALING = "ecs.services.<name>.scaling"
_ACTION = f"{_SCALING}.scheduled_actions.<name>"
_EXPRESSION = "schedule_expression"


def _scaled(environment: Environment) -> Iterator[tuple[KeyPath, ScalingOptions]]:
    for path, service in services(environment):
        if service.scaling is not None:
            yield (*path, "scaling"), service.scaling


def _actions(environment: Environment) -> Iterator[tuple[KeyPath, ScheduledActionOptions, ScalingOptions]]:
    for path, scaling in _scaled(environment):
        for name, action in scaling.scheduled_actions.items():
            yield (*path, "scheduled_actions", name), action, scaling


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
    "PutScheduledAction, Application Auto Scaling API Reference: ScalableTargetAction",
    keys=(_ACTION, f"{_ACTION}.min_capacity", f"{_ACTION}.max_capacity"),
)
def scheduled_action_changes_a_limit(environment: Environment) -> Iterator[Problem]:
    """A scheduled action sets the minimum capacity, the maximum capacity, or both."""
    for path, action, _ in _actions(environment):
        if action.min_capacity is None and action.max_capacity is None:
            yield Problem(
                path=path, finding="the action sets no capacity", fix="state min_capacity or max_capacity, or both"
            )


@rule(
    "RegisterScalableTarget, Application Auto Scaling API Reference",
    keys=(f"{_ACTION}.min_capacity", f"{_ACTION}.max_capacity", f"{_SCALING}.max_capacity"),
)
def scheduled_capacities_ascend(environment: Environment) -> Iterator[Problem]:
    """A scheduled action fails if the minimum capacity is then greater than the maximum capacity."""
    for path, action, scaling in _actions(environment):
        most = scaling.most if action.max_capacity is None else action.max_capacity
        if action.min_capacity is not None and action.min_capacity > most:
            of = "of the service" if action.max_capacity is None else "of the action"
            yield Problem(
                path=(*path, "min_capacity"), value=action.min_capacity, allowed=f"at most {most}, the maximum {of}"
            )


@rule(
    "Schedule recurring scaling actions using cron expressions, Application Auto Scaling",
    keys=(f"{_ACTION}.{_EXPRESSION}",),
)
def scheduled_action_has_a_schedule(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses an expression with a value that a field cannot have, or that no calendar has."""
    for path, action, _ in _actions(environment):
        place, text = (*path, _EXPRESSION), action.schedule_expression
        for found, name, allowed in wrong_fields(text):
            yield Problem(path=place, finding=f"{found!r} is no value for the {name}", allowed=allowed)
        fields = cron_fields(text)
        of_month, of_week = fields[2:5:2] if fields else ("?", "*")
        if (of_month == "?") == (of_week == "?"):
            yield Problem(
                path=place,
                finding=f"the day of the month is {of_month!r} and the day of the week is {of_week!r}",
                fix="write ? for one of the two, and * for the other if every day is meant",
            )
        if (time := one_time(text)) and time_of(time) is None:
            yield Problem(path=place, value=text, allowed="a day and a time of day that exist")


@rule("Scheduled scaling, Application Auto Scaling; IANA time zone database", keys=(f"{_ACTION}.timezone",))
def scheduled_action_is_in_a_time_zone(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a time zone that it does not know."""
    for path, action, _ in _actions(environment):
        # A machine without the database knows of none.
        if time_zones() and action.timezone not in time_zones():
            yield Problem(
                path=(*path, "timezone"),
                value=action.timezone,
                allowed="a name in the IANA time zone database, such as UTC or Europe/Berlin",
                fix=did_you_mean(action.timezone, time_zones()),
            )


@rule(
    "PutScheduledAction, Application Auto Scaling API Reference: StartTime, EndTime",
    keys=(f"{_ACTION}.start_time", f"{_ACTION}.end_time"),
)
def scheduled_action_ends_after_it_starts(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a time that no calendar has, and an end that is not after the start."""
    for path, action, _ in _actions(environment):
        times = {key: text for key in ("start_time", "end_time") if (text := getattr(action, key)) is not None}
        found = {key: time_of(text) for key, text in times.items()}
        for key, time in found.items():
            if time is None:
                yield Problem(path=(*path, key), value=times[key], allowed="a day and a time of day that exist")
        start, end = found.get("start_time"), found.get("end_time")
        if start is not None and end is not None and end <= start:
            yield Problem(
                path=(*path, "end_time"),
                value=action.end_time,
                allowed=f"a time after start_time, which is {action.start_time}",
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
