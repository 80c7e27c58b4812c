"""Rules of the order in which the containers of a task start."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.container_options import ContainerDependencyOptions
from settings.ecs import ContainerSettings, TaskSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.keys import container_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers

_SOURCE = "ContainerDependency, Amazon ECS API Reference"
_CONTAINER = container_keys("depends_on[].container")
_CONDITION = container_keys("depends_on[].condition")


@rule(_SOURCE, keys=_CONTAINER)
def dependency_is_another_container(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a dependency on a container that the task does not have, or on the container itself."""
    for path, container, task in containers(environment):
        others = [name for name in task.containers if name != path[-1]]
        for index, dependency in enumerate(container.depends_on):
            if dependency.container not in others:
                is_itself = dependency.container == path[-1]
                yield Problem(
                    path=(*path, "depends_on", index, "container"),
                    finding="the container depends on itself"
                    if is_itself
                    else f"the task has no container {dependency.container!r}",
                    allowed=listed(others, "or") if others else "",
                    fix=did_you_mean(dependency.container, others)
                    if others
                    else "remove depends_on: the task has no other container",
                )


@rule(_SOURCE, keys=_CONTAINER)
def dependencies_make_no_cycle(environment: Environment) -> Iterator[Problem]:
    """Each container would wait for the other, and Amazon ECS refuses the task definition."""
    for path, dependency, _, task in _dependencies(environment):
        name = str(path[-3])
        cycle = _waits_for(task, name)
        # Reported once for each cycle, at its first container in the file.
        if name in _waits_for(task, dependency.container) and name == min(cycle, key=list(task.containers).index):
            yield Problem(
                path=(*path, "container"),
                finding=f"container {dependency.container} waits for {name}, directly or through others",
                fix="remove one of the dependencies",
            )


@rule(_SOURCE, keys=(*_CONDITION, *container_keys("health_check")))
def healthy_dependency_has_a_health_check(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses the condition HEALTHY for a container without a health check."""
    for path, dependency, other, _ in _dependencies(environment):
        if dependency.condition == "HEALTHY" and other.health_check is None:
            yield Problem(
                path=(*path, "condition"),
                finding=f"the condition is HEALTHY, but container {dependency.container} has no health_check",
                fix=f"add a health_check to container {dependency.container}, or use another condition",
            )


@rule(_SOURCE, keys=(*_CONDITION, *container_keys("essential")))
def completed_dependency_is_not_essential(environment: Environment) -> Iterator[Problem]:
    """The task stops when an essential container exits, so Amazon ECS refuses to wait for that."""
    for path, dependency, other, _ in _dependencies(environment):
        if dependency.condition in ("COMPLETE", "SUCCESS") and other.essential:
            yield Problem(
                path=(*path, "condition"),
                finding=f"the condition is {dependency.condition}, but container {dependency.container} is essential",
                fix=f"set essential of container {dependency.container} to false, or use another condition",
            )


@warning(_SOURCE, keys=(*_CONDITION, *container_keys("port", "health_check")))
def completed_dependency_ends(environment: Environment) -> Iterator[Problem]:
    """A container that listens on a port, or is checked while it runs, hardly ends, and the other never starts."""
    for path, dependency, other, _ in _dependencies(environment):
        if dependency.condition in ("COMPLETE", "SUCCESS") and (other.port or other.health_check):
            what = f"listens on port {other.port}" if other.port else "has a health_check"
            yield Problem(
                path=(*path, "condition"),
                finding=f"the condition is {dependency.condition}, but container {dependency.container} {what}",
                fix="use HEALTHY or START, or acknowledge that it ends",
            )


def _dependencies(
    environment: Environment,
) -> Iterator[tuple[KeyPath, ContainerDependencyOptions, ContainerSettings, TaskSettings]]:
    """Every dependency on another container of the task, with its path and with that container."""
    for path, container, task in containers(environment):
        for index, dependency in enumerate(container.depends_on):
            if dependency.container != path[-1] and dependency.container in task.containers:
                other = task.containers[dependency.container]
                yield (*path, "depends_on", index), dependency, other, task


def _waits_for(task: TaskSettings, name: str) -> set[str]:
    """Every container that this one waits for, also through others."""
    found: set[str] = set()
    todo = [name]
    while todo:
        for dependency in task.containers[todo.pop()].depends_on:
            if dependency.container not in found and dependency.container in task.containers:
                found.add(dependency.container)
                todo.append(dependency.container)
    return found
