"""Rules of queue workers."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.queue_worker_options import QUEUE_URL
from settings.ecs import QueueWorkerSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import ascend
from settings.rules.rule import rule, warning

_WORKER = "ecs.queue_workers.<name>"


def _workers(environment: Environment) -> Iterator[tuple[KeyPath, QueueWorkerSettings]]:
    for name, worker in (environment.ecs.queue_workers if environment.ecs else {}).items():
        yield ("ecs", "queue_workers", name), worker


@rule(
    "RegisterScalableTarget, Application Auto Scaling API Reference",
    keys=(f"{_WORKER}.scaling.min_capacity", f"{_WORKER}.scaling.max_capacity"),
)
def queue_worker_capacities_ascend(environment: Environment) -> Iterator[Problem]:
    """Application Auto Scaling refuses a minimum capacity of a queue worker that is greater than the maximum."""
    for path, worker in _workers(environment):
        yield from ascend((*path, "scaling"), worker.scaling, "min_capacity", "max_capacity")


@rule(
    "Task definition parameters, environment",
    keys=(f"{_WORKER}.containers.<name>.environment", f"{_WORKER}.containers.<name>.secrets"),
)
def queue_url_is_that_of_the_queue(environment: Environment) -> Iterator[Problem]:
    """Every container of a queue worker gets the URL of its queue in this variable."""
    for path, worker in _workers(environment):
        for name, container in worker.containers.items():
            for key in ("environment", "secrets"):
                if QUEUE_URL in getattr(container, key):
                    yield Problem(
                        path=(*path, "containers", name, key, QUEUE_URL),
                        finding=f"{QUEUE_URL} is the URL of the queue of the worker",
                        fix="give the variable another name",
                    )


@rule(
    "CreateQueue, Amazon SQS API Reference: ContentBasedDeduplication",
    keys=(f"{_WORKER}.queue.content_based_deduplication", f"{_WORKER}.queue.fifo"),
)
def deduplication_is_of_a_fifo_queue(environment: Environment) -> Iterator[Problem]:
    """Amazon SQS refuses content-based deduplication for a queue that is not a FIFO queue."""
    for path, worker in _workers(environment):
        if worker.queue.content_based_deduplication and not worker.queue.fifo:
            yield Problem(
                path=(*path, "queue", "content_based_deduplication"),
                finding="content_based_deduplication is true, and fifo is false",
                fix="set fifo to true, or remove content_based_deduplication",
            )


@rule("CreateQueue, Amazon SQS API Reference; docs/adr/0031", keys=(f"{_WORKER}.queue",))
def existing_queue_is_not_shaped(environment: Environment) -> Iterator[Problem]:
    """The queue is what its owner made of it, so a key that shapes a new one would do nothing."""
    for path, worker in _workers(environment):
        for key in sorted(worker.queue.model_fields_set - {"existing"} if worker.queue.existing else ()):
            yield Problem(
                path=(*path, "queue", key),
                finding=f"{key} is of a new queue, but there is existing",
                fix=f"remove {key}, or remove existing",
            )


@rule("docs/adr/0031", keys=(f"{_WORKER}.queue.customer_managed_key", "customer_managed_keys"))
def key_of_a_queue_is_one_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """An environment says in one place whether queues, repositories, and volumes may have customer managed keys."""
    for path, worker in _workers(environment):
        if worker.queue.customer_managed_key and not environment.customer_managed_keys:
            yield Problem(
                path=(*path, "queue", "customer_managed_key"),
                finding="customer_managed_key is true, and customer_managed_keys of the environment is false",
                fix="set customer_managed_keys to true, or remove customer_managed_key",
            )


@warning("Amazon SQS standard queues; docs/adr/0031", keys=(f"{_WORKER}.queue.existing.queue_arn",))
def queue_is_of_one_worker(environment: Environment) -> Iterator[Problem]:
    """Each message goes to one of them, whichever asks first, and each scales by all messages."""
    first: dict[str, str] = {}
    for path, worker in _workers(environment):
        if (existing := worker.queue.existing) is None:
            continue
        if existing.queue_arn in first:
            yield Problem(
                path=(*path, "queue", "existing", "queue_arn"),
                finding=f"the queue is that of {first[existing.queue_arn]} too",
                fix="give each its own queue, or acknowledge that both do the same work",
            )
        first.setdefault(existing.queue_arn, str(path[-1]))


@warning(
    "Amazon SQS visibility timeout; Amazon ECS task lifecycle, stopTimeout",
    keys=(f"{_WORKER}.queue.visibility_timeout_seconds", f"{_WORKER}.containers.<name>.stop_timeout_seconds"),
)
def message_is_hidden_until_its_task_has_stopped(environment: Environment) -> Iterator[Problem]:
    """A task that is told to stop may still work on its message when another task receives it."""
    for path, worker in _workers(environment):
        if worker.queue.existing is not None:
            continue  # what its owner has set is not known
        hidden = worker.queue.visibility_timeout_seconds
        longest = max(container.stop_timeout_seconds for container in worker.containers.values())
        if hidden <= longest:
            yield Problem(
                path=(*path, "queue", "visibility_timeout_seconds"),
                finding=f"a message is hidden for {hidden} seconds, and a container has {longest} to stop",
                fix=f"set visibility_timeout_seconds above {longest}, by what the work on a message takes",
            )


@warning(
    "CreateQueue, Amazon SQS API Reference: MessageRetentionPeriod",
    keys=(f"{_WORKER}.max_message_age_minutes", f"{_WORKER}.queue.message_retention_days"),
)
def old_messages_are_told_of_before_they_are_gone(environment: Environment) -> Iterator[Problem]:
    """Amazon SQS deletes messages of that age, so the alarm is never raised."""
    for path, worker in _workers(environment):
        days, minutes = worker.queue.message_retention_days, worker.max_message_age_minutes
        if worker.queue.existing is None and worker.alarms and minutes >= days * 24 * 60:
            yield Problem(
                path=(*path, "max_message_age_minutes"),
                finding=f"the alarm is at {minutes} minutes, and messages are kept for {days * 24 * 60}",
                fix="lower max_message_age_minutes, or raise queue.message_retention_days",
            )
