"""The volumes of a task definition, and what mounting them takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.ecs.volume_options import EbsVolumeOptions, EfsVolumeOptions, FsxWindowsVolumeOptions


@dataclass(frozen=True, kw_only=True)
class MountableFileSystem:
    """An Amazon EFS file system that volumes refer to by its name.

    Attributes:
        file_system_id: Its ID.
        access_point_ids: IDs of its access points, by name.
    """

    file_system_id: str
    access_point_ids: Mapping[str, str] = field(default_factory=dict)


FileSystems = Mapping[str, MountableFileSystem]
"""By the name that volumes have for them."""


def add_volumes(task_definition: ecs.TaskDefinition, options: TaskOptions, file_systems: FileSystems) -> None:
    """Add the volumes of a task, before the containers that mount them.

    Args:
        task_definition: The task definition.
        options: The task.
        file_systems: Those that its volumes name.

    Raises:
        ValueError: If a volume names a file system or an access point that is not there.
    """
    for name, volume in options.volumes.items():
        task_definition.add_volume(
            name=name,
            # Size, type and encryption are those of the service, which can change without another task definition.
            configured_at_launch=True if isinstance(volume, EbsVolumeOptions) else None,
            efs_volume_configuration=_efs(volume, file_systems) if isinstance(volume, EfsVolumeOptions) else None,
        )
    _state_fsx(task_definition, options)


def credentials_of_volumes(options: TaskOptions) -> list[str]:
    """Secrets with which the agent mounts file systems of Amazon FSx.

    Args:
        options: The task.
    """
    return [
        volume.credentials_secret_arn
        for volume in options.volumes.values()
        if isinstance(volume, FsxWindowsVolumeOptions)
    ]


def add_mounts(container: ecs.ContainerDefinition, name: str, options: TaskOptions) -> None:
    """Mount volumes of a task in one of its containers.

    Args:
        container: The container.
        name: Its name.
        options: The task.

    Raises:
        ValueError: If a volume is not in the task.
    """
    for volume, mount in options.containers[name].mounts.items():
        if volume not in options.volumes:
            raise ValueError(f"container {name} mounts {volume}; allowed: {', '.join(options.volumes) or 'none'}")
        container.add_mount_points(
            ecs.MountPoint(source_volume=volume, container_path=mount.path, read_only=mount.read_only)
        )


def mount_statements(
    scope: Construct, options: TaskOptions, file_systems: FileSystems
) -> Iterator[iam.PolicyStatement]:
    """What the task role needs to mount the file systems of a task, each through its access point only.

    Source: "Using IAM to control access to file systems", Amazon EFS User Guide.

    Args:
        scope: Any construct of the stack.
        options: The task.
        file_systems: Those that its volumes name.
    """
    for name, volume in options.volumes.items():
        if not isinstance(volume, EfsVolumeOptions):
            continue
        file_system_id, access_point_id = _ids(volume, file_systems)
        mounts = [each.mounts[name] for each in options.containers.values() if name in each.mounts]
        actions = ["elasticfilesystem:ClientMount"]
        if any(not mount.read_only for mount in mounts):
            actions.append("elasticfilesystem:ClientWrite")
        if volume.root_access:
            actions.append("elasticfilesystem:ClientRootAccess")
        conditions: dict[str, dict[str, str]] = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
        if access_point_id is not None:
            conditions["StringEquals"] = {
                "elasticfilesystem:AccessPointArn": _arn(scope, "access-point", access_point_id)
            }
        yield iam.PolicyStatement(
            actions=actions,
            resources=[_arn(scope, "file-system", file_system_id)],
            conditions=conditions,
        )


def _arn(scope: Construct, resource: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="elasticfilesystem", resource=resource, resource_name=name)


def _ids(volume: EfsVolumeOptions, file_systems: FileSystems) -> tuple[str, str | None]:
    """IDs of the file system, and of the access point if there is one."""
    if volume.file_system_id is not None:
        return volume.file_system_id, volume.access_point_id
    if volume.file_system is None or volume.file_system not in file_systems:
        raise ValueError(f"there is no file system {volume.file_system}; allowed: {', '.join(file_systems) or 'none'}")
    found = file_systems[volume.file_system]
    if volume.access_point is None:
        return found.file_system_id, None
    if volume.access_point not in found.access_point_ids:
        raise ValueError(
            f"{volume.file_system} has no access point {volume.access_point}; "
            f"allowed: {', '.join(found.access_point_ids) or 'none'}"
        )
    return found.file_system_id, found.access_point_ids[volume.access_point]


def _efs(volume: EfsVolumeOptions, file_systems: FileSystems) -> ecs.EfsVolumeConfiguration:
    file_system_id, access_point_id = _ids(volume, file_systems)
    return ecs.EfsVolumeConfiguration(
        file_system_id=file_system_id,
        # Beside an access point, which has its own, Amazon ECS takes none.
        root_directory=None if access_point_id or volume.root_directory == "/" else volume.root_directory,
        transit_encryption="ENABLED",
        authorization_config=ecs.AuthorizationConfig(access_point_id=access_point_id, iam="ENABLED"),
    )


def _state_fsx(task_definition: ecs.TaskDefinition, options: TaskOptions) -> None:
    """Escape hatch: a volume of the L2 has no file system of Amazon FSx."""
    resource = cast(ecs.CfnTaskDefinition, task_definition.node.default_child)
    for index, volume in enumerate(options.volumes.values()):
        if isinstance(volume, FsxWindowsVolumeOptions):
            resource.add_property_override(
                f"Volumes.{index}.FSxWindowsFileServerVolumeConfiguration",
                {
                    "FileSystemId": volume.file_system_id,
                    "RootDirectory": volume.root_directory,
                    "AuthorizationConfig": {
                        "CredentialsParameter": volume.credentials_secret_arn,
                        "Domain": volume.domain,
                    },
                },
            )
