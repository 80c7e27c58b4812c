"""Rules of what a task writes to: ephemeral storage, memory, and access points without one."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, tasks


@rule(
    "EphemeralStorage, Amazon ECS API Reference",
    keys=task_keys("ephemeral_storage_gib", "capacity_provider_strategy"),
)
def ephemeral_storage_is_on_fargate(environment: Environment) -> Iterator[Problem]:
    """On instances, Amazon ECS refuses a task definition that states the ephemeral storage."""
    for path, task in tasks(environment):
        if task.ephemeral_storage_gib is not None and task.launch_type == "EC2":
            yield Problem(
                path=(*path, "ephemeral_storage_gib"),
                finding="the tasks run on instances",
                fix="raise volume_gib of ecs.capacity, or run the tasks on Fargate",
            )


@warning(
    "Tmpfs, Amazon ECS API Reference; tmpfs(5), Linux manual",
    keys=(*container_keys("writable_paths", "memory_mib"), *task_keys("memory_mib")),
)
def writable_paths_fit_the_memory(environment: Environment) -> Iterator[Problem]:
    """What is written to a tmpfs is in memory, and the container is stopped when it takes more than it has."""
    for path, container, task in containers(environment):
        total = sum(each.size_mib for each in container.temporary_file_systems)
        memory = min(task.memory_mib, container.memory_mib or task.memory_mib)
        if total >= memory:
            yield Problem(
                path=(*path, "writable_paths"),
                finding=f"they have {total} MiB together, and the container has {memory} MiB of memory",
                fix="make them smaller, use a volume, or raise memory_mib",
            )


@warning(
    "LinuxParameters, Amazon ECS API Reference: sharedMemorySize; tmpfs(5), Linux manual",
    keys=(*container_keys("shared_memory_mib", "memory_mib"), *task_keys("memory_mib")),
)
def shared_memory_fits_the_memory(environment: Environment) -> Iterator[Problem]:
    """What is written to /dev/shm is in memory, and the container is stopped when it takes more than it has."""
    for path, container, task in containers(environment):
        memory = min(task.memory_mib, container.memory_mib or task.memory_mib)
        if task.launch_type == "EC2" and (container.shared_memory_mib or 0) >= memory:
            yield Problem(
                path=(*path, "shared_memory_mib"),
                finding=f"it is {container.shared_memory_mib}, and the container has {memory} MiB of memory",
                fix="make it smaller, or raise memory_mib",
            )
