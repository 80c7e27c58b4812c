"""Rules of the Amazon EBS volumes of tasks."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.volume_options import IOPS, MIB_FOR_EACH_IOPS, SIZES_GIB, EbsVolumeOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.keys import container_keys, service_keys, task_keys
from settings.rules.rule import rule
from settings.rules.subjects import tasks, volumes

_EBS = "Amazon EBS volume types; CreateVolume, Amazon EC2 API Reference"


@rule(
    "aws-ecs README: Service-Managed Volumes",
    keys=(*task_keys("volumes.<name>"), *container_keys("mounts")),
)
def ebs_volume_is_mounted(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS would make it for each task, and charge for it; the AWS CDK refuses a volume that nothing mounts."""
    for path, _, task in volumes(environment, EbsVolumeOptions):
        if not any(path[-1] in container.mounts for container in task.containers.values()):
            yield Problem(path=path, finding="no container mounts the volume", fix="add it to mounts, or remove it")


@rule("Specify Amazon EBS volume configuration at Amazon ECS deployment", keys=task_keys("volumes.<name>"))
def task_has_one_ebs_volume(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS attaches at most one Amazon EBS volume to a task."""
    for path, task in tasks(environment):
        names = [volume_path[-1] for volume_path, _, each in volumes(environment, EbsVolumeOptions) if each is task]
        for name in names[1:]:
            yield Problem(
                path=(*path, "volumes", name),
                finding=f"the task has the Amazon EBS volume {names[0]} already",
                fix="use one volume with a directory for each purpose, or a volume of another kind",
            )


@rule(_EBS, keys=service_keys("volumes.<name>.size_gib", "volumes.<name>.volume_type"))
def ebs_volume_has_a_size_of_its_type(environment: Environment) -> Iterator[Problem]:
    """Amazon EBS refuses to create a volume of another size, so no task starts."""
    for path, volume, _ in volumes(environment, EbsVolumeOptions):
        least, most = SIZES_GIB[volume.volume_type]
        if not least <= volume.size_gib <= most:
            yield Problem(
                path=(*path, "size_gib"),
                value=volume.size_gib,
                allowed=f"from {least} to {most} for {volume.volume_type}",
            )


@rule(
    _EBS,
    keys=service_keys("volumes.<name>.iops", "volumes.<name>.throughput_mib_per_second", "volumes.<name>.volume_type"),
)
def ebs_volume_has_the_performance_of_its_type(environment: Environment) -> Iterator[Problem]:
    """Amazon EBS refuses performance that the type of the volume does not have, so no task starts."""
    for path, volume, _ in volumes(environment, EbsVolumeOptions):
        if volume.throughput_mib_per_second is not None and volume.volume_type != "gp3":
            yield Problem(
                path=(*path, "throughput_mib_per_second"),
                finding=f"a volume of the type {volume.volume_type} has no provisioned throughput",
                fix="use volume_type: gp3, or remove it",
            )
        if volume.iops is None:
            if volume.volume_type in ("io1", "io2"):
                yield Problem(
                    path=(*path, "iops"), finding=f"a volume of the type {volume.volume_type} needs iops", fix="add it"
                )
        elif (limits := IOPS.get(volume.volume_type)) is None:
            yield Problem(
                path=(*path, "iops"),
                finding=f"a volume of the type {volume.volume_type} has no provisioned IOPS",
                fix="use volume_type: gp3, or remove it",
            )
        else:
            least, most, for_each_gib = limits
            most = min(most, max(least, for_each_gib * volume.size_gib))
            if not least <= volume.iops <= most:
                yield Problem(
                    path=(*path, "iops"),
                    value=volume.iops,
                    allowed=f"from {least} to {most} for {volume.size_gib} GiB of {volume.volume_type}",
                )


@rule(_EBS, keys=service_keys("volumes.<name>.throughput_mib_per_second", "volumes.<name>.iops"))
def ebs_volume_has_the_iops_of_its_throughput(environment: Environment) -> Iterator[Problem]:
    """Amazon EBS refuses more than 0.25 MiB per second for each provisioned IOPS of gp3, so no task starts."""
    for path, volume, _ in volumes(environment, EbsVolumeOptions):
        iops = volume.iops or IOPS["gp3"][0]
        throughput = volume.throughput_mib_per_second
        if throughput is not None and volume.volume_type == "gp3" and throughput > iops * MIB_FOR_EACH_IOPS:
            yield Problem(
                path=(*path, "throughput_mib_per_second"),
                value=throughput,
                allowed=f"at most {int(iops * MIB_FOR_EACH_IOPS)} with {iops} IOPS",
                fix=f"raise iops to {int(throughput / MIB_FOR_EACH_IOPS)}",
            )
