"""What volumes say of file systems, and file systems of each other, agrees."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation


@relation("EFSAuthorizationConfig, Amazon ECS API Reference: accessPointId")
def access_point_is_of_the_file_system_of_the_volume(graph: Graph) -> Iterator[Misfit]:
    """Amazon EFS refuses a mount of one file system through an access point of another, so that no task starts."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        for volume in definition.list("Volumes"):
            efs = volume.get("EFSVolumeConfiguration", {})
            point = graph.find(efs.get("AuthorizationConfig", {}).get("AccessPointId"))
            if point is not None and point.get("FileSystemId") != efs.get("FilesystemId"):
                yield Misfit(
                    resource=definition,
                    finding=f"{point.logical_id} is of another file system than the volume {volume.get('Name')}",
                    fix="use an access point of the file system",
                )


@relation("CreateVolume, Amazon FSx API Reference; SVMs and volumes, FSx for ONTAP User Guide")
def storage_of_ontap_is_of_a_file_system_of_ontap(graph: Graph) -> Iterator[Misfit]:
    """Amazon FSx makes storage virtual machines in file systems of NetApp ONTAP only."""
    for machine in graph.of_type("AWS::FSx::StorageVirtualMachine"):
        file_system = graph.find(machine.get("FileSystemId"))
        if file_system is not None and file_system.get("FileSystemType") != "ONTAP":
            yield Misfit(
                resource=machine,
                finding=f"{file_system.logical_id} is of the type {file_system.get('FileSystemType')}",
                fix="use a file system of the type ONTAP",
            )


@relation("Linking your file system to an Amazon S3 bucket, FSx for Lustre User Guide; Working with backups")
def linked_file_system_has_no_backups(graph: Graph) -> Iterator[Misfit]:
    """Amazon FSx has no backups of a file system with a data repository, and refuses one with automatic backups."""
    for association in graph.of_type("AWS::FSx::DataRepositoryAssociation"):
        file_system = graph.find(association.get("FileSystemId"))
        days = file_system.get("LustreConfiguration.AutomaticBackupRetentionDays", 0) if file_system else 0
        if file_system is not None and int(days) > 0:
            yield Misfit(
                resource=file_system,
                finding=f"automatic backups are kept for {days} days, and {association.logical_id} links a bucket",
                fix="leave out AutomaticBackupRetentionDays",
            )
