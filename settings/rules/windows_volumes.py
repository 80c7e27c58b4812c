"""Rules of the volumes of Windows tasks."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.volume_options import FsxWindowsVolumeOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import containers, volumes


@rule(
    "Use FSx for Windows File Server volumes with Amazon ECS, considerations",
    keys=task_keys("volumes.<name>", "operating_system", "capacity_provider_strategy"),
)
def fsx_volume_is_of_windows_on_instances(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS mounts Amazon FSx for Windows File Server on Windows EC2 instances only, and not on Fargate."""
    for path, _, task in volumes(environment, FsxWindowsVolumeOptions):
        if not task.is_windows:
            yield Problem(
                path=path,
                finding=f"the volume is of kind fsx_windows, and operating_system is {task.operating_system}",
                fix="set operating_system to a Windows Server, or use a volume of kind efs",
            )
        elif task.launch_type == "FARGATE":
            yield Problem(
                path=path,
                finding="the volume is of kind fsx_windows, and the task runs on Fargate",
                fix="name capacity with EC2 instances in capacity_provider_strategy",
            )


@rule(
    "MountPoint, Amazon ECS API Reference: containerPath",
    keys=(*container_keys("mounts.<name>.path"), *task_keys("operating_system")),
)
def mount_path_is_of_the_operating_system(environment: Environment) -> Iterator[Problem]:
    """Windows containers have paths with drives, and Linux containers have none; the task does not start."""
    for path, container, task in containers(environment):
        for name, mount in container.mounts.items():
            if mount.path.startswith("/") == task.is_windows:
                example = r"C:\uploads" if task.is_windows else "/uploads"
                yield Problem(
                    path=(*path, "mounts", name, "path"),
                    value=mount.path,
                    allowed=f"a path such as {example}, since operating_system is {task.operating_system}",
                )
