"""The queue of what went wrong with a task that no service replaces."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.task import EcsTask
from reference_constructs.observability.alarm_notification import notify
from reference_constructs.observability.high_metric_alarm import high_metric_alarm
from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_KEPT_DAYS = 14
_PERIOD_SECONDS = 60
# "Amazon ECS task state change events", stopCode: ends that are no end of the program.
_CUT_SHORT = ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]


class TaskFailures(Construct):
    """One place for both ways to fail: the dead-letter queue of whoever starts the task, and the tasks that failed.

    RunTask answers when the task is accepted, so whoever starts it never learns how it ended. ECS says so in an event,
    and a rule of Amazon EventBridge sends those of failed tasks to the same queue, with exit codes and reasons. One
    alarm watches the queue, and is over when somebody has dealt with its messages. No Lambda function takes part, and
    neither the cluster's key nor its alarm topic need to know EventBridge (docs/adr/0030).

    Attributes:
        queue: What could not be started, and what failed. Messages are kept for 14 days.
        rule: Tasks of this definition that failed.
        alarm: There is a message; None if it is not wanted.
    """

    queue: sqs.Queue
    rule: events.Rule
    alarm: cloudwatch.Alarm | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: ecs.ICluster,
        task: EcsTask,
        alarm: bool = True,
        alarm_topic: sns.ITopic | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define queue, rule and alarm.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            cluster: Where the task runs.
            task: What runs.
            alarm: Whether messages raise an alarm.
            alarm_topic: Notified by the alarm. None by default: it then only shows in CloudWatch.
            retention: Whether the queue outlives the stack.
        """
        super().__init__(scope, construct_id)
        self._define_queue(retention)
        self._define_rule(cluster, task)
        self.alarm = self._define_alarm(alarm_topic) if alarm else None

    def _define_queue(self, retention: RetentionOptions) -> None:
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(_KEPT_DAYS),
            removal_policy=removal_policy(protected=retention.protected),
        )
        acknowledge(
            self.queue,
            "SQS3",
            packs=("AwsSolutions",),
            reason="It is the dead-letter queue: people read its messages, and no consumer fails on them.",
        )

    def _define_rule(self, cluster: ecs.ICluster, task: EcsTask) -> None:
        family = cdk.Stack.of(self).format_arn(
            service="ecs", resource="task-definition", resource_name=f"{task.task_definition.family}:"
        )
        essential = [name for name, container in task.options.containers.items() if container.essential]
        stopped = {
            "clusterArn": [cluster.cluster_arn],
            "taskDefinitionArn": [{"prefix": family}],
            "lastStatus": ["STOPPED"],
        }
        self.rule = events.Rule(
            self,
            "Rule",
            description="Tasks that failed",
            event_pattern=events.EventPattern(
                source=["aws.ecs"],
                detail_type=["ECS Task State Change"],
                # Alone in its object: AWS documents no key beside it ("Create Amazon EventBridge event patterns").
                detail={
                    "$or": [
                        {**stopped, "stopCode": _CUT_SHORT},
                        # The others are stopped when an essential one has ended, by a signal that is a code, too.
                        {**stopped, "containers": {"name": essential, "exitCode": [{"anything-but": [0]}]}},
                    ]
                },
            ),
            targets=[targets.SqsQueue(self.queue)],
        )

    def _define_alarm(self, topic: sns.ITopic | None) -> cloudwatch.Alarm:
        alarm = high_metric_alarm(
            self,
            "Alarm",
            metric=self.queue.metric_approximate_number_of_messages_visible(
                statistic="Maximum", period=seconds(_PERIOD_SECONDS)
            ),
            threshold=0,
            periods=1,
            description="A task could not be started, or failed: read the messages of the queue, delete them",
        )
        notify([alarm], topic)
        return alarm
