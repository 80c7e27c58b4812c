"""Options of the volumes of a task, distinguished by `kind`, and of their mounts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Discriminator, Field, Tag

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import ResourceName, SecretsManagerArn

VolumeName = Annotated[
    str,
    Field(
        pattern=r"^[a-zA-Z][a-zA-Z0-9_-]{0,60}$",
        examples=["uploads"],
        json_schema_extra=in_words("1 to 61 letters, digits, underscores, and hyphens; starts with a letter"),
    ),
]
ContainerPath = Annotated[
    str,
    Field(
        pattern=r"^/[A-Za-z0-9._/-]+$",
        examples=["/var/cache"],
        json_schema_extra=in_words("absolute path of letters, digits, and the characters `._/-`"),
    ),
]
# "Specify an FSx for Windows File Server file system in an Amazon ECS task definition", containerPath.
MountPath = Annotated[
    str,
    Field(
        pattern=r"^(/[A-Za-z0-9._/-]+|[A-Za-z]:([\\/][A-Za-z0-9._ -]+)+)$",
        examples=["/var/cache", r"C:\uploads"],
        json_schema_extra=in_words(
            "absolute path of letters, digits, and the characters `._/-`; in Windows containers, one with a drive, "
            r"such as `C:\uploads`"
        ),
    ),
]
# "CreateVolume, Amazon EC2 API Reference"; "Amazon EBS volume types".
VolumeType = Literal["gp3", "gp2", "io2", "io1", "st1", "sc1", "standard"]
SIZES_GIB: Final[Mapping[VolumeType, tuple[int, int]]] = {
    "gp3": (1, 65536),
    "gp2": (1, 16384),
    "io2": (4, 65536),
    "io1": (4, 16384),
    "st1": (125, 16384),
    "sc1": (125, 16384),
    "standard": (1, 1024),
}
# Least and most, and how many for each GiB; the others have no key `Iops`.
IOPS: Final[Mapping[VolumeType, tuple[int, int, int]]] = {
    "gp3": (3000, 80_000, 500),
    "io2": (100, 256_000, 1000),
    "io1": (100, 64_000, 50),
}
# Of gp3: throughput in MiB per second.
MIB_FOR_EACH_IOPS: Final = 0.25


class VolumeOptions(Options):
    """Volume of a task, which its containers mount."""

    kind: str
    """Kind of the volume."""


class SharedVolumeOptions(VolumeOptions):
    """Empty volume that the containers of a task share (a bind mount). Its content is lost when the task stops."""

    kind: Literal["shared"] = "shared"
    """An empty volume on the ephemeral storage of the task, or on the instance. Its directory belongs to root, unless
    the image has `VOLUME` for the path in its Dockerfile: then it has the owner and the content of that directory."""


class EfsVolumeOptions(VolumeOptions):
    """Amazon EFS file system. It is mounted with encryption in transit and with the task role."""

    kind: Literal["efs"] = "efs"
    """An Amazon EFS file system. The task role can mount this file system and no other; the policy of a file system
    that exists, if it has one, must allow it too."""

    file_system: ResourceName | None = None
    """Name of a file system of the kind `efs` in `storage.file_systems`, which then lets the tasks in. It replaces
    `file_system_id`."""

    access_point: ResourceName | None = None
    """Name of an access point of `file_system`, which decides the directory, and the user to whom all files belong.
    Without one, the `user` of the container must be allowed to use the directory."""

    file_system_id: (
        Annotated[
            str,
            Field(
                pattern=r"^fs-[0-9a-f]{8,40}$",
                examples=["fs-0123456789abcdef0"],
                json_schema_extra=in_words("ID of an Amazon EFS file system"),
            ),
        ]
        | None
    ) = None
    """ID of a file system that exists, which must have mount targets in the VPC of the tasks. Its mount targets must
    let the tasks in on TCP port 2049."""

    access_point_id: (
        Annotated[
            str,
            Field(
                pattern=r"^fsap-[0-9a-f]{8,40}$",
                examples=["fsap-0123456789abcdef0"],
                json_schema_extra=in_words("ID of an Amazon EFS access point"),
            ),
        ]
        | None
    ) = None
    """ID of an access point of the file system that exists."""

    root_directory: Annotated[
        str,
        Field(
            pattern=r"^/[A-Za-z0-9._/-]*$",
            max_length=100,
            examples=["/uploads"],
            json_schema_extra=in_words("absolute path of letters, digits, and the characters `._/-`"),
        ),
    ] = "/"
    """Directory of the file system to mount as the root of the volume. It must exist."""

    root_access: bool = False
    """Whether root of the containers is root in the file system too (`elasticfilesystem:ClientRootAccess`). With
    `false`, it is treated as a user without privileges."""

    @property
    def has_access_point(self) -> bool:
        """Whether it is mounted through an access point."""
        return self.access_point is not None or self.access_point_id is not None


class EbsVolumeOptions(VolumeOptions):
    """Amazon EBS volume of each task, which Amazon ECS creates with the task and deletes with it."""

    kind: Literal["ebs"] = "ebs"
    """A new, encrypted Amazon EBS volume for each task. It is deleted when the task stops, so it is for scratch data,
    for caches, and for what a snapshot contains. Amazon ECS lets the `user` of the container write to it."""

    size_gib: Annotated[int, Field(ge=1, le=65536)]
    """Size of the volume, in GiB. It must be at least the size of the snapshot."""

    volume_type: VolumeType = "gp3"
    """Type of the volume."""

    iops: Annotated[int, Field(ge=100, le=256_000)] | None = None
    """Provisioned I/O operations per second, of volumes of the types `gp3`, `io1`, and `io2`. The latter two require
    it; for `gp3`, the default is 3,000."""

    throughput_mib_per_second: Annotated[int, Field(ge=125, le=2000)] | None = None
    """Provisioned throughput, in MiB per second, of volumes of the type `gp3`, for which the default is 125."""

    file_system: Literal["xfs", "ext4", "ext3"] = "xfs"
    """File system of the volume. For a volume from a snapshot, it must be that of the snapshot."""

    snapshot_id: (
        Annotated[
            str,
            Field(
                pattern=r"^snap-[0-9a-f]{8,40}$",
                examples=["snap-0123456789abcdef0"],
                json_schema_extra=in_words("ID of an Amazon EBS snapshot"),
            ),
        ]
        | None
    ) = None
    """ID of the snapshot to create the volume from. With `null`, the volume is empty."""


class FsxWindowsVolumeOptions(VolumeOptions):
    """Amazon FSx for Windows File Server file system that exists, for Windows tasks on EC2 instances."""

    kind: Literal["fsx_windows"] = "fsx_windows"
    """An Amazon FSx for Windows File Server file system. The instance mounts it, so the instances must be joined to its
    Active Directory, which nothing here does, and reach it on TCP port 445 (`egress` of the capacity)."""

    file_system_id: Annotated[
        str,
        Field(
            pattern=r"^fs-[0-9a-f]{8,40}$",
            examples=["fs-0123456789abcdef0"],
            json_schema_extra=in_words("ID of an Amazon FSx file system"),
        ),
    ]
    """ID of the file system."""

    root_directory: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_$][A-Za-z0-9_$. -]*(\\[A-Za-z0-9_$. -]+)*$",
            max_length=255,
            examples=["share", r"share\uploads"],
            json_schema_extra=in_words(r"name of a file share, and a directory in it after `\`"),
        ),
    ] = "share"
    """File share of the file system to mount as the root of the volume, or a directory in it. Each file system has the
    share `share`."""

    domain: Annotated[
        str,
        Field(
            pattern=r"^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}$",
            max_length=255,
            examples=["corp.example.com"],
            json_schema_extra=in_words("fully qualified name of a domain"),
        ),
    ]
    """Fully qualified name of the Active Directory domain of the file system."""

    credentials_secret_arn: SecretsManagerArn
    """ARN of the secret in AWS Secrets Manager with the keys `username` and `password` of a user of the domain who can
    use the file share. The task execution role can read it; for a customer managed key, name that in
    `secrets_kms_key_arns`."""


class MountOptions(Options):
    """Mount of a volume in a container."""

    path: MountPath
    """Path in the container."""

    read_only: bool = False
    """Whether the container can only read the volume."""


def _kind(volume: object) -> object:
    return volume.get("kind") if isinstance(volume, Mapping) else getattr(volume, "kind", None)


# Those that a task can have that no service runs.
RunTaskVolumeOptions = Annotated[
    Annotated[SharedVolumeOptions, Tag("shared")]
    | Annotated[EfsVolumeOptions, Tag("efs")]
    | Annotated[FsxWindowsVolumeOptions, Tag("fsx_windows")],
    Discriminator(_kind),
]
AnyVolumeOptions = Annotated[
    Annotated[SharedVolumeOptions, Tag("shared")]
    | Annotated[EfsVolumeOptions, Tag("efs")]
    | Annotated[FsxWindowsVolumeOptions, Tag("fsx_windows")]
    | Annotated[EbsVolumeOptions, Tag("ebs")],
    Discriminator(_kind),
]
