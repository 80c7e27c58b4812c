"""What keeps data: where, encrypted by which key, and what becomes of it when its stack is deleted."""

from __future__ import annotations

from typing import Final

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
        table("Data", ("Kind", "Name", "Key", "Kept for", "When the stack is deleted"), rows, numbers=NONE),
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
    return badge(policy, "good" if policy in ("Retain", "Snapshot") else "")
