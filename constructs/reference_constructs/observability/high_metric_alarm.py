"""The alarm of a metric that is too high."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct


def high_metric_alarm(
    scope: Construct,
    construct_id: str,
    *,
    metric: cloudwatch.IMetric,
    threshold: int,
    periods: int,
    description: str,
    datapoints_to_alarm: int | None = None,
) -> cloudwatch.Alarm:
    """An alarm for a metric that is above a threshold for some periods in a row.

    A metric without data is no problem: a service without requests has no errors, and Amazon SQS sends no metric of a
    queue that nothing has happened to for hours.

    Args:
        scope: Parent.
        construct_id: ID in the parent.
        metric: What is watched.
        threshold: Highest value that is right.
        periods: Number of periods of the metric in a row.
        description: What is wrong when the alarm is raised, and what to do.
        datapoints_to_alarm: How many of the periods must be above the threshold; None for all of them.
    """
    return cloudwatch.Alarm(
        scope,
        construct_id,
        metric=metric,
        threshold=threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=periods,
        datapoints_to_alarm=datapoints_to_alarm,
        alarm_description=description,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
