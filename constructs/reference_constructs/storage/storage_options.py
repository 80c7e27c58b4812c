"""Options of all that keeps data, for both platforms."""

from __future__ import annotations

from reference_constructs.options import Options
from reference_constructs.storage.any_file_system_options import AnyFileSystemOptions
from reference_constructs.storage.backup_plan_options import BackupPlanOptions
from reference_constructs.storage.volume_class_options import VolumeClassOptions
from reference_constructs.value_types import ResourceName


class StorageOptions(Options):
    """File systems and buckets that outlive tasks and pods, and storage classes of volumes of pods."""

    file_systems: dict[ResourceName, AnyFileSystemOptions] = {}
    """File systems and buckets, by name. Tasks on ECS name those of the kind `efs` in their volumes; pods on EKS mount
    all of them by claims (docs/storage.md)."""

    volume_classes: dict[ResourceName, VolumeClassOptions] = {}
    """StorageClasses of Amazon EBS volumes for pods on EKS, by name. They are Kubernetes objects, which
    `make manifests` writes."""

    backup_plan: BackupPlanOptions | None = None
    """AWS Backup plan for the file systems and buckets. With `null`, there is none; Amazon EFS and Amazon FSx have
    automatic backups of their own."""
