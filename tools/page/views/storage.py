"""What keeps data: where, encrypted by which key, and what becomes of it when its stack is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from assembly import Graph, Resource
from tools.page.html import NONE, Content, Html, badge, table, tag
from tools.page.names import kind_of, name_of, readable, short_stack
from tools.page.sources import Sources

_KEYS: Final = (
    *("KmsKeyId", "KmsMasterKeyId", "EncryptionKeyArn", "EncryptionConfiguration.KmsKey"),
    "BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault.KMSMasterKeyID",
)
_TYPES: Final = (
    *("AWS::S3::Bucket", "AWS::EFS::FileSystem", "AWS::FSx::FileSystem", "AWS::FSx::Volume", "AWS::ECR::Repository"),
    *("AWS::SecretsManager::Secret", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::Backup::BackupVault"),
    "AWS::Logs::LogGroup",
)


def storage(sources: Sources) -> Html:
    """The section."""
    graph = sources.graph
    rows = [_row(graph, each) for each in graph.of_type(*_TYPES)]
    disks = [
        (
            f"{short_stack(graph, template.stack)}: {name_of(template)}",
            each.get("DeviceName", ""),
            f"{each['Ebs'].get('VolumeSize', '')} GiB {each['Ebs'].get('VolumeType', '')}",
            "yes" if each["Ebs"].get("Encrypted") else badge("not stated", "warn"),
        )
        for template in graph.of_type("AWS::EC2::LaunchTemplate")
        for each in template.list("LaunchTemplateData.BlockDeviceMappings")
        if "Ebs" in each
    ]
    volumes = list(_volumes(graph))
    keys = [
        (
            f"{short_stack(graph, each.stack)}: {name_of(each)}",
            str(each.get("Description", "")),
            "yes" if each.get("EnableKeyRotation") else "no",
            _fate(each),
        )
        for each in graph.of_type("AWS::KMS::Key")
    ]
    return tag(
        "div",
        table("Data", ("Kind", "Name", "Key", "Kept for", "When the stack is deleted"), rows, numbers=NONE)
        if rows
        else tag("p", "Nothing here keeps data.", class_="empty"),
        table("Volumes of tasks", ("Task", "Volume", "Behind it", "Encrypted", "Mounted"), volumes, numbers=NONE)
        if volumes
        else None,
        table("Disks of instances", ("Launch template", "Device", "Volume", "Encrypted"), disks, numbers=NONE)
        if disks
        else None,
        table("Keys", ("Key", "For", "Rotates", "When the stack is deleted"), keys, numbers=NONE) if keys else None,
    )


def _row(graph: Graph, resource: Resource) -> tuple[Content, ...]:
    key = next((str(found) for path in _KEYS if (found := resource.get(path))), "")
    return (
        kind_of(resource),
        f"{short_stack(graph, resource.stack)}: {name_of(resource)}",
        readable(graph, key) or "of AWS",
        _kept(resource),
        _fate(resource),
    )


def _kept(resource: Resource) -> str:
    days = resource.get("RetentionInDays")
    if days:
        return f"{days} days"
    seconds = resource.get("MessageRetentionPeriod")
    if seconds:
        return f"{int(seconds) // 86400} days"
    return "by lifecycle rules" if resource.get("LifecycleConfiguration") or resource.get("LifecyclePolicy") else ""


def _fate(resource: Resource) -> Content:
    policy = str(resource.source.get("DeletionPolicy", "Delete"))
    words = {"Delete": "deleted", "Snapshot": "a snapshot is kept"}
    return badge(words.get(policy, "kept"), "" if policy == "Delete" else "good")


def _volumes(graph: Graph) -> Iterator[tuple[Content, ...]]:
    """Those of tasks: what stands behind each, and where containers mount it."""
    services = graph.of_type("AWS::ECS::Service")
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        at_launch = {
            str(each.get("Name")): each.get("ManagedEBSVolume", {})
            for service in services
            if graph.find(service.get("TaskDefinition")) == definition
            for each in service.list("VolumeConfigurations")
        }
        for volume in definition.list("Volumes"):
            name = str(volume.get("Name"))
            mounts = [
                f"{container.get('Name')}: {mount.get('ContainerPath')}"
                + (", read only" if mount.get("ReadOnly") else "")
                for container in definition.list("ContainerDefinitions")
                for mount in container.get("MountPoints", ())
                if mount.get("SourceVolume") == name
            ]
            kind, encrypted = _behind(graph, volume, at_launch.get(name))
            owner = f"{short_stack(graph, definition.stack)}: {name_of(definition)}"
            yield owner, name, kind, encrypted, [[each, tag("br")] for each in mounts]


def _behind(graph: Graph, volume: Mapping[str, Any], disk: Mapping[str, Any] | None) -> tuple[str, Content]:
    file_system = volume.get("EFSVolumeConfiguration")
    if file_system:
        in_transit = file_system.get("TransitEncryption") == "ENABLED"
        words = "in transit" if in_transit else badge("not in transit", "warn")
        return f"Amazon EFS {readable(graph, file_system.get('FilesystemId'))}", words
    windows = volume.get("FSxWindowsFileServerVolumeConfiguration")
    if windows:
        return f"Amazon FSx {readable(graph, windows.get('FileSystemId'))}", "in transit"
    if disk is not None:
        # "TaskManagedEBSVolumeConfiguration": a volume is deleted with its task, except where a service is told not to.
        size = f"{disk.get('SizeInGiB', '')} GiB {disk.get('VolumeType', '')}".strip()
        return f"Amazon EBS, {size}, for each task", "yes" if disk.get("Encrypted") else badge("not stated", "warn")
    if (volume.get("Host") or {}).get("SourcePath"):
        return f"path of the host {volume['Host']['SourcePath']}", ""
    return "of the task, gone with it", ""
