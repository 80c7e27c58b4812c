"""A step scaling policy and its alarm look at one side of a threshold, and an expression at metrics that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation

_TRACKED = "TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics"
# Identifiers of metrics begin with a lowercase letter, and functions are in uppercase.
_IDENTIFIER = re.compile(r"\b[a-z]\w*\b")


@relation("StepAdjustment, Application Auto Scaling API Reference; Step scaling policies: how it works")
def step_applies_when_its_alarm_is_raised(graph: Graph) -> Iterator[Misfit]:
    """The alarm invokes the policy, which finds no step for the metric and changes nothing."""
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        for policy in map(graph.find, alarm.list("AlarmActions")):
            if policy is None or policy.get("PolicyType") != "StepScaling":
                continue
            above = str(alarm.get("ComparisonOperator")).startswith("Greater")
            open_end = "MetricIntervalUpperBound" if above else "MetricIntervalLowerBound"
            steps = policy.list("StepScalingPolicyConfiguration.StepAdjustments")
            if steps and all(open_end in step for step in steps):
                yield Misfit(
                    resource=policy,
                    finding=f"{alarm.logical_id} is raised {'above' if above else 'below'} its threshold, and no step "
                    "applies there without an end",
                    fix=f"leave {open_end} out of the last step",
                )


@relation("Using math expressions with CloudWatch metrics; MetricDataQuery, Amazon CloudWatch API Reference: Id")
def expression_is_of_metrics_that_it_has(graph: Graph) -> Iterator[Misfit]:
    """Amazon CloudWatch refuses an expression with an identifier that no metric beside it has."""
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        yield from _unknown(policy, policy.list(_TRACKED))
    for alarm in graph.of_type("AWS::CloudWatch::Alarm"):
        yield from _unknown(alarm, alarm.list("Metrics"))


def _unknown(resource: Resource, metrics: list[Any]) -> Iterator[Misfit]:
    known = {str(metric.get("Id")) for metric in metrics}
    for metric in metrics:
        text = re.sub(r"'[^']*'|\"[^\"]*\"", "", str(metric.get("Expression", "")))
        for name in sorted(set(_IDENTIFIER.findall(text)) - known):
            yield Misfit(
                resource=resource,
                finding=f"the expression {metric.get('Id')} is of {name}, and no metric has this Id",
                fix="name a metric that is there",
            )
