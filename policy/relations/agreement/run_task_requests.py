"""Whoever starts a task without a service starts it in the same place, from which it reaches AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from assembly import Graph, Resource
from policy.relations.relation import Misfit, relation


class Request(NamedTuple):
    """Where a task is started."""

    source: str
    """What starts it: an output that `make run-task` reads, a schedule, or a state machine."""

    definition: Resource
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    public: bool

    @property
    def place(self) -> tuple[frozenset[str], frozenset[str], bool]:
        """What those who start the same task agree on."""
        return frozenset(self.subnets), frozenset(self.groups), self.public


def _requests(graph: Graph) -> Iterator[Request]:
    """Every request of `RunTask` in the templates."""
    for stack in graph.templates:
        for name, value in graph.outputs(stack).items():
            if "awsvpcConfiguration" in str(value):
                yield from _request(graph, f"output {name}", json.loads(str(value)))
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        if parameters := schedule.get("Target.EcsParameters"):
            yield from _request(graph, schedule.logical_id, parameters)
    for machine in graph.of_type("AWS::StepFunctions::StateMachine"):
        text = str(machine.get("DefinitionString"))
        for state in json.loads(text)["States"].values() if "ecs:runTask" in text else ():
            yield from _request(graph, machine.logical_id, state.get("Parameters", {}))


def _request(graph: Graph, source: str, parameters: Any) -> Iterator[Request]:  # noqa: ANN401 - JSON
    # The API spells keys in camel case, CloudFormation and Step Functions in Pascal case.
    known = _lowered(parameters)
    definition = graph.find(known.get("taskdefinition") or known.get("taskdefinitionarn"))
    where = _lowered(_lowered(known.get("networkconfiguration", {})).get("awsvpcconfiguration", {}))
    if definition is not None and where:
        subnets, groups = (tuple(map(str, where.get(key, ()))) for key in ("subnets", "securitygroups"))
        yield Request(source, definition, subnets, groups, where.get("assignpublicip") == "ENABLED")


def _lowered(mapping: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {str(key).lower(): value for key, value in mapping.items()}


@relation("RunTask, Amazon ECS API Reference; docs/adr/0030: one definition for whoever runs the task")
def task_is_started_in_one_place(graph: Graph) -> Iterator[Misfit]:
    """A task that works by hand fails on its schedule, where it has another subnet, security group, or address."""
    first: dict[Resource, Request] = {}
    for request in _requests(graph):
        other = first.setdefault(request.definition, request)
        if request.place != other.place:
            yield Misfit(
                resource=request.definition,
                finding=f"{other.source} and {request.source} start it with other subnets, security groups, or "
                "public addresses",
                fix="start it in one place",
            )


@relation("Amazon ECS task networking options for Fargate; Amazon VPC User Guide, Subnet route tables")
def started_task_has_a_way_out(graph: Graph) -> Iterator[Misfit]:
    """A task in another subnet than its network is made for is refused, or pulls no image, when it is needed."""
    for request in _requests(graph):
        subnets = [graph.subnets.all[each] for each in request.subnets if each in graph.subnets.all]
        groups = [each for each in map(graph.find, request.groups) if each is not None]
        vpcs = {str(each.get("VpcId")) for each in (*subnets, *groups) if each.get("VpcId")}
        if subnets and len(vpcs) > 1:
            yield Misfit(
                resource=request.definition,
                finding=f"{request.source} starts it with subnets and security groups of two VPCs",
                fix="use subnets of the VPC of its security group",
            )
        for each in subnets:
            way = graph.subnets.way_out(each.reference)
            through_gateway = way is not None and way.type == "AWS::EC2::InternetGateway"
            if way is not None and through_gateway != request.public:
                yield Misfit(
                    resource=request.definition,
                    finding=f"{request.source} starts it {'with' if request.public else 'without'} a public address "
                    f"in {each.logical_id}, which leads to {way.logical_id}",
                    fix="use public addresses in public subnets, and only there",
                )
