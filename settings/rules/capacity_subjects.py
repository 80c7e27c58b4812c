"""What rules are about: capacity of every kind, and what a task names of it."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.any_capacity_options import AnyCapacityOptions
from reference_constructs.ecs.managed_instances_options import ManagedInstancesOptions
from reference_constructs.ecs.task_options import FARGATE_PROVIDERS
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.problems import KeyPath


def capacity(environment: Environment) -> Iterator[tuple[KeyPath, AnyCapacityOptions]]:
    """The capacity of the ECS cluster, of every kind."""
    for name, each in (environment.ecs.capacity if environment.ecs else {}).items():
        # As for nodes below: of what is of an unknown kind, nothing is asked.
        if each.kind:
            yield ("ecs", "capacity", name), each


def managed_instances(environment: Environment) -> Iterator[tuple[KeyPath, ManagedInstancesOptions]]:
    """All capacity of Amazon ECS Managed Instances."""
    for path, each in capacity(environment):
        if isinstance(each, ManagedInstancesOptions):
            yield path, each


def capacity_of(environment: Environment, task: TaskSettings) -> dict[str, AnyCapacityOptions]:
    """The capacity of the cluster that a task can be placed on, by name; empty on Fargate."""
    named = [item.capacity_provider for item in task.capacity_provider_strategy]
    found = environment.ecs.capacity if environment.ecs else {}
    return {name: found[name] for name in named if name not in FARGATE_PROVIDERS and name in found}


def managed_instances_of(environment: Environment, task: TaskSettings) -> dict[str, ManagedInstancesOptions]:
    """The Managed Instances that a task can be placed on, by name."""
    found = capacity_of(environment, task)
    return {name: each for name, each in found.items() if isinstance(each, ManagedInstancesOptions)}
