"""Options of an Amazon FSx for Lustre file system."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options
from reference_constructs.storage.file_system_options import DirectoryPath, FileSystemOptions, Prefix
from reference_constructs.value_types import AvailabilityZone, ResourceName

BackupDays = Annotated[int, Field(ge=0, le=90)]


class DataRepositoryOptions(Options):
    """Bucket whose objects are files of the file system (data repository association)."""

    bucket: ResourceName
    """Name of a file system of the kind `s3_bucket`."""

    prefix: Prefix | None = None
    """Prefix of the objects. With `null`, all of the bucket."""

    path: DirectoryPath = "/s3"
    """Directory of the file system in which the objects are."""

    exports: bool = False
    """Whether files that are written, changed, or deleted in the directory change the objects too."""


class FsxLustreOptions(FileSystemOptions):
    """Amazon FSx for Lustre file system: parallel, fast, and in one Availability Zone.

    Encrypted at rest. Pods that claim it are scheduled in its zone.
    """

    kind: Literal["fsx_lustre"] = "fsx_lustre"
    """An Amazon FSx for Lustre file system."""

    deployment_type: Literal["persistent_2", "scratch_2"] = "persistent_2"
    """`persistent_2` replicates data and survives failures of its servers. `scratch_2` does not: it is for temporary
    data, and is encrypted with a key of Amazon FSx."""

    availability_zone: AvailabilityZone
    """Availability Zone of the file system, one of the environment. Access from other zones is slower, and is
    charged."""

    storage_capacity_gib: Annotated[int, Field(ge=1200, le=1_008_000)] = 1200
    """Storage capacity: 1,200 GiB, 2,400 GiB, or a multiple of 2,400 GiB. It can grow only."""

    throughput_per_tib: Literal[125, 250, 500, 1000] | None = None
    """Throughput, in MB per second, of each TiB of a `persistent_2` file system, for which the default is 125.
    `scratch_2` has 200."""

    data_compression: bool = True
    """Whether data is compressed (LZ4), which also raises the throughput."""

    data_repository: DataRepositoryOptions | None = None
    """Bucket whose objects are files of the file system. With `null`, there is none."""

    backup_retention_days: BackupDays | None = None
    """Days that automatic backups are kept; 0 for none. With `null`, it is 7 if the environment is `protected` and the
    file system can have backups: those of the type `scratch_2` and those with a data repository have none."""

    @property
    def can_have_backups(self) -> bool:
        """Whether Amazon FSx backs such a file system up ("Working with backups")."""
        return self.deployment_type != "scratch_2" and self.data_repository is None
