"""Rules of Amazon ECS Managed Instances, and of the tasks on them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts import instance_types
from settings.environment import Environment
from settings.instance_needs import CPU_UNITS_OF_A_VCPU, SHARE_OF_MEMORY_FOR_TASKS
from settings.matching_types import matching_types
from settings.problems import Problem
from settings.rules.capacity_subjects import managed_instances, managed_instances_of
from settings.rules.comparisons import listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import groups_of, tasks

_MANAGED: Final = "ecs.capacity.<name>"
_DIFFERENCES: Final = "Amazon ECS task definition differences for Amazon ECS Managed Instances"


@rule(
    "CapacityReservationRequest, Amazon ECS API Reference",
    keys=(
        f"{_MANAGED}.capacity_option",
        f"{_MANAGED}.capacity_reservation_group_arn",
        f"{_MANAGED}.capacity_reservation_preference",
    ),
)
def reserved_managed_instances_have_reservations(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS uses Capacity Reservations with the option reserved alone, and that option needs them."""
    for path, managed in managed_instances(environment):
        stated = [
            key
            for key in ("capacity_reservation_group_arn", "capacity_reservation_preference")
            if getattr(managed, key) != type(managed).model_fields[key].default
        ]
        if managed.capacity_option == "reserved" and not managed.capacity_reservation_group_arn:
            yield Problem(
                path=(*path, "capacity_option"),
                finding="capacity_option is reserved, and there is no capacity_reservation_group_arn",
                fix="add capacity_reservation_group_arn, or set capacity_option to on_demand",
            )
        if managed.capacity_option != "reserved" and stated:
            yield Problem(
                path=(*path, stated[0]),
                finding=f"capacity_option is {managed.capacity_option}",
                fix=f"set capacity_option to reserved, or remove {stated[0]}",
            )


@rule(
    "Amazon ECS capacity providers, considerations; CreateService, Amazon ECS API Reference",
    keys=task_keys("capacity_provider_strategy"),
)
def strategy_is_of_one_kind_of_instances(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a strategy with Auto Scaling groups and Managed Instances."""
    for path, task in tasks(environment):
        groups, managed = groups_of(environment, task), managed_instances_of(environment, task)
        if groups and managed:
            yield Problem(
                path=(*path, "capacity_provider_strategy"),
                finding=f"{listed(groups)} starts instances by Auto Scaling, {listed(managed)} by Amazon ECS",
                fix="name capacity of one kind",
            )


@rule(
    _DIFFERENCES,
    keys=(*container_keys("writable_paths"), *task_keys("capacity_provider_strategy")),
)
def managed_instances_have_no_tmpfs(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a tmpfs in a task definition for Managed Instances."""
    for path, task in tasks(environment):
        if not managed_instances_of(environment, task):
            continue
        for name, container in task.containers.items():
            if container.writable_paths:
                yield Problem(
                    path=(*path, "containers", name, "writable_paths"),
                    finding="the task runs on Managed Instances, which have no tmpfs",
                    fix="remove writable_paths, and set read_only_root_filesystem to false if the program needs them",
                )


@rule(
    "Instance selection for Amazon ECS Managed Instances; facts/aws_facts.json",
    keys=(
        f"{_MANAGED}.instance_requirements",
        *task_keys("cpu_units", "memory_mib", "architecture", "capacity_provider_strategy"),
    ),
)
def some_managed_instance_holds_the_task(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS starts an instance only of a type that has the attributes and room for the task."""
    for path, task in tasks(environment):
        for name, managed in managed_instances_of(environment, task).items():
            if managed.instance_requirements is None:
                continue
            names = matching_types(managed.instance_requirements, task.architecture)
            if not names:
                yield Problem(
                    path=(*path, "architecture"),
                    finding=f"ecs.capacity.{name}.instance_requirements selects no instance type of "
                    f"{task.architecture}",
                    fix="use another architecture, or widen the instance_requirements",
                )
                continue
            found = [instance_types()[each] for each in names]
            cpu_units = max(each.vcpus * CPU_UNITS_OF_A_VCPU for each in found)
            memory_mib = max(int(each.memory_mib * SHARE_OF_MEMORY_FOR_TASKS) for each in found)
            for key, value, room in (
                ("cpu_units", task.cpu_units, cpu_units),
                ("memory_mib", task.memory_mib, memory_mib),
            ):
                if value > room:
                    yield Problem(
                        path=(*path, key),
                        value=value,
                        allowed=f"at most {room}, which an instance type of ecs.capacity.{name} has for tasks",
                        fix=f"lower {key}, or widen the instance_requirements",
                    )
