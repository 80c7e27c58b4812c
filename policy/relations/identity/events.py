"""Events reach the queues that rules of Amazon EventBridge send them to."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from assembly.policies import Statement, statements
from policy.relations.relation import Misfit, relation

_EVENTS = "events.amazonaws.com"


@relation("Using resource-based policies for Amazon EventBridge: Amazon SQS permissions; Interruption, karpenter.sh")
def queue_takes_events_of_its_rules(graph: Graph) -> Iterator[Misfit]:
    """The event is lost without a word: Karpenter hears of no interruption, and pods end with their instance."""
    for rule in graph.of_type("AWS::Events::Rule"):
        for target in rule.list("Targets"):
            queue = graph.find(target.get("Arn"))
            if queue is None or queue.type != "AWS::SQS::Queue":
                continue
            if not any(_admits(each, rule, queue, graph) for each in _statements_of(queue, graph)):
                yield Misfit(
                    resource=queue,
                    finding=f"{_EVENTS} may not sqs:SendMessage for {rule.logical_id}, which sends events to it",
                    fix=f"allow {_EVENTS} to sqs:SendMessage, for this rule",
                )


@relation("Encrypting events, Amazon EventBridge; Interruption, karpenter.sh")
def interruption_queue_hears_of_every_interruption(graph: Graph) -> Iterator[Misfit]:
    """An instance that ends without notice takes its pods with it, and Karpenter does not drain it before."""
    heard: dict[Resource, set[str]] = {}
    for rule in graph.of_type("AWS::Events::Rule"):
        for target in rule.list("Targets"):
            queue = graph.find(target.get("Arn"))
            if queue is not None and rule.get("State", "ENABLED") == "ENABLED":
                heard.setdefault(queue, set()).update(map(str, rule.list("EventPattern.detail-type")))
    for queue, types in heard.items():
        missing = sorted(_INTERRUPTIONS - types)
        # A queue for something else hears of none of them.
        if missing and types & _INTERRUPTIONS:
            finding = f"no rule sends it {', '.join(missing)}"
            yield Misfit(resource=queue, finding=finding, fix="add a rule for each of them")


_INTERRUPTIONS = {
    "AWS Health Event",
    "EC2 Capacity Reservation Instance Interruption Warning",
    "EC2 Instance Rebalance Recommendation",
    "EC2 Instance State-change Notification",
    "EC2 Spot Instance Interruption Warning",
}


def _statements_of(queue: Resource, graph: Graph) -> Iterator[Statement]:
    for policy in graph.of_type("AWS::SQS::QueuePolicy"):
        if queue in map(graph.find, policy.list("Queues")):
            yield from statements(policy.get("PolicyDocument"))


def _admits(statement: Statement, rule: Resource, queue: Resource, graph: Graph) -> bool:
    return (
        statement.effect == "Allow"
        and statement.is_about("sqs:SendMessage")
        and ("Service", _EVENTS) in statement.principals
        and any(each == "*" or queue in graph.references(each) for each in statement.resources)
        and all(
            "Not" not in operator and any(rule in graph.references(value) for value in values)
            for operator, values in statement.condition("aws:SourceArn")
        )
        and all(graph.account(queue.stack) in values for _, values in statement.condition("aws:SourceAccount"))
    )
