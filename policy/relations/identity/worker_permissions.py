"""What queue workers, and schedules that size node groups, must be allowed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from assembly import Graph, Resource

_WORK: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
_RESIZE: Final = "eks:UpdateNodegroupConfig"
_URL: Final = re.compile(r"https://sqs\.(?P<region>[^.]+)\.[^/]+/(?P<account>[^/]+)/(?P<name>[A-Za-z0-9_.-]+)$")


class WorkedQueue(NamedTuple):
    """The queue of a worker: `resource` if it is in the templates, and otherwise what its URL says."""

    name: str
    resource: Resource | None
    region: str = ""
    account: str = ""


def worked_queue(graph: Graph, target: Resource) -> tuple[Resource, WorkedQueue] | None:
    """The task definition of a service that is scaled, and the queue whose URL its containers are given.

    A URL alone does not say who receives: a service may send to a queue that exists. It is taken for the queue of the
    worker where its messages scale it.

    Args:
        graph: The templates.
        target: The scalable target.
    """
    services = [each for each in graph.references(target.get("ResourceId")) if each.type == "AWS::ECS::Service"]
    definition = graph.find(services[0].get("TaskDefinition")) if services else None
    if definition is None:
        return None
    url = _queue_url(definition)
    if (queue := graph.find(url)) is not None:
        return definition, WorkedQueue(str(queue.attribute("QueueName")), queue)
    if (found := _URL.match(str(url))) is None:
        return None
    scaled_by = [name for each in what_scales(graph, target) for name in queue_names(each.properties)]
    return (definition, WorkedQueue(found["name"], None, *found.groups()[:2])) if found["name"] in scaled_by else None


def what_scales(graph: Graph, target: Resource) -> Iterator[Resource]:
    """The policies of a scalable target, and the alarms that invoke them."""
    for policy in graph.of_type("AWS::ApplicationAutoScaling::ScalingPolicy"):
        if graph.find(policy.get("ScalingTargetId")) == target:
            yield policy
            yield from (
                alarm
                for alarm in graph.of_type("AWS::CloudWatch::Alarm")
                if policy in map(graph.find, alarm.list("AlarmActions"))
            )


def queue_names(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """The queues of the metrics in a policy or an alarm."""
    if isinstance(value, list):
        for each in value:
            yield from queue_names(each)
    elif hasattr(value, "items"):
        if value.get("Name") == "QueueName":
            yield str(value.get("Value"))
        for each in value.values():
            yield from queue_names(each)


def worker_needs(graph: Graph) -> Iterator[tuple[object, str, Resource | str, str]]:
    """Role, action, and resource of each, with what it is for."""
    for target in graph.of_type("AWS::ApplicationAutoScaling::ScalableTarget"):
        if (found := worked_queue(graph, target)) is not None and found[1].resource is None:
            definition, queue = found
            for action in _WORK:
                because = f"{definition.logical_id} works on its messages"
                yield definition.get("TaskRoleArn"), action, _arn(graph, definition, queue), because
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        if (made := graph.find(_queue_url(definition))) is not None:
            for action in _WORK:
                yield definition.get("TaskRoleArn"), action, made, f"{definition.logical_id} works on its messages"
            if (key := graph.find(made.get("KmsMasterKeyId"))) is not None:
                yield definition.get("TaskRoleArn"), "kms:Decrypt", key, f"{made.logical_id} is encrypted with it"
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        for node_group in graph.references(schedule.get("Target.Input")):
            if node_group.type == "AWS::EKS::Nodegroup":
                yield schedule.get("Target.RoleArn"), _RESIZE, node_group, f"{schedule.logical_id} resizes it"


def _queue_url(definition: Resource) -> object:
    for container in definition.list("ContainerDefinitions"):
        for variable in container.get("Environment", []):
            if variable.get("Name") == "QUEUE_URL":
                return variable.get("Value")
    return None


def _arn(graph: Graph, definition: Resource, queue: WorkedQueue) -> str:
    """As the role writes it: the partition may be written out."""
    role = graph.find(definition.get("TaskRoleArn"))
    end = f":sqs:{queue.region}:{queue.account}:{queue.name}"
    stated = (
        resource
        for statement in (graph.role_policies.statements(role) if role is not None else ())
        for resource in statement.resources
        if resource.endswith(end)
    )
    return next(stated, "arn:${AWS::Partition}" + end)
