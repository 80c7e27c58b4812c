"""Rules of Windows containers of ECS tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.container_options import WINDOWS_USERS
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.capacity_subjects import capacity_of, managed_instances_of
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import containers, groups_of, tasks

_DIFFERENCES: Final = "Amazon ECS task definition differences for EC2 instances running Windows"


@rule("RuntimePlatform, Amazon ECS API Reference", keys=task_keys("architecture", "operating_system"))
def windows_task_is_x86(environment: Environment) -> Iterator[Problem]:
    """There are no Windows containers for Arm."""
    for path, task in tasks(environment):
        if task.is_windows and task.architecture != "x86_64":
            default = "" if "architecture" in task.model_fields_set else ", the default"
            yield Problem(
                path=(*path, "architecture"),
                finding=f"architecture is {task.architecture}{default}, and operating_system {task.operating_system}",
                fix="set architecture to x86_64",
            )


@rule(
    "RuntimePlatform, Amazon ECS API Reference, operatingSystemFamily",
    keys=(*task_keys("operating_system", "capacity_provider_strategy"), "ecs.capacity.<name>.operating_system"),
)
def task_has_the_operating_system_of_its_capacity(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS places a task on instances of its operating system only."""
    for path, task in tasks(environment):
        for name, group in groups_of(environment, task).items():
            wanted = group.operating_system.replace("windows", "windows_server") if group.is_windows else "linux"
            if task.operating_system != wanted:
                default = "" if "operating_system" in task.model_fields_set else " by default"
                yield Problem(
                    path=(*path, "operating_system"),
                    finding=f"operating_system is {task.operating_system}{default}, and instances of "
                    f"ecs.capacity.{name} have {group.operating_system}",
                    allowed=wanted,
                )
        for name in managed_instances_of(environment, task) if task.is_windows else ():
            yield Problem(
                path=(*path, "operating_system"),
                finding=f"ecs.capacity.{name} is of Managed Instances, which run Linux",
                fix="set operating_system to linux, or use Fargate or an Auto Scaling group with Windows",
            )


@rule(
    f"{_DIFFERENCES}; ContainerDefinition, Amazon ECS API Reference",
    keys=(
        *task_keys("operating_system"),
        *container_keys(
            "capabilities", "devices", "gpus", "neuron_devices", "read_only_root_filesystem", "writable_paths", "user"
        ),
    ),
)
def windows_containers_state_nothing_of_linux(environment: Environment) -> Iterator[Problem]:
    """Windows containers do not have it, and Amazon ECS refuses it."""
    for path, container, task in containers(environment):
        if not task.is_windows:
            if container.user in WINDOWS_USERS:
                finding = f"{container.user} is a user of Windows, and operating_system is linux"
                yield Problem(path=(*path, "user"), finding=finding, fix="name a user of Linux")
            continue
        stated = {
            "capabilities": container.capabilities,
            "devices": container.devices,
            "gpus": container.gpus,
            "neuron_devices": container.neuron_devices,
            "writable_paths": container.writable_paths,
            "read_only_root_filesystem": "read_only_root_filesystem" in container.model_fields_set
            and container.read_only_root_filesystem,
            "user": "user" in container.model_fields_set and container.user not in WINDOWS_USERS,
        }
        for key, value in stated.items():
            if value:
                yield Problem(
                    path=(*path, key),
                    finding=f"{key} is for Linux, and operating_system is {task.operating_system}",
                    fix=f"set {key} to ContainerUser, or remove it" if key == "user" else f"remove {key}",
                )


@rule(
    f"{_DIFFERENCES}, task CPU and memory",
    keys=(*task_keys("operating_system", "capacity_provider_strategy"), *container_keys("memory_mib")),
)
def windows_containers_on_instances_have_memory(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS ignores the size of a Windows task on instances, so each of several containers needs its own."""
    for path, container, task in containers(environment):
        on_instances = task.is_windows and capacity_of(environment, task)
        if on_instances and len(task.containers) > 1 and container.memory_mib is None:
            yield Problem(
                path=(*path, "memory_mib"),
                finding="the task has several Windows containers on instances, and this one has no memory_mib",
                fix="state memory_mib for each container",
            )


@rule(
    "Amazon ECS clusters for Fargate, Fargate Spot; RuntimePlatform, AWS Batch API Reference",
    keys=task_keys("operating_system", "capacity_provider_strategy[].capacity_provider"),
)
def windows_task_is_not_on_fargate_spot(environment: Environment) -> Iterator[Problem]:
    """Fargate Spot does not run Windows containers."""
    for path, task in tasks(environment):
        for index, item in enumerate(task.capacity_provider_strategy if task.is_windows else ()):
            if item.capacity_provider == "FARGATE_SPOT":
                yield Problem(
                    path=(*path, "capacity_provider_strategy", index, "capacity_provider"),
                    value="FARGATE_SPOT",
                    allowed=f"FARGATE, or a group with {task.operating_system}",
                )
