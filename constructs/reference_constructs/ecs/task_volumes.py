"""The volumes of a task definition, and what mounting them takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.ecs.task_options import TaskOptions
from reference_constructs.ecs.volume_options import EbsVolumeOptions, EfsVolumeOptions, FsxWindowsVolumeOptions


def add_volumes(task_definition: ecs.TaskDefinition, options: TaskOptions) -> None:
    """Add the volumes of a task, before the containers that mount them.

    Args:
        task_definition: The task definition.
        options: The task.
    """
    for name, volume in options.volumes.items():
        task_definition.add_volume(
            name=name,
            # Size, type and encryption are those of the service, which can change without another task definition.
            configured_at_launch=True if isinstance(volume, EbsVolumeOptions) else None,
            efs_volume_configuration=_efs(volume) if isinstance(volume, EfsVolumeOptions) else None,
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


def mount_statements(scope: Construct, options: TaskOptions) -> Iterator[iam.PolicyStatement]:
    """What the task role needs to mount the file systems of a task, each through its access point only.

    Source: "Using IAM to control access to file systems", Amazon EFS User Guide.

    Args:
        scope: Any construct of the stack.
        options: The task.
    """
    for name, volume in options.volumes.items():
        if not isinstance(volume, EfsVolumeOptions):
            continue
        mounts = [each.mounts[name] for each in options.containers.values() if name in each.mounts]
        actions = ["elasticfilesystem:ClientMount"]
        if any(not mount.read_only for mount in mounts):
            actions.append("elasticfilesystem:ClientWrite")
        if volume.root_access:
            actions.append("elasticfilesystem:ClientRootAccess")
        conditions: dict[str, dict[str, str]] = {"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}
        if volume.access_point_id is not None:
            conditions["StringEquals"] = {
                "elasticfilesystem:AccessPointArn": _arn(scope, "access-point", volume.access_point_id)
            }
        yield iam.PolicyStatement(
            actions=actions,
            resources=[_arn(scope, "file-system", volume.file_system_id)],
            conditions=conditions,
        )


def _arn(scope: Construct, resource: str, name: str) -> str:
    return cdk.Stack.of(scope).format_arn(service="elasticfilesystem", resource=resource, resource_name=name)


def _efs(volume: EfsVolumeOptions) -> ecs.EfsVolumeConfiguration:
    return ecs.EfsVolumeConfiguration(
        file_system_id=volume.file_system_id,
        # Beside an access point, which has its own, Amazon ECS takes none.
        root_directory=None if volume.access_point_id or volume.root_directory == "/" else volume.root_directory,
        transit_encryption="ENABLED",
        authorization_config=ecs.AuthorizationConfig(access_point_id=volume.access_point_id, iam="ENABLED"),
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
