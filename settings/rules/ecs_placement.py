"""Rules of how many tasks the instances of the ECS cluster can hold at once: docs/capacity.md has the arithmetic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts import instance_types
from settings.environment import Environment
from settings.instance_needs import daemons, needs, workloads
from settings.matching_types import types_of
from settings.problems import Problem
from settings.rules.comparisons import listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import capacity_groups, groups_of, tasks

_KEYS: Final = (
    "ecs.awsvpc_trunking",
    "ecs.capacity.<name>.max_size",
    "ecs.capacity.<name>.instance_types",
    "ecs.capacity.<name>.instance_requirements",
)


@rule(
    "Increasing Amazon ECS Linux container instance network interfaces; facts/aws_facts.json",
    keys=(*_KEYS, *task_keys("capacity_provider_strategy")),
)
def burstable_instances_have_interfaces(environment: Environment) -> Iterator[Problem]:
    """Each task takes a network interface, and burstable instances have no trunk interface that would give more."""
    for path, group in capacity_groups(environment):
        known = [instance_types().get(each) for each in types_of(group)]
        rooms = [each.network_interfaces - 1 for each in known if each is not None]
        if not rooms or len(rooms) < len(known) or not all(each.startswith("t") for each in types_of(group)):
            continue
        fewest = sum(
            task.fewest_tasks for _, task in tasks(environment) if [*groups_of(environment, task)] == [path[-1]]
        )
        room = group.max_size * max(rooms)
        if fewest > room:
            yield Problem(
                path=(*path, "max_size"),
                finding=f"{fewest} tasks run at least, and {group.max_size} instances have interfaces for {room}",
                fix=f"raise max_size to {-(-(fewest + 1) // max(rooms))}, which has room for a deployment too; use "
                "larger instance types; or run fewer tasks",
            )


@warning(
    "Elastic network interface trunking, Amazon ECS Developer Guide; Amazon ECS services, deployment configuration; "
    "facts/aws_facts.json; facts/trunk_interfaces.json",
    keys=(
        *_KEYS,
        *task_keys("cpu_units", "memory_mib", "capacity_provider_strategy"),
        *container_keys("gpus", "devices"),
        "ecs.services.<name>.placement_constraints",
    ),
)
def instances_hold_their_tasks_and_a_deployment(environment: Environment) -> Iterator[Problem]:
    """A task for which no instance has room is never placed, and a deployment starts a new task before it stops one."""
    for path, group in capacity_groups(environment):
        ecs, name = environment.ecs, str(path[-1])
        found = needs(ecs, name) if ecs is not None else []
        need = max(found, key=lambda each: each.with_deployment or 0, default=None)
        if ecs is None or need is None:
            continue
        if need.with_deployment is not None and need.with_deployment > group.max_size:
            of = f"{need.tasks} task{'s' if need.tasks > 1 else ''}{' and one of a deployment' if need.deploys else ''}"
            trunking = "the account has awsvpcTrunking on (ecs.awsvpc_trunking), or "
            turned_on = trunking if "network interface" in need.reason and not ecs.awsvpc_trunking else ""
            yield Problem(
                path=(*path, "max_size"),
                finding=f"{of} take {need.with_deployment} instances of type "
                f"{need.instance_type}, {need.reason}, and max_size is {group.max_size}",
                fix=f"raise max_size to {need.with_deployment}, use larger instance types, or run fewer tasks; or "
                f"acknowledge this if {turned_on}fewer tasks will do",
            )
        # That a task fits no instance at all, other rules say.
        if on_each := [each.name for each in daemons(ecs, name)]:
            crowded = [each.name for each in workloads(ecs, name) if not need.room.holds(each.room)]
            if crowded:
                yield Problem(
                    path=(*path, "max_size"),
                    finding=f"instances of type {need.instance_type} have no room for a task of {listed(crowded)} "
                    f"beside {listed(on_each)}, of which one runs on each",
                    fix="use larger instance types",
                )
