"""Options of a storage class of Amazon EBS volumes."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options


class VolumeClassOptions(Options):
    """StorageClass of encrypted Amazon EBS volumes, each created in the zone of the pod that claims it."""

    volume_type: Literal["gp3", "gp2", "io2"] = "gp3"
    """Type of the volumes."""

    iops: Annotated[int, Field(ge=100, le=256_000)] | None = None
    """Provisioned I/O operations per second, of volumes of the types `gp3` and `io2`. The latter requires it."""

    throughput_mib_per_second: Annotated[int, Field(ge=125, le=2000)] | None = None
    """Provisioned throughput, in MiB per second, of volumes of the type `gp3`."""

    file_system: Literal["ext4", "xfs"] = "ext4"
    """File system of the volumes."""

    default: bool = False
    """Whether claims without a storage class have this one."""

    reclaim_policy: Literal["delete", "retain"] | None = None
    """Whether a volume is deleted together with its claim. With `null`, it is retained if the environment is
    `protected`."""

    snapshots: bool = False
    """Whether `make manifests` also writes a VolumeSnapshotClass of the same name. It requires the add-on
    `snapshot-controller`."""
