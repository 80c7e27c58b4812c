"""Alarms that are asked while a deployment runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.deployment_options import ALARM_MINUTES, RollbackAlarmOptions
from reference_constructs.observability.alarm_notification import notify

_PERIODS_TO_ALARM: Final = 2
_PERIOD_SECONDS: Final = 60
_PERCENTILE: Final = "p95"


class DeploymentAlarms(Construct):
    """Alarms that fail a deployment, faster than those that tell a person: two of three minutes.

    They are of the target groups and not of the service. Metrics of the service have its name, which CloudFormation
    gives it when it exists, and the service names its alarms: neither could be made first. The two target groups of a
    routing count together, because Amazon ECS swaps them with each deployment. Each routing has alarms of its own:
    CloudWatch takes ten metrics in one alarm, and many good answers of one would hide the errors of another.

    Attributes:
        names: All that the service names, those that exist among them.
    """

    names: list[str]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: RollbackAlarmOptions,
        target_groups: Mapping[str, Sequence[elbv2.ApplicationTargetGroup]],
        topic: sns.ITopic | None = None,
    ) -> None:
        """Define the alarms.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Which alarms.
            target_groups: Where tasks are registered, old ones and new ones, by name of the routing. The alarms of the
                first have no name in their IDs.
            topic: Notified when an alarm fires and when it is over.

        Raises:
            ValueError: If requests are to be watched, but there is no target group.
        """
        super().__init__(scope, construct_id)
        if options.counts_requests and not target_groups:
            raise ValueError("rollback_alarms of requests need routing")
        alarms = []
        for index, (name, groups) in enumerate(target_groups.items()):
            suffix = f"-{name}" if index else ""
            if options.server_error_percent is not None:
                alarms.append(self._watch_errors(f"ServerErrors{suffix}", options.server_error_percent, groups))
            if options.response_time_ms is not None:
                alarms.append(self._watch_response_times(f"ResponseTime{suffix}", options.response_time_ms, groups))
        notify(alarms, topic)
        self.names = [*(alarm.alarm_name for alarm in alarms), *options.alarm_names]

    def _watch_errors(
        self, construct_id: str, percent: int, target_groups: Sequence[elbv2.ApplicationTargetGroup]
    ) -> cloudwatch.Alarm:
        metrics: dict[str, cloudwatch.IMetric] = {}
        for index, each in enumerate(target_groups):
            metrics[f"errors{index}"] = each.metrics.http_code_target(
                elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=seconds(_PERIOD_SECONDS)
            )
            metrics[f"requests{index}"] = each.metrics.request_count(period=seconds(_PERIOD_SECONDS))
        errors, requests = (
            "+".join(f"FILL({kind}{index},0)" for index in range(len(target_groups))) for kind in ("errors", "requests")
        )
        share = cloudwatch.MathExpression(
            expression=f"100*({errors})/({requests})",
            using_metrics=metrics,
            label="5xx answers in percent",
            period=seconds(_PERIOD_SECONDS),
        )
        return self._alarm(construct_id, share, percent, f"More than {percent}% of the answers were 5xx: rolls back")

    def _watch_response_times(
        self, construct_id: str, milliseconds: int, target_groups: Sequence[elbv2.ApplicationTargetGroup]
    ) -> cloudwatch.Alarm:
        metrics: dict[str, cloudwatch.IMetric] = {
            f"time{index}": each.metrics.target_response_time(statistic=_PERCENTILE, period=seconds(_PERIOD_SECONDS))
            for index, each in enumerate(target_groups)
        }
        slowest = cloudwatch.MathExpression(
            expression=f"1000*MAX([{','.join(metrics)}])",
            using_metrics=metrics,
            label="95th percentile of the response time in milliseconds",
            period=seconds(_PERIOD_SECONDS),
        )
        return self._alarm(
            construct_id, slowest, milliseconds, f"One of 20 answers took more than {milliseconds} ms: rolls back"
        )

    def _alarm(
        self, construct_id: str, metric: cloudwatch.IMetric, threshold: int, description: str
    ) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=ALARM_MINUTES,
            datapoints_to_alarm=_PERIODS_TO_ALARM,
            alarm_description=description,
            # No requests are no error.
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )
