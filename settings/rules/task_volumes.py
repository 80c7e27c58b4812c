"""Rules of the volumes of tasks, and of where containers mount them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from reference_constructs.ecs.volume_options import (
    EbsVolumeOptions,
    EfsVolumeOptions,
    SharedVolumeOptions,
    VolumeOptions,
)
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, groups_of, volumes


@rule("MountPoint, Amazon ECS API Reference: sourceVolume", keys=container_keys("mounts.<name>"))
def mount_is_of_a_volume_of_the_task(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a task definition with a mount of a volume that the task does not have."""
    for path, container, task in containers(environment):
        for name in container.mounts:
            if name not in task.volumes:
                yield Problem(
                    path=(*path, "mounts", name),
                    finding=f"the task has no volume {name!r}",
                    allowed=listed(task.volumes, "or") if task.volumes else "",
                    fix=did_you_mean(name, task.volumes) or f"add it to volumes: {name}: {{kind: shared}}",
                )


@warning("Use bind mounts with Amazon ECS", keys=(*task_keys("volumes.<name>"), *container_keys("mounts")))
def volume_is_mounted(environment: Environment) -> Iterator[Problem]:
    """Nothing reads or writes it."""
    for path, volume, task in volumes(environment, VolumeOptions):
        if not isinstance(volume, EbsVolumeOptions) and not any(
            path[-1] in container.mounts for container in task.containers.values()
        ):
            yield Problem(path=path, finding="no container mounts the volume", fix="add it to mounts, or remove it")


@rule(
    "Bind mounts, Amazon ECS Developer Guide",
    keys=container_keys("mounts.<name>.path", "writable_paths[]"),
)
def mount_path_comes_once(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses two mounts at one path of a container."""
    for path, container, _ in containers(environment):
        owners = {posixpath.normpath(each.path): "writable_paths" for each in container.temporary_file_systems}
        for name, mount in container.mounts.items():
            owner = owners.setdefault(posixpath.normpath(mount.path), f"mounts.{name}")
            if owner != f"mounts.{name}":
                yield Problem(
                    path=(*path, "mounts", name, "path"), value=mount.path, allowed=f"a path other than in {owner}"
                )


@warning(
    "Use bind mounts with Amazon ECS: Fargate platform version 1.4.0, permissions; VOLUME, Dockerfile reference",
    keys=(*container_keys("mounts.<name>", "user"), *task_keys("volumes.<name>")),
)
def shared_volume_is_writable(environment: Environment) -> Iterator[Problem]:
    """The directory of a shared volume belongs to root unless an image says otherwise, and other users cannot write."""
    for path, _, task in volumes(environment, SharedVolumeOptions):
        mounting = {name: each for name, each in task.containers.items() if path[-1] in each.mounts}
        writing = [name for name, each in mounting.items() if not each.mounts[str(path[-1])].read_only]
        if writing and not any(mounting[name].is_root for name in writing):
            first = mounting[writing[0]]
            yield Problem(
                path=(*path[:-2], "containers", writing[0], "mounts", path[-1]),
                finding=f"container {writing[0]} writes to it as the user {first.user}",
                fix=f"give {first.mounts[str(path[-1])].path} to that user in the Dockerfile of the image, and declare "
                "it there with VOLUME; then acknowledge this",
            )


@rule(
    "EFSVolumeConfiguration, Amazon ECS API Reference: rootDirectory",
    keys=task_keys("volumes.<name>.root_directory", "volumes.<name>.access_point_id", "volumes.<name>.access_point"),
)
def access_point_has_the_root_directory(environment: Environment) -> Iterator[Problem]:
    """An access point has a root directory of its own, and Amazon ECS refuses another beside it."""
    for path, volume, _ in volumes(environment, EfsVolumeOptions):
        if volume.has_access_point and volume.root_directory != "/":
            yield Problem(
                path=(*path, "root_directory"),
                finding="the access point has a root directory of its own",
                fix=f"remove root_directory, or {'access_point_id' if volume.access_point_id else 'access_point'}",
            )


@warning(
    "Amazon ECS-optimized Bottlerocket AMIs, considerations: features that are not supported",
    keys=(*task_keys("volumes.<name>", "capacity_provider_strategy"), "ecs.capacity.<name>.operating_system"),
)
def volume_can_be_mounted_on_bottlerocket(environment: Environment) -> Iterator[Problem]:
    """Bottlerocket mounts neither encrypted Amazon EFS nor Amazon EBS volumes for tasks, which then do not start."""
    for path, volume, task in volumes(environment, VolumeOptions):
        for name, group in groups_of(environment, task).items():
            if group.operating_system == "bottlerocket" and not isinstance(volume, SharedVolumeOptions):
                yield Problem(
                    path=path,
                    finding=f"the tasks run on {name}, whose operating system is bottlerocket",
                    fix="run them on al2023 or on Fargate, or acknowledge that the variant has it by now",
                )
