"""Rules of queue workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import RulePair, queue_worker

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
)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_the_rule_refuses_one_and_accepts_its_neighbor(tmp_path: Path, pair: RulePair) -> None:
    pair.check(tmp_path)
