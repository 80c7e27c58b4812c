"""Messages that nobody could work on are kept for somebody to read."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation

# "CreateQueue, Amazon SQS API Reference".
_DEFAULT_SECONDS = 345_600


@relation("Using dead-letter queues in Amazon SQS: message retention periods")
def dead_letters_are_kept_longer_than_messages(graph: Graph) -> Iterator[Misfit]:
    """The age of a message counts from when it was first sent, so it is deleted soon after it moves, or at once."""
    for queue in graph.of_type("AWS::SQS::Queue"):
        letters = graph.find(queue.get("RedrivePolicy.deadLetterTargetArn"))
        if letters is None:
            continue
        kept, messages = (int(each.get("MessageRetentionPeriod", _DEFAULT_SECONDS)) for each in (letters, queue))
        if kept < messages:
            yield Misfit(
                resource=letters,
                finding=f"it keeps messages for {kept} seconds, and {queue.logical_id} for {messages}",
                fix="keep them longer than the queue does, such as for 14 days",
            )
