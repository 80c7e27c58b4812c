"""Options of an Amazon EFS file system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.storage.file_system_options import ClaimOptions, FileSystemOptions
from reference_constructs.value_types import ResourceName

PosixId = Annotated[int, Field(ge=0, le=4_294_967_295)]
DirectoryPermissions = Annotated[
    str,
    Field(
        pattern=r"^0?[0-7]{3}$",
        examples=["0750"],
        json_schema_extra=in_words("three octal digits, in quotes, such as `750`"),
    ),
]
_DIRECTORIES = "letters, digits, and the characters `._-`, each after a slash and without a dot in front"
# RootDirectory, Amazon EFS API Reference: up to four, of which the driver adds one for each claim.
RootPath = Annotated[
    str,
    Field(
        pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,4}$",
        max_length=100,
        examples=["/uploads"],
        json_schema_extra=in_words(f"absolute path of up to four directories of {_DIRECTORIES}"),
    ),
]
BasePath = Annotated[
    str,
    Field(
        pattern=r"^(/[A-Za-z0-9_-][A-Za-z0-9._-]*){1,3}$",
        max_length=60,
        examples=["/dynamic"],
        json_schema_extra=in_words(f"absolute path of up to three directories of {_DIRECTORIES}"),
    ),
]
# PutLifecycleConfiguration, Amazon EFS API Reference: those that the CDK has names for.
TransitionDays = Literal[1, 7, 14, 30, 60, 90, 180, 270, 365]


class AccessPointOptions(Options):
    """Access point: a directory of the file system as its root, and the user to whom all files belong."""

    path: RootPath
    """Directory of the file system, which Amazon EFS creates if it does not exist. It is fixed at creation."""

    uid: PosixId = 65534
    """ID of the POSIX user of all access, which also owns the directory. It is fixed at creation."""

    gid: PosixId = 65534
    """ID of the POSIX group of all access, which also owns the directory. It is fixed at creation."""

    permissions: DirectoryPermissions = "0750"
    """Permissions of the directory, if Amazon EFS creates it. They are fixed at creation."""


class DynamicProvisioningOptions(Options):
    """Storage class whose claims get an access point of their own each, from the Amazon EFS CSI driver."""

    base_path: BasePath = "/dynamic"
    """Directory below which the driver creates one for each claim."""

    permissions: DirectoryPermissions = "0700"
    """Permissions of the directories."""


class EfsClaimOptions(ClaimOptions):
    """PersistentVolumeClaim of an Amazon EFS file system."""

    access_point: ResourceName | None = None
    """Name of one of `access_points`. With `null`, the claim is the root of the file system."""


class EfsOptions(FileSystemOptions):
    """Amazon EFS file system for any number of tasks and pods in all zones (NFS).

    Encrypted at rest. Its policy refuses connections without TLS, and clients without an IAM role that may mount it.
    """

    kind: Literal["efs"] = "efs"
    """An Amazon EFS file system, with a mount target in each private subnet."""

    throughput_mode: Literal["elastic", "bursting", "provisioned"] = "elastic"
    """Throughput mode: by use (elastic), by size (bursting), or provisioned."""

    provisioned_throughput_mib_per_second: Annotated[int, Field(ge=1, le=3414)] | None = None
    """Throughput, in MiB per second, of the throughput mode `provisioned`."""

    transition_to_ia_days: TransitionDays | None = 30
    """Days without access after which a file moves to the Infrequent Access storage class. With `null`, none does."""

    transition_to_archive_days: TransitionDays | None = None
    """Days without access after which a file moves to the Archive storage class. With `null`, none does."""

    transition_back_on_access: bool = True
    """Whether a file returns to the Standard storage class when it is accessed. With `false`, each access of a file in
    another class is charged."""

    automatic_backups: bool | None = None
    """Whether AWS Backup takes a backup every day and keeps it for 35 days. With `null`, it does if the environment is
    `protected`."""

    access_points: dict[ResourceName, AccessPointOptions] = {}
    """Access points, by name. Tasks and claims of pods refer to them."""

    dynamic_provisioning: DynamicProvisioningOptions | None = None
    """StorageClass `efs-<name>` for claims that pods bring along. With `null`, there is none."""

    claims: Mapping[ResourceName, EfsClaimOptions] = {}
    """PersistentVolumeClaims of pods on EKS, by name. `make manifests` writes each together with its volume. Pods mount
    it by the name of the claim."""

    @property
    def lifecycle_order(self) -> tuple[int, int] | None:
        """Days to both colder classes, if files move to both."""
        ia, archive = self.transition_to_ia_days, self.transition_to_archive_days
        return None if ia is None or archive is None else (ia, archive)
