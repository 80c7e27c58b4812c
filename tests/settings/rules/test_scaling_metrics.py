"""Rules of the metrics that scale services, and of the number of policies."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, service

FIT = "why: A service can have 50 scaling policies and 200 scheduled actions, and the quotas cannot be raised."


def _metric(kind: str, keys: str) -> str:
    target = "target_value: 5" if kind == "tracked_metrics" else "steps: [{metric_value: 5, change: 1}]"
    return service(f"scaling: {{{kind}: {{jobs: {{metric_name: Jobs, {target}, {keys}}}}}}}")


def _policies(count: int) -> str:
    metrics = ", ".join(f"m{number}: {{namespace: Shop, metric_name: M, target_value: 1}}" for number in range(count))
    return service(f"scaling: {{tracked_metrics: {{{metrics}}}}}")


def _actions(count: int) -> str:
    actions = ", ".join(f"a{number}: {{schedule_expression: rate(1 day), min_capacity: 3}}" for number in range(count))
    return service(f"scaling: {{scheduled_actions: {{{actions}}}}}")


PAIRS = (
    RulePair(
        rule="high_resolution_is_of_utilization",
        rejected=service(
            "scaling: {high_resolution_metrics: true, cpu_utilization_percent: null, memory_utilization_percent: "
            "null, requests_per_target: 9}",
            "routing: {path_patterns: [/*]}",
        ),
        accepted=service(
            "scaling: {high_resolution_metrics: true, cpu_utilization_percent: null, requests_per_target: 9}",
            "routing: {path_patterns: [/*]}",
        ),
        message=(
            "ecs.services.web.scaling.high_resolution_metrics: neither CPU nor memory utilization scales the "
            "service\n"
            "fix: set cpu_utilization_percent or memory_utilization_percent, or remove high_resolution_metrics\n"
            "why: Amazon ECS publishes utilization at high resolution, and nothing else that scales the service."
        ),
    ),
    RulePair(
        rule="period_is_one_of_the_metric",
        rejected=_metric("step_scaling", "namespace: AWS/SNS, period_seconds: 30"),
        accepted=_metric("step_scaling", "namespace: Shop, period_seconds: 30"),
        message=(
            "ecs.services.web.scaling.step_scaling.jobs.period_seconds: it is 30, and AWS/SNS has data every minute\n"
            "fix: use 60 or more, or acknowledge that the service publishes this metric more often\n"
            "why: In periods without data, the alarm has insufficient data, and invokes no policy."
        ),
    ),
    RulePair(
        rule="metric_has_its_dimensions",
        rejected=_metric("tracked_metrics", "namespace: AWS/SQS"),
        accepted=_metric("tracked_metrics", "namespace: AWS/SQS, dimensions: {QueueName: jobs}"),
        message=(
            "ecs.services.web.scaling.tracked_metrics.jobs.dimensions: there are none, and AWS/SQS has no metric "
            "without QueueName\n"
            "fix: add dimensions: {QueueName: ...}\n"
            "why: The service publishes no metric without dimensions, so there is no data, and nothing scales."
        ),
    ),
    RulePair(
        rule="policies_and_actions_fit_their_target",
        rejected=_policies(49),
        accepted=_policies(48),
        message=(
            "ecs.services.web.scaling: there are 51 scaling policies\n"
            "allowed: at most 50\n"
            f"fix: publish one metric for what several policies look at\n{FIT}"
        ),
    ),
    RulePair(
        rule="policies_and_actions_fit_their_target: of actions",
        rejected=_actions(201),
        accepted=_actions(200),
        message=(
            "ecs.services.web.scaling.scheduled_actions: there are 201 scheduled actions\n"
            f"allowed: at most 200\nfix: use cron expressions that recur\n{FIT}"
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
