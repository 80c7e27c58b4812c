"""A queue worker: a queue, and as many tasks as its messages take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as appscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from reference_constructs.compute.working_hours_options import WorkingHoursOptions
from reference_constructs.durations import seconds
from reference_constructs.ecs.capacity_provider_strategy import NO_CAPACITY_PROVIDERS
from reference_constructs.ecs.queue_alarms import QueueAlarms
from reference_constructs.ecs.queue_worker_options import QUEUE_URL, QueueWorkerOptions
from reference_constructs.ecs.service import EcsService
from reference_constructs.ecs.service_scaling import ServiceScaling, add_step_alarm
from reference_constructs.ecs.task import EcsTask
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions

_DEAD_LETTERS_KEPT_DAYS: Final = 14
_PERIOD_SECONDS: Final = 60
# Until a first task works, it is of no use to start another.
_START_SECONDS: Final = 300
_IDLE_MINUTES: Final = 2
# "Available CloudWatch metrics for Amazon SQS"
_MESSAGES: Final = {
    "visible": "ApproximateNumberOfMessagesVisible",
    "delayed": "ApproximateNumberOfMessagesDelayed",
    "inflight": "ApproximateNumberOfMessagesNotVisible",
}


class QueueWorker(Construct):
    """An encrypted queue with a dead-letter queue, and a service that is scaled by its messages, to and from zero too.

    Three policies, because none can do all of it (docs/adr/0031):

    - *Target tracking* on messages for each running task, while there is one. Messages in flight count too: a task that
      works on the last of them is not idle.
    - *From zero*, a step: target tracking multiplies the number of tasks, and any multiple of zero is zero.
    - *To zero*, a step: only when nothing is visible, delayed, or in flight for some minutes.

    The task role can receive, delete, and extend messages of this queue, and of nothing else; it can protect tasks of
    its cluster from scale-in. A queue that exists is used as it is.

    Attributes:
        queue: Where others send messages.
        dead_letter_queue: Messages that were received too often; None if the queue exists.
        service: The tasks.
        alarms: What to watch.
    """

    queue: sqs.IQueue
    dead_letter_queue: sqs.IQueue | None
    service: EcsService
    alarms: list[cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: QueueWorkerOptions,
        cluster: ecs.ICluster,
        task: EcsTask,
        subnets: Sequence[ec2.ISubnet],
        vpc_cidrs: Sequence[str] = (),
        dual_stack: bool = False,
        capacity_providers: Mapping[str, str] = NO_CAPACITY_PROVIDERS,
        alarm_topic: sns.ITopic | None = None,
        retention: RetentionOptions = PROTECTED,
        queue_key: kms.IKey | None = None,
        volume_key: kms.IKey | None = None,
        working_hours: WorkingHoursOptions | None = None,
        namespace: servicediscovery.INamespace | None = None,
        own_group: ec2.ISecurityGroup | None = None,
    ) -> None:
        """Define the queue worker.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: Queue, scaling, alarms.
            cluster: Where it runs, with Container Insights, which counts the running tasks.
            task: What runs.
            subnets: Private ones, one per zone; public ones if the options assign public addresses.
            vpc_cidrs: IPv4 CIDR blocks of the VPC (`EcsService`).
            dual_stack: Whether the subnets have IPv6 addresses too.
            capacity_providers: Names of the capacity providers of the cluster's EC2 groups, by name of the group.
            alarm_topic: Topic that is notified by the alarms.
            retention: Whether the queues outlive the stack.
            queue_key: Encrypts the queues that are made; without one, Amazon SQS does with a key that it manages. Its
                policy must let IAM policies of the account allow its use, which the task role does here.
            volume_key: Encrypts the EBS volumes of the tasks; without one, the default key of Amazon EBS does.
            working_hours: When tasks run; None for always. Messages wait until then.
            namespace: Where services have their names; needed for Service Connect.
            own_group: Security group that the tasks have and nobody else, by which services admit them.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._cluster = cluster
        self._queue_key = self._define_queue(queue_key, retention)
        self._tell_containers(task)
        policy = self._allow_work(task)
        self.service = EcsService(
            self,
            "Service",
            options=options.service,
            cluster=cluster,
            task=task,
            subnets=subnets,
            vpc_cidrs=vpc_cidrs,
            dual_stack=dual_stack,
            capacity_providers=capacity_providers,
            volume_key=volume_key,
            working_hours=working_hours,
            namespace=namespace,
            own_group=own_group,
        )
        # A task that starts without permissions fails.
        task.task_definition.node.add_dependency(policy)
        self._define_scaling()
        self.alarms = self._define_alarms(alarm_topic, working_hours) if options.alarms else []

    def _define_queue(self, key: kms.IKey | None, retention: RetentionOptions) -> kms.IKey | None:
        """The key that encrypts the queue is returned, whoever made it."""
        existing = self._options.queue.existing
        if existing is None:
            self._define_queues(key, retention)
            return key
        self.queue, self.dead_letter_queue = sqs.Queue.from_queue_arn(self, "Queue", existing.queue_arn), None
        return kms.Key.from_key_arn(self, "QueueKey", existing.queue_key_arn) if existing.queue_key_arn else None

    def _define_queues(self, key: kms.IKey | None, retention: RetentionOptions) -> None:
        options, removal = self._options.queue, removal_policy(protected=retention.protected)
        fifo = options.fifo or None  # false is refused by Amazon SQS
        encryption = sqs.QueueEncryption.SQS_MANAGED if key is None else sqs.QueueEncryption.KMS
        self.dead_letter_queue = sqs.Queue(
            self,
            "DeadLetterQueue",
            fifo=fifo,
            encryption=encryption,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=cdk.Duration.days(_DEAD_LETTERS_KEPT_DAYS),
            removal_policy=removal,
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            fifo=fifo,
            content_based_deduplication=options.content_based_deduplication or None,
            encryption=encryption,
            encryption_master_key=key,
            enforce_ssl=True,
            visibility_timeout=seconds(options.visibility_timeout_seconds),
            receive_message_wait_time=seconds(options.receive_wait_seconds),
            retention_period=cdk.Duration.days(options.message_retention_days),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letter_queue, max_receive_count=options.max_receive_count
            ),
            removal_policy=removal,
        )

    def _tell_containers(self, task: EcsTask) -> None:
        for name in task.options.containers:
            if (container := task.task_definition.find_container(name)) is not None:
                container.add_environment(QUEUE_URL, self.queue.queue_url)
        if not any(container.environment for container in task.options.containers.values()):
            acknowledge(
                task.task_definition,
                "ECS2",
                packs=("AwsSolutions",),
                reason="The URL of the queue is no secret: using the queue takes permissions.",
            )

    def _allow_work(self, task: EcsTask) -> iam.ManagedPolicy:
        statements = [
            iam.PolicyStatement(
                actions=[
                    "sqs:ChangeMessageVisibility",
                    "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes",
                    "sqs:ReceiveMessage",
                ],
                resources=[self.queue.queue_arn],
            )
        ]
        if self._queue_key is not None:
            statements.append(_decrypt_messages(self._queue_key))
        tasks = cdk.Stack.of(self).format_arn(service="ecs", resource="task", resource_name="*")
        if self._options.task_scale_in_protection:
            # "Protect your Amazon ECS tasks from being terminated by scale-in events".
            statements.append(
                iam.PolicyStatement(
                    actions=["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"],
                    resources=[tasks],
                    conditions={"ArnEquals": {"ecs:cluster": self._cluster.cluster_arn}},
                )
            )
        policy = iam.ManagedPolicy(self, "QueuePolicy", statements=statements, roles=[task.task_role])
        if self._options.task_scale_in_protection:
            acknowledge(
                policy,
                wildcard_resource(policy, tasks),
                packs=("AwsSolutions",),
                reason="The ID of a task is known when it runs. The tasks are those of this cluster, and all that can "
                "be done to them is to let them work on.",
            )
        return policy

    def _define_scaling(self) -> None:
        scaling = self.service.scaling
        if scaling is None:
            raise ValueError("the service of a queue worker is scaled")
        self._track_backlog(scaling)
        if self._options.scaling.min_capacity == 0:
            self._start_from_zero(scaling)
            self._stop_at_zero(scaling)

    def _messages(self, name: str) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name=_MESSAGES[name],
            dimensions_map={"QueueName": self.queue.queue_name},
            statistic="Maximum",
            period=seconds(_PERIOD_SECONDS),
        )

    @property
    def _running(self) -> cloudwatch.Metric:
        return cloudwatch.Metric(
            namespace="ECS/ContainerInsights",
            metric_name="RunningTaskCount",
            dimensions_map={
                "ClusterName": self._cluster.cluster_name,
                "ServiceName": self.service.service.service_name,
            },
            statistic="Average",
            period=seconds(_PERIOD_SECONDS),
        )

    def _track_backlog(self, scaling: ServiceScaling) -> None:
        """The L2 takes no metric math.

        Source: "Create a target tracking scaling policy for Application Auto Scaling using metric math", whose example
        divides by the running tasks, and so has no data while there are none.
        """
        options, policy = self._options.scaling, appscaling.CfnScalingPolicy
        metrics = {name: self._messages(name) for name in ("visible", "inflight")} | {"running": self._running}
        queries = [
            policy.TargetTrackingMetricDataQueryProperty(id=name, metric_stat=_metric_stat(metric), return_data=False)
            for name, metric in metrics.items()
        ]
        queries.append(
            policy.TargetTrackingMetricDataQueryProperty(
                id="backlog",
                label="Messages for each running task",
                expression="(visible + inflight) / running",
                return_data=True,
            )
        )
        scope = Construct(scaling.target, "Backlog")
        policy(
            scope,
            "Resource",
            policy_name=cdk.Names.unique_id(scope),
            policy_type="TargetTrackingScaling",
            scaling_target_id=scaling.target.scalable_target_id,
            target_tracking_scaling_policy_configuration=(
                policy.TargetTrackingScalingPolicyConfigurationProperty(
                    target_value=options.backlog_per_task,
                    scale_in_cooldown=options.scale_in_cooldown_seconds,
                    scale_out_cooldown=options.scale_out_cooldown_seconds,
                    customized_metric_specification=policy.CustomizedMetricSpecificationProperty(metrics=queries),
                )
            ),
        )

    def _start_from_zero(self, scaling: ServiceScaling) -> None:
        """Where messages wait and none is in flight, nobody works.

        Metrics of the queue alone: those of Container Insights arrive later, and a gap that is filled with 0 would be
        taken for no task ("Using math expressions with CloudWatch metrics", FILL in alarms).
        """
        action = self._step(scaling, "FromZero", appscaling.AdjustmentType.CHANGE_IN_CAPACITY, _START_SECONDS)
        action.add_adjustment(adjustment=1, lower_bound=0)
        add_step_alarm(
            scaling.target,
            "FromZeroAlarm",
            metric=self._sum_of(
                "IF(inflight < 1, visible, 0)", "visible", "inflight", label="Messages in nobody's hand"
            ),
            action=action,
            threshold=1,
            above=True,
            evaluation_periods=_IDLE_MINUTES,
        )

    def _stop_at_zero(self, scaling: ServiceScaling) -> None:
        action = self._step(
            scaling,
            "ToZero",
            appscaling.AdjustmentType.EXACT_CAPACITY,
            self._options.scaling.scale_in_cooldown_seconds,
        )
        action.add_adjustment(adjustment=0, upper_bound=0)
        add_step_alarm(
            scaling.target,
            "ToZeroAlarm",
            metric=self._sum_of("visible + delayed + inflight", *_MESSAGES, label="Messages in the queue"),
            action=action,
            threshold=0,
            above=False,
            evaluation_periods=self._options.scaling.empty_minutes,
        )

    def _step(
        self,
        scaling: ServiceScaling,
        construct_id: str,
        adjustment_type: appscaling.AdjustmentType,
        cooldown_seconds: int,
    ) -> appscaling.StepScalingAction:
        return appscaling.StepScalingAction(
            scaling.target,
            construct_id,
            scaling_target=scaling.target,
            adjustment_type=adjustment_type,
            cooldown=seconds(cooldown_seconds),
            metric_aggregation_type=appscaling.MetricAggregationType.MAXIMUM,
        )

    def _sum_of(self, expression: str, *names: str, label: str) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=expression,
            using_metrics={name: self._messages(name) for name in names},
            label=label,
            period=seconds(_PERIOD_SECONDS),
        )

    def _define_alarms(
        self, topic: sns.ITopic | None, working_hours: WorkingHoursOptions | None
    ) -> list[cloudwatch.Alarm]:
        alarms = QueueAlarms(
            self,
            "Alarms",
            queue=self.queue,
            dead_letter_queue=self.dead_letter_queue,
            max_age_minutes=self._options.max_message_age_minutes,
            cluster_name=self._cluster.cluster_name,
            service_name=self.service.service.service_name,
            only_while_wanted=working_hours is not None,
            topic=topic,
        )
        return alarms.alarms


def _decrypt_messages(key: kms.IKey) -> iam.PolicyStatement:
    """Amazon SQS decrypts for whoever receives ("Amazon SQS Key management", permissions for consumers)."""
    return iam.PolicyStatement(
        actions=["kms:Decrypt"],
        resources=[key.key_arn],
        # Never by the task itself, so no endpoint of AWS KMS is needed ("kms:ViaService", AWS KMS).
        conditions={"StringLike": {"kms:ViaService": "sqs.*"}},
    )


def _metric_stat(metric: cloudwatch.Metric) -> appscaling.CfnScalingPolicy.TargetTrackingMetricStatProperty:
    policy = appscaling.CfnScalingPolicy
    return policy.TargetTrackingMetricStatProperty(
        stat=metric.statistic,
        metric=policy.TargetTrackingMetricProperty(
            namespace=metric.namespace,
            metric_name=metric.metric_name,
            dimensions=[
                policy.TargetTrackingMetricDimensionProperty(name=name, value=value)
                for name, value in (metric.dimensions or {}).items()
            ],
        ),
    )
