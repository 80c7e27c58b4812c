"""What queue workers, and schedules that size node groups, must be allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from assembly import Graph, Resource

_WORK: Final = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility")
_RESIZE: Final = "eks:UpdateNodegroupConfig"


def queue_of(graph: Graph, definition: Resource | None) -> Resource | None:
    """The queue whose URL the containers of a task are given."""
    for container in definition.list("ContainerDefinitions") if definition is not None else ():
        for variable in container.get("Environment", []):
            if variable.get("Name") == "QUEUE_URL":
                return graph.find(variable.get("Value"))
    return None


def worker_needs(graph: Graph) -> Iterator[tuple[object, str, Resource, str]]:
    """Role, action, and resource of each, with what it is for."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        if (queue := queue_of(graph, definition)) is not None:
            for action in _WORK:
                yield definition.get("TaskRoleArn"), action, queue, f"{definition.logical_id} works on its messages"
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        for node_group in graph.references(schedule.get("Target.Input")):
            if node_group.type == "AWS::EKS::Nodegroup":
                yield schedule.get("Target.RoleArn"), _RESIZE, node_group, f"{schedule.logical_id} resizes it"
