"""A schedule, the task that it runs, and the rule that hears of its failures agree."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph, Resource
from policy.relations.agreement.ecs_services import compatibility, containers
from policy.relations.relation import Misfit, relation

_STATE_CHANGE = "ECS Task State Change"


def _scheduled(graph: Graph) -> Iterator[tuple[Resource, Resource]]:
    """Each schedule that runs a task, itself or by a state machine, with the task definition."""
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        target = graph.find(schedule.get("Target.Arn"))
        place = schedule.get("Target.EcsParameters.TaskDefinitionArn")
        if target is not None and target.type == "AWS::StepFunctions::StateMachine":
            place = target.get("DefinitionString")
        for definition in graph.references(place):
            if definition.type == "AWS::ECS::TaskDefinition":
                yield schedule, definition


@relation("CreateSchedule, EventBridge Scheduler API Reference: GroupName")
def schedule_is_in_a_group_that_exists(graph: Graph) -> Iterator[Misfit]:
    """EventBridge Scheduler refuses a schedule in a group that does not exist."""
    groups = {str(group.get("Name")) for group in graph.of_type("AWS::Scheduler::ScheduleGroup")}
    for schedule in graph.of_type("AWS::Scheduler::Schedule"):
        name = str(schedule.get("GroupName", "default"))
        if name not in {"default", *groups} and graph.find(name) is None:
            yield Misfit(
                resource=schedule,
                finding=f"there is no schedule group {name}",
                fix="name a group of the stacks",
            )


@relation("Amazon ECS capacity providers; RequiresCompatibilities, ECS API Reference")
def scheduled_task_runs_on_its_capacity(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses to start a task on capacity that its definition is not made for, each time."""
    for schedule, definition in _scheduled(graph):
        strategy = schedule.list("Target.EcsParameters.CapacityProviderStrategy")
        named = [str(each.get("CapacityProvider")) for each in strategy]
        wanted = compatibility(graph, named)
        compatible = definition.list("RequiresCompatibilities") or [wanted]
        if named and wanted not in compatible:
            yield Misfit(
                resource=schedule,
                finding=f"the task runs on {', '.join(named)}, and its task definition requires {compatible}",
                fix=f"set RequiresCompatibilities to {wanted}",
            )


@relation("Amazon ECS task state change events; docs/adr/0030: failures")
def failure_of_a_scheduled_task_is_heard_of(graph: Graph) -> Iterator[Misfit]:
    """RunTask answers when a task is accepted, so only an event says that it failed later."""
    for schedule, definition in _scheduled(graph):
        family = f":task-definition/{definition.get('Family')}:"
        rules = [
            rule
            for rule in graph.of_type("AWS::Events::Rule")
            if _STATE_CHANGE in rule.list("EventPattern.detail-type")
            if rule.get("State", "ENABLED") != "DISABLED" and any(text.endswith(family) for text in rule.texts)
        ]
        if not rules:
            yield Misfit(
                resource=schedule,
                finding=f"no enabled rule hears of tasks of {definition.get('Family')} that stop",
                fix=f"add a rule for {_STATE_CHANGE} of this family",
            )
        for rule in rules:
            yield from _unknown_containers(rule, definition)


def _unknown_containers(rule: Resource, definition: Resource) -> Iterator[Misfit]:
    known = containers(definition)
    for case in rule.list("EventPattern.detail.$or"):
        for name in case.get("containers", {}).get("name", []):
            if name not in known:
                yield Misfit(
                    resource=rule,
                    finding=f"it asks for the exit code of {name}, and the task has {', '.join(known)}",
                    fix="name a container of the task",
                )
