"""Rules of file systems: sizes, throughput, and storage classes that go together."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.storage.efs_options import EfsOptions
from reference_constructs.storage.file_system_options import FileSystemOptions
from reference_constructs.storage.fsx_lustre_options import FsxLustreOptions
from reference_constructs.storage.fsx_ontap_options import THROUGHPUTS, FsxOntapOptions
from reference_constructs.storage.s3_bucket_options import S3BucketOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import rule, warning
from settings.rules.storage_subjects import FILE_SYSTEM, file_systems

_LUSTRE_STEP_GIB = 2400
_LUSTRE_LEAST_GIB = 1200
_ONTAP_MOST_GIB = {"single_az_1": 196_608, "single_az_2": 524_288}


@rule(
    "CreateFileSystem, Amazon EFS API Reference: ProvisionedThroughputInMibps",
    keys=(f"{FILE_SYSTEM}.provisioned_throughput_mib_per_second", f"{FILE_SYSTEM}.throughput_mode"),
)
def provisioned_throughput_has_its_mode(environment: Environment) -> Iterator[Problem]:
    """Amazon EFS refuses the throughput mode provisioned without a throughput, and a throughput in another mode."""
    for path, _, options in file_systems(environment, EfsOptions):
        stated = options.provisioned_throughput_mib_per_second
        if options.throughput_mode == "provisioned" and stated is None:
            yield Problem(
                path=(*path, "throughput_mode"),
                finding="there is no provisioned_throughput_mib_per_second",
                fix="add it, or use throughput_mode: elastic",
            )
        elif options.throughput_mode != "provisioned" and stated is not None:
            yield Problem(
                path=(*path, "provisioned_throughput_mib_per_second"),
                finding=f"the throughput mode is {options.throughput_mode}",
                fix="remove it, or use throughput_mode: provisioned",
            )


@rule(
    "Managing storage lifecycle, Amazon EFS User Guide; PutLifecycleConfiguration, Amazon EFS API Reference",
    keys=(
        f"{FILE_SYSTEM}.transition_to_archive_days",
        f"{FILE_SYSTEM}.transition_to_ia_days",
        f"{FILE_SYSTEM}.throughput_mode",
    ),
)
def archive_comes_after_infrequent_access(environment: Environment) -> Iterator[Problem]:
    """Amazon EFS has the Archive storage class with elastic throughput only, and moves files to it last."""
    for path, _, options in file_systems(environment, EfsOptions):
        days, order = options.transition_to_archive_days, options.lifecycle_order
        if days is not None and options.throughput_mode != "elastic":
            yield Problem(
                path=(*path, "transition_to_archive_days"),
                finding=f"the throughput mode is {options.throughput_mode}",
                fix="use throughput_mode: elastic, or remove it",
            )
        elif order is not None and order[1] <= order[0]:
            yield Problem(
                path=(*path, "transition_to_archive_days"),
                value=days,
                allowed=f"more than transition_to_ia_days, which is {order[0]}",
            )


@rule("CreateFileSystem, Amazon FSx API Reference: StorageCapacity", keys=(f"{FILE_SYSTEM}.storage_capacity_gib",))
def lustre_has_a_capacity_of_its_type(environment: Environment) -> Iterator[Problem]:
    """Amazon FSx refuses a storage capacity between its steps."""
    for path, _, options in file_systems(environment, FsxLustreOptions):
        size = options.storage_capacity_gib
        if size != _LUSTRE_LEAST_GIB and size % _LUSTRE_STEP_GIB:
            below = size // _LUSTRE_STEP_GIB * _LUSTRE_STEP_GIB or _LUSTRE_LEAST_GIB
            above = (size // _LUSTRE_STEP_GIB + 1) * _LUSTRE_STEP_GIB
            yield Problem(path=(*path, "storage_capacity_gib"), value=size, allowed=f"{below} or {above}")


@rule(
    "CreateFileSystemLustreConfiguration, Amazon FSx API Reference: PerUnitStorageThroughput, "
    "AutomaticBackupRetentionDays; Working with backups, FSx for Lustre User Guide",
    keys=(f"{FILE_SYSTEM}.throughput_per_tib", f"{FILE_SYSTEM}.backup_retention_days"),
)
def lustre_type_has_what_is_stated(environment: Environment) -> Iterator[Problem]:
    """Amazon FSx refuses a throughput for scratch file systems, and backups of these and of linked ones."""
    for path, _, options in file_systems(environment, FsxLustreOptions):
        if options.deployment_type == "scratch_2" and options.throughput_per_tib is not None:
            yield Problem(
                path=(*path, "throughput_per_tib"),
                finding="a file system of the type scratch_2 has 200 MB per second of each TiB",
                fix="remove it, or use deployment_type: persistent_2",
            )
        if options.backup_retention_days and not options.can_have_backups:
            why = "is of the type scratch_2" if options.data_repository is None else "has a data repository"
            yield Problem(
                path=(*path, "backup_retention_days"),
                finding=f"the file system {why}, so it can have no backups",
                fix="remove it",
            )


@rule(
    "Availability Zones, Amazon FSx: SubnetIds; docs/storage.md",
    keys=(f"{FILE_SYSTEM}.availability_zone", "availability_zones"),
)
def file_system_is_in_a_zone_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """There is no subnet for the file system."""
    for path, _, options in file_systems(environment, FileSystemOptions):
        zone = getattr(options, "availability_zone", None)
        if zone is not None and zone not in environment.availability_zones:
            yield Problem(
                path=(*path, "availability_zone"), value=zone, allowed=listed(environment.availability_zones, "or")
            )


@rule(
    "Linking your file system to an Amazon S3 bucket, FSx for Lustre User Guide",
    keys=(f"{FILE_SYSTEM}.data_repository.bucket",),
)
def data_repository_is_a_bucket(environment: Environment) -> Iterator[Problem]:
    """There is no bucket to link the file system to."""
    buckets = [name for _, name, _ in file_systems(environment, S3BucketOptions)]
    for path, _, options in file_systems(environment, FsxLustreOptions):
        repository = options.data_repository
        if repository is not None and repository.bucket not in buckets:
            yield Problem(
                path=(*path, "data_repository", "bucket"),
                value=repository.bucket,
                allowed=listed(buckets, "or") if buckets else "",
                fix=did_you_mean(repository.bucket, buckets)
                or f"add it to storage.file_systems: {repository.bucket}: {{kind: s3_bucket}}",
            )


@rule(
    "CreateFileSystemOntapConfiguration, Amazon FSx API Reference: ThroughputCapacityPerHAPair; CreateFileSystem: "
    "StorageCapacity",
    keys=(
        f"{FILE_SYSTEM}.throughput_mb_per_second",
        f"{FILE_SYSTEM}.storage_capacity_gib",
        f"{FILE_SYSTEM}.deployment_type",
    ),
)
def ontap_has_the_throughput_of_its_type(environment: Environment) -> Iterator[Problem]:
    """Amazon FSx refuses a throughput or a capacity that the generation of the file system does not have."""
    for path, _, options in file_systems(environment, FsxOntapOptions):
        possible = THROUGHPUTS[options.deployment_type]
        if options.throughput_mb_per_second not in possible:
            yield Problem(
                path=(*path, "throughput_mb_per_second"),
                value=options.throughput_mb_per_second,
                allowed=f"{listed(possible, 'or')} for {options.deployment_type}",
            )
        most = _ONTAP_MOST_GIB[options.deployment_type]
        if options.storage_capacity_gib > most:
            yield Problem(
                path=(*path, "storage_capacity_gib"),
                value=options.storage_capacity_gib,
                allowed=f"at most {most} for {options.deployment_type}",
            )


@warning(
    "Deployment options for FSx for Lustre file systems; docs/adr/0006",
    keys=(f"{FILE_SYSTEM}.deployment_type", "protected"),
)
def protected_data_is_not_scratch(environment: Environment) -> Iterator[Problem]:
    """A scratch file system loses data when one of its servers fails, and its stack keeps it nevertheless."""
    for path, _, options in file_systems(environment, FsxLustreOptions):
        if environment.protected and options.deployment_type == "scratch_2":
            yield Problem(
                path=(*path, "deployment_type"),
                finding="the environment is protected, and scratch_2 is for temporary data",
                fix="use persistent_2, or acknowledge that the data can be made again",
            )
