"""What scales a queue worker reads its queue, and what stops for the night starts in the morning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from assembly import Graph, Resource
from policy.relations.identity.worker_permissions import queue_names, what_scales, worked_queue
from policy.relations.relation import Misfit, relation

_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"
# "Available CloudWatch metrics for Amazon SQS": the states of messages; the others count what happened to them.
_MESSAGES = (
    "ApproximateNumberOfMessagesVisible",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
)


@relation("Create a target tracking scaling policy for Application Auto Scaling using metric math")
def queue_worker_is_scaled_by_its_queue(graph: Graph) -> Iterator[Misfit]:
    """By the messages of another queue, a worker has too many tasks, or none while its own messages wait."""
    for target in graph.of_type(_TARGET):
        if (found := worked_queue(graph, target)) is None:
            continue
        _, queue = found
        for resource in what_scales(graph, target):
            for name in queue_names(resource.properties):
                if name != queue.name:
                    its = queue.resource.logical_id if queue.resource is not None else queue.name
                    yield Misfit(
                        resource=resource,
                        finding=f"the metric is of the queue {name}, and the worker has {its}",
                        fix="name the queue of the worker",
                    )
            for name in _metrics_of_queues(resource.properties):
                if name not in _MESSAGES:
                    yield Misfit(
                        resource=resource,
                        finding=f"the metric {name} does not tell how many messages the queue has",
                        fix=f"use {', '.join(_MESSAGES)}",
                    )


def _metrics_of_queues(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, list):
        for each in value:
            yield from _metrics_of_queues(each)
    elif hasattr(value, "items"):
        if value.get("Namespace") == "AWS/SQS":
            yield str(value.get("MetricName"))
        for each in value.values():
            yield from _metrics_of_queues(each)


@relation("Scheduled scaling for Application Auto Scaling; Scheduled scaling for Amazon EC2 Auto Scaling")
def what_is_stopped_is_started(graph: Graph) -> Iterator[Misfit]:
    """What is scaled to zero by a schedule stays there until somebody notices."""
    for target in graph.of_type(_TARGET):
        actions = [each.get("ScalableTargetAction", {}) for each in target.list("ScheduledActions")]
        most = [each.get("MaxCapacity") for each in actions if each.get("MaxCapacity") is not None]
        if most and not any(most):
            yield _unstarted(target)
    for group, actions in _by_group(graph).items():
        sizes = [size for action in actions for size in _sizes(action)]
        if sizes and not any(sizes):
            yield _unstarted(actions[0], of=group)


@relation("Scheduled scaling for Amazon EC2 Auto Scaling: time zones; Schedule types in EventBridge Scheduler")
def what_is_stopped_is_started_in_one_time_zone(graph: Graph) -> Iterator[Misfit]:
    """Stopped by the clock of one place and started by that of another, it is off while people need it."""
    # Of a service, a file may state a time zone for each action.
    for actions in _by_group(graph).values():
        zones = {str(each.get("TimeZone") or each.get("ScheduleExpressionTimezone") or "UTC") for each in actions}
        if len(zones) > 1:
            yield Misfit(
                resource=actions[-1],
                finding=f"its schedules are in several time zones: {', '.join(sorted(zones))}",
                fix="state one time zone",
            )


def _by_group(graph: Graph) -> dict[str, list[Resource]]:
    """Scheduled actions by their Auto Scaling group, and schedules by their node group."""
    found: dict[str, list[Resource]] = {}
    for action in graph.of_type("AWS::AutoScaling::ScheduledAction"):
        found.setdefault(str(action.get("AutoScalingGroupName")), []).append(action)
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        for group in graph.references(schedule.get("Target.Input")):
            if group.type == "AWS::EKS::Nodegroup":
                found.setdefault(group.reference, []).append(schedule)
    return found


def _sizes(resource: Resource) -> list[int]:
    """The sizes that keep instances: of a group its minimum or its maximum, of a node group its desired size."""
    if resource.type == "AWS::AutoScaling::ScheduledAction":
        return [int(size) for key in ("MinSize", "MaxSize") if (size := resource.get(key)) is not None]
    found = re.search(r'"ScalingConfig":({[^}]*})', str(resource.get("Target.Input")))
    return [int(json.loads(found[1]).get("DesiredSize", 0))] if found else []


def _unstarted(resource: Resource, *, of: str = "") -> Misfit:
    what = f" of {of}" if of else ""
    return Misfit(
        resource=resource,
        finding=f"a schedule sets the size{what} to 0, and none sets another",
        fix="add a schedule that starts it",
    )
