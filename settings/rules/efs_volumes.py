"""Rules of the Amazon EFS file systems that volumes of tasks name."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.volume_options import EfsVolumeOptions
from reference_constructs.storage.efs_options import EfsOptions
from reference_constructs.storage.file_system_options import FileSystemOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.keys import task_keys
from settings.rules.rule import rule, warning
from settings.rules.storage_claims import unknown_access_point
from settings.rules.storage_subjects import FILE_SYSTEM, file_systems, is_mounted_by_pods
from settings.rules.subjects import tasks, volumes

_VOLUME = "volumes.<name>"


@rule(
    "EFSVolumeConfiguration, Amazon ECS API Reference: fileSystemId",
    keys=task_keys(_VOLUME, f"{_VOLUME}.access_point", f"{_VOLUME}.access_point_id"),
)
def efs_volume_is_of_one_file_system(environment: Environment) -> Iterator[Problem]:
    """A volume is one file system: one of the environment by its name, or one that exists by its ID."""
    for path, volume, _ in volumes(environment, EfsVolumeOptions):
        if (volume.file_system is None) == (volume.file_system_id is None):
            both = volume.file_system is not None
            yield Problem(
                path=path,
                finding=f"there {'are both file_system and' if both else 'is neither file_system nor'} file_system_id",
                fix="remove one of the two" if both else "add file_system, the name of one in storage.file_systems",
            )
        elif volume.access_point is not None and volume.file_system is None:
            yield Problem(
                path=(*path, "access_point"),
                finding="the file system is named by its ID",
                fix="use access_point_id",
            )
        elif volume.access_point_id is not None and volume.file_system is not None:
            yield Problem(
                path=(*path, "access_point_id"),
                finding="the file system is one of the environment",
                fix="use access_point, the name of one of its access_points",
            )


@rule(
    "EFSVolumeConfiguration, Amazon ECS API Reference: fileSystemId",
    keys=(*task_keys(f"{_VOLUME}.file_system", f"{_VOLUME}.access_point"), "storage.file_systems"),
)
def efs_volume_names_a_file_system(environment: Environment) -> Iterator[Problem]:
    """There is no such file system to mount."""
    known = {name: each for _, name, each in file_systems(environment, EfsOptions)}
    for path, volume, _ in volumes(environment, EfsVolumeOptions):
        name = volume.file_system
        if name is None:
            continue
        if name not in known:
            yield Problem(
                path=(*path, "file_system"),
                value=name,
                allowed=f"{listed(known, 'or')}, of the kind efs" if known else "",
                fix=did_you_mean(name, known) or f"add it to storage.file_systems: {name}: {{kind: efs}}",
            )
        elif volume.access_point is not None:
            yield from unknown_access_point((*path, "access_point"), volume.access_point, known[name])


@warning("docs/storage.md", keys=(FILE_SYSTEM, *task_keys(f"{_VOLUME}.file_system")))
def file_system_is_mounted(environment: Environment) -> Iterator[Problem]:
    """It costs money, and neither a task nor a pod of the file mounts it."""
    named = {name for _, task in tasks(environment) for name in task.file_systems}
    linked = {
        repository.bucket
        for _, _, each in file_systems(environment, FileSystemOptions)
        if (repository := getattr(each, "data_repository", None)) is not None
    }
    for path, name, options in file_systems(environment, FileSystemOptions):
        if name not in named | linked and not is_mounted_by_pods(options) and not getattr(options, "trident", False):
            yield Problem(
                path=path,
                finding="no volume of a task names it, and it has no claims",
                fix="add claims, or acknowledge that manifests of your own mount it",
            )
