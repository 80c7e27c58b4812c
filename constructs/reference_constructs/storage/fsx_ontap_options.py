"""Options of an Amazon FSx for NetApp ONTAP file system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.storage.file_system_options import ClaimOptions, FileSystemOptions
from reference_constructs.storage.fsx_lustre_options import BackupDays
from reference_constructs.value_types import AvailabilityZone, ResourceName

OntapDeploymentType = Literal["single_az_1", "single_az_2"]
# CreateFileSystemOntapConfiguration, Amazon FSx API Reference: ThroughputCapacityPerHAPair, of one pair.
THROUGHPUTS: Final[Mapping[OntapDeploymentType, tuple[int, ...]]] = {
    "single_az_1": (128, 256, 512, 1024, 2048, 4096),
    "single_az_2": (384, 768, 1536, 3072, 6144),
}


class OntapClaimOptions(ClaimOptions):
    """PersistentVolumeClaim of the volume of an Amazon FSx for NetApp ONTAP file system."""


class FsxOntapOptions(FileSystemOptions):
    """Amazon FSx for NetApp ONTAP file system with a storage virtual machine and a volume, in one Availability Zone.

    Encrypted at rest. Pods mount the volume by NFS; with Trident, they claim volumes of their own.
    """

    kind: Literal["fsx_ontap"] = "fsx_ontap"
    """An Amazon FSx for NetApp ONTAP file system. The password of the administrator of its storage virtual machine is
    generated, and stored in AWS Secrets Manager."""

    deployment_type: OntapDeploymentType = "single_az_1"
    """Single-AZ file system of the first or the second generation. Not every AWS Region has the second."""

    availability_zone: AvailabilityZone
    """Availability Zone of the file system, one of the environment. Access from other zones is slower, and is
    charged."""

    storage_capacity_gib: Annotated[int, Field(ge=1024, le=524_288)] = 1024
    """SSD storage capacity, in GiB. It can grow only."""

    throughput_mb_per_second: Annotated[int, Field(ge=128, le=6144)] = 128
    """Throughput capacity, in MB per second: one of those that the deployment type has."""

    volume_gib: Annotated[int, Field(ge=1, le=300_000)] = 100
    """Size of the volume, in GiB."""

    tiering_after_days: Annotated[int, Field(ge=2, le=183)] | None = 31
    """Days without access after which data of the volume moves to the capacity pool, which is cheaper and slower. With
    `null`, none does."""

    backup_retention_days: BackupDays | None = None
    """Days that automatic backups are kept; 0 for none. With `null`, it is 7 if the environment is `protected`."""

    trident: bool = False
    """Whether Trident manages volumes of the file system for pods on EKS: its controller gets an IAM role, and
    `make manifests` writes its backend and the StorageClass `ontap-<name>`. Trident itself is installed as the add-on
    `netapp_trident-operator`, after a subscription in AWS Marketplace, or by Helm."""

    claims: Mapping[ResourceName, OntapClaimOptions] = {}
    """PersistentVolumeClaims of pods on EKS, by name. `make manifests` writes each together with its volume. Pods mount
    it by the name of the claim."""
