"""Rules of the metrics that scale services, and of the number of policies."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.scaling_options import MetricOptions, ScalingOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import services

_SCALING = "ecs.services.<name>.scaling"
_STEPS = f"{_SCALING}.step_scaling.<name>"
_SECONDS_BETWEEN_DATA = 60
# A dimension that every metric of a namespace has.
_DIMENSIONS = {
    "AWS/AmazonMQ": "Broker",
    "AWS/ApplicationELB": "LoadBalancer",
    "AWS/ECS": "ClusterName",
    "AWS/Kafka": "Cluster Name",
    "AWS/Kinesis": "StreamName",
    "AWS/NetworkELB": "LoadBalancer",
    "AWS/SQS": "QueueName",
}
POLICIES_OF_A_TARGET = 50
ACTIONS_OF_A_TARGET = 200


def _scaled(environment: Environment) -> Iterator[tuple[KeyPath, ScalingOptions]]:
    for path, service in services(environment):
        if service.scaling is not None:
            yield (*path, "scaling"), service.scaling


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


@warning(
    "PutMetricAlarm, Amazon CloudWatch API Reference: Period",
    keys=(f"{_STEPS}.period_seconds", f"{_STEPS}.namespace"),
)
def period_is_one_of_the_metric(environment: Environment) -> Iterator[Problem]:
    """In periods without data, the alarm has insufficient data, and invokes no policy."""
    for path, scaling in _scaled(environment):
        for name, policy in scaling.step_scaling.items():
            if policy.namespace.startswith("AWS/") and policy.period_seconds < _SECONDS_BETWEEN_DATA:
                yield Problem(
                    path=(*path, "step_scaling", name, "period_seconds"),
                    finding=f"it is {policy.period_seconds}, and {policy.namespace} has data every minute",
                    fix="use 60 or more, or acknowledge that the service publishes this metric more often",
                )


@warning(
    "Available CloudWatch metrics for Amazon SQS; AWS services that publish CloudWatch metrics",
    keys=tuple(f"{_SCALING}.{kind}.<name>.dimensions" for kind in ("tracked_metrics", "step_scaling")),
)
def metric_has_its_dimensions(environment: Environment) -> Iterator[Problem]:
    """The service publishes no metric without dimensions, so there is no data, and nothing scales."""
    for path, scaling in _scaled(environment):
        policies: dict[KeyPath, MetricOptions] = {
            **{("tracked_metrics", name): metric for name, metric in scaling.tracked_metrics.items()},
            **{("step_scaling", name): metric for name, metric in scaling.step_scaling.items()},
        }
        for place, metric in policies.items():
            key = _DIMENSIONS.get(metric.namespace)
            if key is not None and not metric.dimensions:
                yield Problem(
                    path=(*path, *place, "dimensions"),
                    finding=f"there are none, and {metric.namespace} has no metric without {key}",
                    fix=f"add dimensions: {{{key}: ...}}",
                )


@rule(
    "Quotas for Application Auto Scaling",
    keys=(_SCALING, f"{_SCALING}.scheduled_actions", "working_hours"),
)
def policies_and_actions_fit_their_target(environment: Environment) -> Iterator[Problem]:
    """A service can have 50 scaling policies and 200 scheduled actions, and the quotas cannot be raised."""
    for path, scaling in _scaled(environment):
        targets = (scaling.cpu_utilization_percent, scaling.memory_utilization_percent, scaling.requests_per_target)
        policies = len(scaling.tracked_metrics) + len(scaling.step_scaling)
        policies += sum(target is not None for target in (*targets, scaling.predictive_scaling))
        actions = len(scaling.scheduled_actions) + (2 if environment.working_hours is not None else 0)
        if policies > POLICIES_OF_A_TARGET:
            yield Problem(
                path=path,
                finding=f"there are {policies} scaling policies",
                allowed=f"at most {POLICIES_OF_A_TARGET}",
                fix="publish one metric for what several policies look at",
            )
        if actions > ACTIONS_OF_A_TARGET:
            yield Problem(
                path=(*path, "scheduled_actions"),
                finding=f"there are {actions} scheduled actions",
                allowed=f"at most {ACTIONS_OF_A_TARGET}",
                fix="use cron expressions that recur",
            )
