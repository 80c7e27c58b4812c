"""Rules of queue workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CAPACITY, HEAD, RulePair, queue_worker

EXISTING = "existing: {queue_arn: 'arn:aws:sqs:eu-west-1:111122223333:orders'}"


def two_workers(other_queue: str) -> str:
    worker = "{containers: {web: {image: 'app:1'}}, queue: {existing: {queue_arn: '%s'}}}"
    arn = "arn:aws:sqs:eu-west-1:111122223333:"
    return (
        f"{HEAD}ecs:\n{CAPACITY}  queue_workers:\n"
        f"    mail: {worker % (arn + 'orders')}\n    news: {worker % (arn + other_queue)}\n"
    )


PAIRS = (
    RulePair(
        rule="queue_worker_capacities_ascend",
        rejected=queue_worker("scaling: {min_capacity: 11}"),
        accepted=queue_worker("scaling: {min_capacity: 10}"),
        message=(
            "ecs.queue_workers.mail.scaling.min_capacity: 11 is not allowed\n"
            "allowed: at most max_capacity, which is 10 by default\n"
            "why: Application Auto Scaling refuses a minimum capacity of a queue worker that is greater than the "
            "maximum."
        ),
    ),
    RulePair(
        rule="queue_url_is_that_of_the_queue",
        rejected=queue_worker(container="containers: {web: {image: 'app:1', environment: {QUEUE_URL: a}}}"),
        accepted=queue_worker(container="containers: {web: {image: 'app:1', environment: {QUEUE: a}}}"),
        message=(
            "ecs.queue_workers.mail.containers.web.environment.QUEUE_URL: QUEUE_URL is the URL of the queue of "
            "the worker\n"
            "fix: give the variable another name\n"
            "why: Every container of a queue worker gets the URL of its queue in this variable."
        ),
    ),
    RulePair(
        rule="queue_url_is_that_of_the_queue: no secret",
        rejected=queue_worker(
            container="containers: {web: {image: 'app:1', secrets: "
            "{QUEUE_URL: 'arn:aws:ssm:eu-west-1:111122223333:parameter/queue'}}}"
        ),
        accepted=queue_worker(
            container="containers: {web: {image: 'app:1', secrets: "
            "{QUEUE: 'arn:aws:ssm:eu-west-1:111122223333:parameter/queue'}}}"
        ),
        message=(
            "ecs.queue_workers.mail.containers.web.secrets.QUEUE_URL: QUEUE_URL is the URL of the queue of the "
            "worker\n"
            "fix: give the variable another name\n"
            "why: Every container of a queue worker gets the URL of its queue in this variable."
        ),
    ),
    RulePair(
        rule="deduplication_is_of_a_fifo_queue",
        rejected=queue_worker("queue: {content_based_deduplication: true}"),
        accepted=queue_worker("queue: {content_based_deduplication: true, fifo: true}"),
        message=(
            "ecs.queue_workers.mail.queue.content_based_deduplication: content_based_deduplication is true, and "
            "fifo is false\n"
            "fix: set fifo to true, or remove content_based_deduplication\n"
            "why: Amazon SQS refuses content-based deduplication for a queue that is not a FIFO queue."
        ),
    ),
    RulePair(
        rule="message_is_hidden_until_its_task_has_stopped",
        rejected=queue_worker("queue: {visibility_timeout_seconds: 30}"),
        accepted=queue_worker("queue: {visibility_timeout_seconds: 31}"),
        message=(
            "ecs.queue_workers.mail.queue.visibility_timeout_seconds: a message is hidden for 30 seconds, and a "
            "container has 30 to stop\n"
            "fix: set visibility_timeout_seconds above 30, by what the work on a message takes\n"
            "why: A task that is told to stop may still work on its message when another task receives it."
        ),
    ),
    RulePair(
        rule="old_messages_are_told_of_before_they_are_gone",
        rejected=queue_worker("queue: {message_retention_days: 1}", "max_message_age_minutes: 1440"),
        accepted=queue_worker("queue: {message_retention_days: 1}", "max_message_age_minutes: 1439"),
        message=(
            "ecs.queue_workers.mail.max_message_age_minutes: the alarm is at 1440 minutes, and messages are kept "
            "for 1440\n"
            "fix: lower max_message_age_minutes, or raise queue.message_retention_days\n"
            "why: Amazon SQS deletes messages of that age, so the alarm is never raised."
        ),
    ),
    RulePair(
        rule="existing_queue_is_not_shaped",
        rejected=queue_worker(f"queue: {{{EXISTING}, visibility_timeout_seconds: 30}}"),
        accepted=queue_worker(f"queue: {{{EXISTING}}}"),
        message=(
            "ecs.queue_workers.mail.queue.visibility_timeout_seconds: visibility_timeout_seconds is of a new queue, "
            "but there is existing\n"
            "fix: remove visibility_timeout_seconds, or remove existing\n"
            "why: The queue is what its owner made of it, so a key that shapes a new one would do nothing."
        ),
    ),
    RulePair(
        rule="key_of_a_queue_is_one_of_the_environment",
        rejected="customer_managed_keys: false\n" + queue_worker("queue: {customer_managed_key: true}"),
        accepted="customer_managed_keys: true\n" + queue_worker("queue: {customer_managed_key: true}"),
        message=(
            "ecs.queue_workers.mail.queue.customer_managed_key: customer_managed_key is true, and "
            "customer_managed_keys of the environment is false\n"
            "fix: set customer_managed_keys to true, or remove customer_managed_key\n"
            "why: An environment says in one place whether queues, repositories, and volumes may have customer "
            "managed keys."
        ),
    ),
    RulePair(
        rule="queue_is_of_one_worker",
        rejected=two_workers("orders"),
        accepted=two_workers("news"),
        message=(
            "ecs.queue_workers.news.queue.existing.queue_arn: the queue is that of mail too\n"
            "fix: give each its own queue, or acknowledge that both do the same work\n"
            "why: Each message goes to one of them, whichever asks first, and each scales by all messages."
        ),
    ),
    RulePair(
        rule="arn_is_in_the_region: a queue",
        rejected=queue_worker(f"queue: {{{EXISTING.replace('eu-west-1', 'eu-west-2')}}}"),
        accepted=queue_worker(f"queue: {{{EXISTING}}}"),
        message=(
            "ecs.queue_workers.mail.queue.existing.queue_arn: 'arn:aws:sqs:eu-west-2:111122223333:orders' is not "
            "allowed\n"
            "allowed: an ARN in the Region eu-west-1\n"
            "why: Certificates, topics, keys, queues, listeners, log groups, clusters, and Outposts are used in "
            "one Region only."
        ),
    ),
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
