"""What a container definition has of the options of a container, apart from images, secrets and logs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from reference_constructs.durations import seconds
from reference_constructs.ecs.container_options import (
    DEFAULT_CAPABILITIES,
    WINDOWS_USERS,
    ContainerOptions,
    LinuxCapability,
)
from reference_constructs.ecs.container_runtime_options import WritablePathOptions
from reference_constructs.ecs.task_options import LaunchType, TaskOptions


def parameters(
    scope: Construct, name: str, container: ContainerOptions, *, task: TaskOptions, launch_type: LaunchType
) -> dict[str, Any]:
    """Keyword arguments of `ecs.TaskDefinition.add_container`, each of which an option of the container decides.

    Args:
        scope: Parent of what is no resource.
        name: Name of the container.
        container: Its options.
        task: Options of the task that it is in.
        launch_type: What runs the task.
    """
    return {
        "command": list(container.command) or None,
        "entry_point": list(container.entry_point) or None,
        "environment": dict(container.environment) or None,
        "environment_files": _environment_files(scope, name, container),
        "working_directory": container.working_directory,
        "docker_labels": dict(container.labels) or None,
        **_of_operating_system(scope, name, container, task=task, launch_type=launch_type),
        "gpu_count": container.gpus,
        "cpu": container.cpu_units,
        "memory_reservation_mib": container.memory_reservation_mib,
        "ulimits": [
            ecs.Ulimit(name=ecs.UlimitName[limit.upper()], soft_limit=each.soft_limit, hard_limit=each.hard_limit)
            for limit, each in container.ulimits.items()
        ]
        or None,
        "system_controls": [
            ecs.SystemControl(namespace=key, value=value) for key, value in container.system_controls.items()
        ]
        or None,
        "pseudo_terminal": True if container.pseudo_terminal else None,
        "essential": container.essential,
        "health_check": _health_check(container),
        "start_timeout": None if container.start_timeout_seconds is None else seconds(container.start_timeout_seconds),
        "stop_timeout": seconds(container.stop_timeout_seconds),
        "port_mappings": _port_mappings(container) or None,
        **_restart_policy(container),
    }


def _of_operating_system(
    scope: Construct, name: str, container: ContainerOptions, *, task: TaskOptions, launch_type: LaunchType
) -> dict[str, Any]:
    if not task.is_windows:
        return {
            "user": container.user,
            "readonly_root_filesystem": container.read_only_root_filesystem,
            "linux_parameters": _linux_parameters(scope, name, container, launch_type),
            # Fargate refuses the option; there a task shares its kernel with nobody. So do Managed Instances.
            "docker_security_options": ["no-new-privileges"] if launch_type == "EC2" else None,
            "memory_limit_mib": container.memory_mib,
        }
    # "Amazon ECS task definition differences for EC2 instances running Windows": there is neither a read-only root nor
    # a parameter of Linux, and the size of the task is ignored on instances, so its only container has it.
    of_task = task.memory_mib if launch_type == "EC2" and len(task.containers) == 1 else None
    return {
        # Else it runs as its administrator: Security Hub ECS.21.
        "user": container.user if container.user in WINDOWS_USERS else WINDOWS_USERS[0],
        "memory_limit_mib": container.memory_mib or of_task,
    }


def _port_mappings(container: ContainerOptions) -> list[ecs.PortMapping]:
    first = []
    if container.port:
        # Amazon ECS takes it of a port that has a name only.
        protocol = container.port_app_protocol if container.port_name else None
        first.append(
            ecs.PortMapping(
                name=container.port_name,
                container_port=container.port,
                app_protocol=getattr(ecs.AppProtocol, protocol) if protocol else None,
            )
        )
    others = [
        ecs.PortMapping(
            name=name,
            container_port=each.port,
            protocol=ecs.Protocol[each.protocol.upper()],
            app_protocol=getattr(ecs.AppProtocol, each.app_protocol) if each.app_protocol else None,
        )
        for name, each in container.additional_ports.items()
    ]
    ranges = [
        ecs.PortMapping(
            container_port=ecs.ContainerDefinition.CONTAINER_PORT_USE_RANGE,
            container_port_range=each.text,
            protocol=ecs.Protocol[each.protocol.upper()],
        )
        for each in container.port_ranges
    ]
    return [*first, *others, *ranges]


def _environment_files(scope: Construct, name: str, container: ContainerOptions) -> list[ecs.EnvironmentFile] | None:
    files: list[ecs.EnvironmentFile] = []
    for index, arn in enumerate(container.environment_files):
        bucket, _, key = arn.partition("/")
        # What was imported is no resource.
        imported = s3.Bucket.from_bucket_arn(scope, f"EnvironmentFile-{name}-{index}", bucket)
        files.append(ecs.EnvironmentFile.from_bucket(imported, key))
    return files or None


def _restart_policy(container: ContainerOptions) -> dict[str, Any]:
    policy = container.restart_policy
    if policy is None:
        return {}
    return {
        "enable_restart_policy": True,
        "restart_attempt_period": seconds(policy.attempt_period_seconds),
        "restart_ignored_exit_codes": list(policy.ignored_exit_codes) or None,
    }


def _linux_parameters(
    scope: Construct, name: str, container: ContainerOptions, launch_type: LaunchType
) -> ecs.LinuxParameters:
    linux = ecs.LinuxParameters(
        scope,
        f"LinuxParameters-{name}",
        # Reaps children and hands signals on, which a program that is process 1 often does not.
        init_process_enabled=True,
        shared_memory_size=container.shared_memory_mib,
    )
    _set_capabilities(linux, container.capabilities, launch_type)
    for device in container.devices:
        permissions = [ecs.DevicePermission.READ, ecs.DevicePermission.WRITE]
        linux.add_devices(ecs.Device(host_path=device, container_path=device, permissions=permissions))
    for each in container.temporary_file_systems:
        linux.add_tmpfs(
            ecs.Tmpfs(container_path=each.path, size=each.size_mib, mount_options=_tmpfs_mount_options(each))
        )
    return linux


def _tmpfs_mount_options(options: WritablePathOptions) -> list[ecs.TmpfsMountOption]:
    executable = ecs.TmpfsMountOption.EXEC if options.exec else ecs.TmpfsMountOption.NOEXEC
    return [executable, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV]


def _set_capabilities(linux: ecs.LinuxParameters, kept: Sequence[LinuxCapability], launch_type: LaunchType) -> None:
    """Drop all but those that are kept.

    Fargate adds nothing but SYS_PTRACE ("KernelCapabilities"), so there the others of Docker's default are dropped
    one by one; whoever keeps one of them keeps no more.
    """
    added, dropped = list(kept), ["ALL"]
    if launch_type == "FARGATE" and not set(DEFAULT_CAPABILITIES).isdisjoint(kept):
        added = [name for name in kept if name not in DEFAULT_CAPABILITIES]
        dropped = [name for name in DEFAULT_CAPABILITIES if name not in kept]
    linux.drop_capabilities(*(ecs.Capability[name] for name in dropped))
    if added:
        linux.add_capabilities(*(ecs.Capability[name] for name in added))


def _health_check(container: ContainerOptions) -> ecs.HealthCheck | None:
    check = container.health_check
    if check is None:
        return None
    return ecs.HealthCheck(
        command=list(check.command),
        interval=seconds(check.interval_seconds),
        timeout=seconds(check.timeout_seconds),
        retries=check.retries,
        start_period=seconds(check.start_period_seconds),
    )
