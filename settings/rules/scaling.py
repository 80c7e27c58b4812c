"""Rules of service auto scaling."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.scaling_options import ScalingOptions
from reference_constructs.ecs.service_options import UTILIZATION_ALARM_PERCENT
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import ascend, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SCALING = "ecs.services.<name>.scaling"
_METRICS = ("cpu_utilization_percent", "memory_utilization_percent", "requests_per_target")


def _scaled(environment: Environment) -> Iterator[tuple[KeyPath, ServiceSettings, ScalingOptions]]:
    for path, service in services(environment):
        if service.scaling is not None:
            yield path, service, service.scaling


@rule(
    "RegisterScalableTarget, Application Auto Scaling API Reference",
    keys=(f"{_SCALING}.min_capacity", f"{_SCALING}.max_capacity"),
)
def scaling_capacities_ascend(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a minimum capacity that is greater than the maximum capacity."""
    for path, _, scaling in _scaled(environment):
        yield from ascend((*path, "scaling"), scaling, "min_capacity", "max_capacity")


@rule(
    "Target tracking scaling policies, Application Auto Scaling",
    keys=(_SCALING, *(f"{_SCALING}.{metric}" for metric in _METRICS)),
)
def scaling_has_a_metric(environment: Environment) -> Iterator[Problem]:
    """Without a target for a metric, the number of tasks never changes."""
    for path, _, scaling in _scaled(environment):
        if not scaling.has_policy:
            yield Problem(
                path=(*path, "scaling"),
                finding="there is scaling, but no target to scale by",
                fix=f"set {listed(_METRICS, 'or')}, or another policy, or remove scaling",
            )


@rule(
    "ALBRequestCountPerTarget, PredefinedMetricSpecification, Application Auto Scaling API Reference",
    keys=(f"{_SCALING}.requests_per_target", "ecs.services.<name>.routing"),
)
def scaling_by_requests_has_routing(environment: Environment) -> Iterator[Problem]:
    """Requests are counted at the target group, which a service without routing does not have."""
    for path, service, scaling in _scaled(environment):
        if scaling.requests_per_target is not None and not service.all_routings:
            yield Problem(
                path=(*path, "scaling", "requests_per_target"),
                finding=f"requests_per_target is {scaling.requests_per_target}, but the service has no routing",
                fix="add routing, or remove requests_per_target",
            )


@warning(
    "Target tracking scaling policies, Application Auto Scaling: considerations on insufficient data",
    keys=(f"{_SCALING}.min_capacity", f"{_SCALING}.step_scaling"),
)
def scaling_starts_from_a_metric(environment: Environment) -> Iterator[Problem]:
    """Without tasks, no metric tracks a target, and no percentage adds one: once at zero, a service stays there."""
    for path, _, scaling in _scaled(environment):
        if scaling.min_capacity == 0 and not scaling.scheduled_actions and not scaling.steps_start_from_zero:
            yield Problem(
                path=(*path, "scaling", "min_capacity"),
                finding="min_capacity is 0",
                fix="set it to 1 or more, or add scheduled_actions or steps by a number of tasks; for a queue, use "
                "ecs.queue_workers",
            )


@rule("aws-cdk issues 3919 and 11299", keys=("ecs.services.<name>.desired_count", _SCALING))
def desired_count_is_set_once(environment: Environment) -> Iterator[Problem]:
    """With scaling, a desired count would undo at each deployment what Application Auto Scaling has decided."""
    for path, service, _ in _scaled(environment):
        if "desired_count" in service.model_fields_set:
            yield Problem(
                path=(*path, "desired_count"),
                finding=f"desired_count is {service.desired_count}, but scaling sets the number of tasks",
                fix="remove desired_count, or remove scaling",
            )


@warning(
    "Target tracking scaling policies, Application Auto Scaling: considerations",
    keys=(f"{_SCALING}.cpu_utilization_percent", f"{_SCALING}.memory_utilization_percent"),
)
def scaling_leaves_room_for_a_peak(environment: Environment) -> Iterator[Problem]:
    """Tasks are added only when the present ones are nearly exhausted, and an alarm is raised before that."""
    for path, service, scaling in _scaled(environment):
        for key in _METRICS[:2] if service.alarms else ():
            target = getattr(scaling, key)
            if target is not None and target >= UTILIZATION_ALARM_PERCENT:
                yield Problem(
                    path=(*path, "scaling", key),
                    finding=f"the target is {target} percent, and the alarm is at {UTILIZATION_ALARM_PERCENT}",
                    fix="set a target of 50 to 80",
                )
