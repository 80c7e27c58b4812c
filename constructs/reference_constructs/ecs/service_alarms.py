"""What to watch of a service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_sns as sns
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.scaling_options import ScalingOptions
from reference_constructs.ecs.service_options import UTILIZATION_ALARM_PERCENT
from reference_constructs.observability.alarm_notification import notify
from reference_constructs.observability.high_metric_alarm import high_metric_alarm
from reference_constructs.security.acknowledgements import acknowledge_relation

CPU_PERCENT = MEMORY_PERCENT = UTILIZATION_ALARM_PERCENT
SERVER_ERROR_PERCENT = 5
UNHEALTHY_TASKS = 0
_MINUTES = 5
_PERIOD_SECONDS = 60
NO_TARGET_GROUPS: Final[Mapping[str, Sequence[elbv2.IApplicationTargetGroup]]] = {}


class ServiceAlarms(Construct):
    """Alarms that mean a person should look: nothing that scaling or a deployment mends by itself in 5 minutes.

    Attributes:
        alarms: All of them.
    """

    alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: ecs.BaseService,
        target_groups: Mapping[str, Sequence[elbv2.IApplicationTargetGroup]] = NO_TARGET_GROUPS,
        topic: sns.ITopic | None = None,
        scaling: ScalingOptions | None = None,
    ) -> None:
        """Define the alarms.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            service: What is watched.
            target_groups: Where its tasks are registered, by name of the routing, two each if requests are shifted;
                none for a worker. The alarms of the first have no name in their IDs.
            topic: Notified when an alarm fires and when it is over. None by default: the alarms then only show in
                CloudWatch.
            scaling: How the number of tasks follows the load; None if it is fixed.
        """
        super().__init__(scope, construct_id)
        self.alarms = []
        self._watch_tasks(service)
        self._acknowledge_late_scaling(scaling)
        for index, (name, groups) in enumerate(target_groups.items()):
            suffix = f"-{name}" if index else ""
            metrics = [each.metrics for each in groups]
            if len(metrics) == 1:
                self._watch_answers(metrics[0], suffix=suffix)
            else:
                self._watch_answers_of_all(metrics, suffix=suffix)
        notify(self.alarms, topic)

    def _watch_tasks(self, service: ecs.BaseService) -> None:
        self._add_alarm(
            "CpuHigh",
            service.metric_cpu_utilization(period=seconds(_PERIOD_SECONDS)),
            CPU_PERCENT,
            f"CPU above {CPU_PERCENT}% for {_MINUTES} minutes",
        )
        self._add_alarm(
            "MemoryHigh",
            service.metric_memory_utilization(period=seconds(_PERIOD_SECONDS)),
            MEMORY_PERCENT,
            f"Memory above {MEMORY_PERCENT}% for {_MINUTES} minutes; at 100% the task is killed",
        )

    def _acknowledge_late_scaling(self, scaling: ScalingOptions | None) -> None:
        targets = (scaling.cpu_utilization_percent, scaling.memory_utilization_percent) if scaling else (None, None)
        for alarm, threshold, target in zip(self.alarms, (CPU_PERCENT, MEMORY_PERCENT), targets, strict=True):
            if target is not None and target >= threshold:
                acknowledge_relation(
                    alarm,
                    "scaling_begins_before_the_alarm",
                    reason=f"The options ask for {target} percent. Tasks as busy as that are looked at in any case.",
                )

    def _watch_answers(self, metrics: elbv2.IApplicationTargetGroupMetrics, *, suffix: str = "") -> None:
        self._add_alarm(
            f"UnhealthyHosts{suffix}",
            metrics.unhealthy_host_count(statistic="Maximum", period=seconds(_PERIOD_SECONDS)),
            UNHEALTHY_TASKS,
            f"More than {UNHEALTHY_TASKS} tasks have failed their health check for {_MINUTES} minutes",
        )
        # A share and not a count, so that one threshold fits any traffic.
        share = cloudwatch.MathExpression(
            expression="100 * errors / requests",
            using_metrics={
                "errors": metrics.http_code_target(
                    elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=seconds(_PERIOD_SECONDS)
                ),
                "requests": metrics.request_count(period=seconds(_PERIOD_SECONDS)),
            },
            label="5xx answers in percent",
            period=seconds(_PERIOD_SECONDS),
        )
        self._add_alarm(
            f"ServerErrors{suffix}",
            share,
            SERVER_ERROR_PERCENT,
            f"More than {SERVER_ERROR_PERCENT}% of the answers were 5xx for {_MINUTES} minutes",
        )

    def _watch_answers_of_all(
        self, targets: Sequence[elbv2.IApplicationTargetGroupMetrics], *, suffix: str = ""
    ) -> None:
        """The same of several target groups, of which now one and now the other has the tasks."""
        metrics: dict[str, cloudwatch.IMetric] = {}
        period = seconds(_PERIOD_SECONDS)
        for index, each in enumerate(targets):
            metrics[f"unhealthy{index}"] = each.unhealthy_host_count(statistic="Maximum", period=period)
            metrics[f"errors{index}"] = each.http_code_target(elbv2.HttpCodeTarget.TARGET_5XX_COUNT, period=period)
            metrics[f"requests{index}"] = each.request_count(period=period)

        def total(kind: str) -> str:
            return "+".join(f"FILL({kind}{index},0)" for index in range(len(targets)))

        def of(kind: str) -> dict[str, cloudwatch.IMetric]:
            return {name: metric for name, metric in metrics.items() if name.startswith(kind)}

        self._add_alarm(
            f"UnhealthyHosts{suffix}",
            cloudwatch.MathExpression(
                expression=total("unhealthy"), using_metrics=of("unhealthy"), label="Unhealthy tasks", period=period
            ),
            UNHEALTHY_TASKS,
            f"More than {UNHEALTHY_TASKS} tasks have failed their health check for {_MINUTES} minutes",
        )
        self._add_alarm(
            f"ServerErrors{suffix}",
            cloudwatch.MathExpression(
                expression=f"100*({total('errors')})/({total('requests')})",
                using_metrics=of("errors") | of("requests"),
                label="5xx answers in percent",
                period=period,
            ),
            SERVER_ERROR_PERCENT,
            f"More than {SERVER_ERROR_PERCENT}% of the answers were 5xx for {_MINUTES} minutes",
        )

    def _add_alarm(self, construct_id: str, metric: cloudwatch.IMetric, threshold: int, description: str) -> None:
        alarm = high_metric_alarm(
            self,
            construct_id,
            metric=metric,
            threshold=threshold,
            periods=_MINUTES,
            datapoints_to_alarm=_MINUTES,
            description=description,
        )
        self.alarms.append(alarm)
