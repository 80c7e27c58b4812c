"""What to watch of a queue and its worker."""

from __future__ import annotations

from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.observability.alarm_notification import notify
from reference_constructs.observability.high_metric_alarm import high_metric_alarm

_PERIOD_SECONDS: Final = 60
_MINUTES: Final = 15


class QueueAlarms(Construct):
    """Messages that wait too long, and messages that nobody could work on.

    Outside of working hours messages wait by intention. Then no task is wanted, and the alarm of their age takes that
    for no age at all.

    Attributes:
        alarms: All of them.
    """

    alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        queue: sqs.IQueue,
        dead_letter_queue: sqs.IQueue | None,
        max_age_minutes: int,
        cluster_name: str,
        service_name: str,
        only_while_wanted: bool = False,
        topic: sns.ITopic | None = None,
    ) -> None:
        """Define the alarms.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            queue: What is watched.
            dead_letter_queue: Its dead-letter queue; None if somebody else watches it.
            max_age_minutes: Age of the oldest message above which an alarm is raised.
            cluster_name: Where the worker runs.
            service_name: The worker.
            only_while_wanted: Whether age counts only while the worker is to have tasks.
            topic: Notified when an alarm fires and when it is over. None by default: the alarms then only show in
                CloudWatch.
        """
        super().__init__(scope, construct_id)
        self.alarms = []
        age: cloudwatch.IMetric = queue.metric_approximate_age_of_oldest_message(
            statistic="Maximum", period=seconds(_PERIOD_SECONDS)
        )
        if only_while_wanted:
            age = cloudwatch.MathExpression(
                expression="IF(wanted > 0, age, 0)",
                using_metrics={
                    "age": age,
                    "wanted": cloudwatch.Metric(
                        namespace="ECS/ContainerInsights",
                        metric_name="DesiredTaskCount",
                        dimensions_map={"ClusterName": cluster_name, "ServiceName": service_name},
                        statistic="Maximum",
                        period=seconds(_PERIOD_SECONDS),
                    ),
                },
                label="Age of the oldest message in working hours",
                period=seconds(_PERIOD_SECONDS),
            )
        self.alarms.append(
            high_metric_alarm(
                self,
                "OldMessage",
                metric=age,
                threshold=max_age_minutes * 60,
                periods=_MINUTES,
                description=f"The oldest message is older than {max_age_minutes} minutes",
            )
        )
        if dead_letter_queue is not None:
            self._add_dead_letters_alarm(dead_letter_queue)
        notify(self.alarms, topic)

    def _add_dead_letters_alarm(self, queue: sqs.IQueue) -> None:
        self.alarms.append(
            high_metric_alarm(
                self,
                "DeadLetters",
                metric=queue.metric_approximate_number_of_messages_visible(
                    statistic="Maximum", period=seconds(_PERIOD_SECONDS)
                ),
                threshold=0,
                periods=1,
                description="Messages failed too often: read those of the dead-letter queue, move them back or delete "
                "them",
            )
        )
