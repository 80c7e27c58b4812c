"""Rules of the CPU and memory of containers, of their start, and of where their images come from."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.registry.ecr_image import EcrImage
from reference_constructs.registry.upstream_registries import cached_registry
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import containers, tasks

_MOST_SECONDS_TO_START_ON_FARGATE = 120
_ON_PLATFORM = task_keys("capacity_provider_strategy")


@rule("Task definition parameters, cpu", keys=(*container_keys("cpu_units"), *task_keys("cpu_units")))
def containers_have_the_cpu_of_their_task(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition whose containers together reserve more CPU than the task has."""
    for path, task in tasks(environment):
        reserved = {name: each.cpu_units for name, each in task.containers.items() if each.cpu_units is not None}
        total = sum(reserved.values())
        if total > task.cpu_units:
            largest = max(reserved, key=lambda name: reserved[name])
            yield Problem(
                path=(*path, "containers", largest, "cpu_units"),
                finding=f"the containers reserve {total} CPU units, and the task has {task.cpu_units}",
                fix="lower the cpu_units of containers, or raise those of the task",
            )


@rule(
    "Task definition parameters, memoryReservation",
    keys=(*container_keys("memory_reservation_mib", "memory_mib"), *task_keys("memory_mib")),
)
def memory_reservation_is_within_the_limit(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a reservation above the limit of the container, or above the memory of the task."""
    for path, container, task in containers(environment):
        limit = min(container.memory_mib or task.memory_mib, task.memory_mib)
        if container.memory_reservation_mib is not None and container.memory_reservation_mib > limit:
            yield Problem(
                path=(*path, "memory_reservation_mib"),
                value=container.memory_reservation_mib,
                allowed=f"at most {limit}, the memory of the {'container' if container.memory_mib else 'task'}",
            )


@rule(
    "Task definition parameters, memoryReservation",
    keys=(*container_keys("memory_reservation_mib", "memory_mib"), *task_keys("memory_mib")),
)
def memory_reservations_fit_their_task(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition whose containers together reserve more memory than the task has."""
    for path, task in tasks(environment):
        reserved = {
            name: each.memory_reservation_mib
            for name, each in task.containers.items()
            if each.memory_reservation_mib is not None
        }
        limited = sum(
            each.memory_mib for name, each in task.containers.items() if name not in reserved and each.memory_mib
        )
        total = sum(reserved.values()) + limited
        # Of one that is above the memory alone, and of limits alone, others tell.
        if limited <= task.memory_mib < total and max(reserved.values()) <= task.memory_mib:
            largest = max(reserved, key=lambda name: reserved[name])
            yield Problem(
                path=(*path, "containers", largest, "memory_reservation_mib"),
                finding=f"the containers reserve {total} MiB, and the task has {task.memory_mib}",
                fix="lower the memory_reservation_mib of containers, or raise the memory_mib of the task",
            )


@rule("LinuxParameters, Amazon ECS API Reference", keys=(*container_keys("shared_memory_mib"), *_ON_PLATFORM))
def shared_memory_is_on_instances(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses sharedMemorySize on Fargate."""
    for path, container, task in containers(environment):
        if container.shared_memory_mib is not None and task.launch_type == "FARGATE":
            yield Problem(
                path=(*path, "shared_memory_mib"),
                finding="the tasks run on Fargate, which has no shared_memory_mib",
                fix="remove it and tell the program to use another directory, such as one of writable_paths; or run "
                "the tasks on instances",
            )


@rule("ContainerDefinition, Amazon ECS API Reference: startTimeout", keys=container_keys("start_timeout_seconds"))
def start_timeout_is_allowed_on_fargate(environment: Environment) -> Iterator[Problem]:
    """On Fargate, Amazon ECS refuses a start time-out of more than two minutes."""
    for path, container, task in containers(environment):
        seconds = container.start_timeout_seconds or 0
        if seconds > _MOST_SECONDS_TO_START_ON_FARGATE and task.launch_type == "FARGATE":
            yield Problem(
                path=(*path, "start_timeout_seconds"),
                value=seconds,
                allowed=f"at most {_MOST_SECONDS_TO_START_ON_FARGATE} on Fargate",
            )


@rule(
    "Using non-AWS container images in Amazon ECS; docs/adr/0008: how an image is named",
    keys=container_keys("repository_credentials_arn", "image"),
)
def credentials_are_for_another_registry(environment: Environment) -> Iterator[Problem]:
    """Tasks log in to Amazon ECR, and to the pull-through cache in it, with their role, never with credentials."""
    for path, container, _ in containers(environment):
        if container.repository_credentials_arn is not None and _is_in_ecr(environment, container.image):
            yield Problem(
                path=(*path, "repository_credentials_arn"),
                finding=f"{container.image} is pulled from Amazon ECR",
                fix="remove repository_credentials_arn, or take the registry out of registry.pull_through_cache",
            )


def _is_in_ecr(environment: Environment, image: str) -> bool:
    host, slash, _ = image.partition("/")
    is_cached = cached_registry(image, environment.registry.cached_registries) is not None
    return is_cached or EcrImage.parse(image) is not None or not (slash and ("." in host or ":" in host))
