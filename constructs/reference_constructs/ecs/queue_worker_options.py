"""Options of a queue worker."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field

from reference_constructs.ecs.scaling_options import ScalingOptions, Seconds
from reference_constructs.ecs.service_connect_options import ServiceConnectClientOptions, ServiceConnectOptions
from reference_constructs.ecs.service_options import ServiceOptions
from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import Arn, RegionalKeyArn

QUEUE_URL: Final = "QUEUE_URL"
"""The environment variable that tells every container of the task the URL of its queue."""

# "PutMetricAlarm": an alarm evaluates at most one day.
_MINUTES_OF_A_DAY: Final = 1440

# Of this account: CloudWatch has the metrics of a queue in the account and the Region of the queue.
QueueArn = Annotated[
    str,
    Field(
        # CreateQueue, Amazon SQS API Reference: 80 characters with the suffix of a FIFO queue.
        pattern=r"^arn:[a-z-]+:sqs:[a-z0-9-]+:[0-9]{12}:([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$",
        examples=["arn:aws:sqs:eu-west-1:111122223333:orders"],
        json_schema_extra=in_words("ARN of an Amazon SQS queue"),
    ),
    Arn(region=True, account=True),
]


class ExistingQueueOptions(Options):
    """Amazon SQS queue that exists, in place of a new one.

    Nothing of it is created or changed: its visibility timeout, its dead-letter queue, and the alarm of that one are
    its owner's.
    """

    queue_arn: QueueArn
    """ARN of the queue, which is in the account and the Region of the environment."""

    queue_key_arn: RegionalKeyArn | None = None
    """ARN of the customer managed key that encrypts the queue. The task role can then decrypt with it
    (`kms:Decrypt`); the policy of the key must let IAM policies of the account of the environment allow that. With
    `null`, the queue has no key of its own (SSE-SQS, or none)."""


class QueueOptions(Options):
    """Amazon SQS queue of a queue worker, and its dead-letter queue."""

    existing: ExistingQueueOptions | None = None
    """Queue that exists, in place of a new one. The other keys of `queue` are of a new one, and are refused beside
    it."""

    customer_managed_key: bool = False
    """Whether a customer managed key, which is made for them, encrypts the queue and its dead-letter queue. It requires
    `customer_managed_keys`. Senders then need `kms:GenerateDataKey` and `kms:Decrypt` for it, and so does who receives
    from the dead-letter queue; the output `QueueKeyArn` names it. With `false`, both have SQS managed encryption
    (SSE-SQS), for which nobody needs a permission."""

    fifo: bool = False
    """Whether the queue is a FIFO queue, which keeps the order of the messages of a group. Changing it replaces the
    queue."""

    content_based_deduplication: bool = False
    """Whether Amazon SQS recognizes duplicates by the content of messages. It requires `fifo`. With `false`, senders
    must state a deduplication ID."""

    visibility_timeout_seconds: Annotated[int, Field(ge=0, le=43200)] = 300
    """Time, in seconds, in which a received message is hidden from other tasks. It must be longer than the work on one
    message, and than `stop_timeout_seconds` of the containers; otherwise, a message is worked on twice. The task role
    can extend it for one message (`sqs:ChangeMessageVisibility`). The default of Amazon SQS is 30."""

    max_receive_count: Annotated[int, Field(ge=1, le=1000)] = 5
    """Number of times that a message is received before it moves to the dead-letter queue."""

    message_retention_days: Annotated[int, Field(ge=1, le=14)] = 4
    """Number of days after which Amazon SQS deletes a message that nobody has processed. The dead-letter queue keeps
    messages for 14 days from the time when they were first sent."""

    receive_wait_seconds: Annotated[int, Field(ge=0, le=20)] = 20
    """Time, in seconds, for which a receive request waits for a message (long polling), unless the request states it.
    The default of Amazon SQS is 0, which makes more requests, and each one is charged."""


class QueueScalingOptions(Options):
    """Scaling of a queue worker by the number of messages."""

    min_capacity: Annotated[int, Field(ge=0, le=5000)] = 0
    """Minimum number of tasks. With `0`, no task runs while the queue is empty. The first message then waits some
    minutes for a task, and up to 15 minutes more if the queue was not used for 6 hours, because Amazon SQS sends no
    metrics of such a queue."""

    max_capacity: Annotated[int, Field(ge=1, le=5000)] = 10
    """Maximum number of tasks."""

    backlog_per_task: Annotated[int, Field(ge=1)] = 10
    """Target value for the number of messages in the queue, visible and in flight, for each running task: the time that
    a message may wait, divided by the time that a task works on one."""

    scale_in_cooldown_seconds: Seconds = 300
    """Time, in seconds, after tasks were removed in which no more are removed."""

    scale_out_cooldown_seconds: Seconds = 60
    """Time, in seconds, after tasks were added in which they count as added already."""

    empty_minutes: Annotated[int, Field(ge=1, le=_MINUTES_OF_A_DAY)] = 5
    """Number of minutes in a row without any message, visible, delayed, or in flight, after which the last task stops.
    It has no effect unless `min_capacity` is 0."""


class QueueWorkerOptions(TaskOptions):
    """ECS service that works on the messages of an Amazon SQS queue. Each queue worker is deployed as a separate stack.

    Its containers get the URL of the queue in the environment variable `QUEUE_URL`.
    """

    queue: QueueOptions = QueueOptions()
    """Queue of the worker, and its dead-letter queue; or a queue that exists."""

    scaling: QueueScalingOptions = QueueScalingOptions()
    """Scaling by the number of messages."""

    service_connect: ServiceConnectClientOptions | None = None
    """Service Connect as a client: services of `ecs.namespace` by name, with a proxy in each task. With `null`, the
    tasks have none. Which services the tasks may connect to is `reachable_from` of these."""

    task_scale_in_protection: bool = True
    """Whether the task role can protect its tasks from scale-in and deployments while they work on a message
    (`PUT $ECS_AGENT_URI/task-protection/v1/state`). The application must ask for the protection."""

    max_message_age_minutes: Annotated[int, Field(ge=1, le=20160)] = 60
    """Age, in minutes, of the oldest message above which an alarm is raised."""

    alarms: bool = True
    """Whether to create CloudWatch alarms for the age of the oldest message, and for messages in the dead-letter
    queue, unless the queue exists."""

    @property
    def fewest_tasks(self) -> int:
        """Number of tasks that run at least."""
        return self.scaling.min_capacity

    @property
    def most_tasks(self) -> int:
        """Number of tasks that run at most, apart from those of a deployment."""
        return self.scaling.max_capacity

    @property
    def most_tasks_in_deployment(self) -> int:
        """New tasks start before old ones stop."""
        return 2 * self.most_tasks

    @property
    def service(self) -> ServiceOptions:
        """The service that runs the tasks: without policies, which concern the queue."""
        task = {name: getattr(self, name) for name in TaskOptions.model_fields}
        limits = ScalingOptions(
            min_capacity=self.scaling.min_capacity,
            max_capacity=self.scaling.max_capacity,
            cpu_utilization_percent=None,
            memory_utilization_percent=None,
        )
        client = self.service_connect
        connect = None if client is None else ServiceConnectOptions(access_log=client.access_log)
        # A worker at 100 % of its CPU is at work; what is wrong shows at the queue.
        return ServiceOptions(**task, scaling=limits, alarms=False, service_connect=connect)
