"""What may go wrong with file systems, buckets, their clients, and their backups."""

from __future__ import annotations

from tests.support.defects.defect import Defect, append, put

_CLUSTER = "eks-storage-eks-cluster"
_STACK = "eks-storage-storage"
_EFS = "AWS::EFS::FileSystem"
_TARGET = "AWS::EFS::MountTarget"
_FSX = "AWS::FSx::FileSystem"
_IN = "AWS::EC2::SecurityGroupIngress"
_OUT = "AWS::EC2::SecurityGroupEgress"
_ADMITS_ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}


STORAGE = (
    Defect(
        name="file system that is not encrypted",
        stack=_STACK,
        change=put(_EFS, "Encrypted", value=False),
        named_by=("efs_file_system_is_encrypted",),
    ),
    Defect(
        name="file system without a policy",
        stack=_STACK,
        change=put(_EFS, "FileSystemPolicy", None),
        named_by=("efs_file_system_requires_tls", "efs_file_system_admits_roles_only"),
    ),
    Defect(
        name="file system without TLS",
        stack=_STACK,
        change=put(_EFS, "FileSystemPolicy.Statement.0.Condition", {"Bool": {"aws:ViaAWSService": "false"}}),
        named_by=("efs_file_system_requires_tls",),
    ),
    Defect(
        name="file system for everybody in the network",
        stack=_STACK,
        change=append(_EFS, "FileSystemPolicy.Statement", _ADMITS_ANYBODY),
        named_by=("efs_file_system_admits_roles_only",),
    ),
    Defect(
        name="access point of the whole file system",
        stack=_STACK,
        change=put("AWS::EFS::AccessPoint", "RootDirectory.Path", "/"),
        named_by=("efs_access_point_has_a_user_and_a_directory",),
    ),
    Defect(
        name="access point without a user",
        stack=_STACK,
        change=put("AWS::EFS::AccessPoint", "PosixUser", None),
        named_by=("efs_access_point_has_a_user_and_a_directory",),
    ),
    Defect(
        name="throughput of another mode",
        stack=_STACK,
        change=put(_EFS, "ThroughputMode", "fast"),
        named_by=("W3030", "E3030"),
    ),
    Defect(
        name="storage class at a day that is none",
        stack=_STACK,
        change=put(_EFS, "LifecyclePolicies.0.TransitionToIA", "AFTER_31_DAYS"),
        named_by=("W3030", "E3030"),
    ),
    Defect(
        name="automatic backups that are neither on nor off",
        stack=_STACK,
        change=put(_EFS, "BackupPolicy", {"Status": "ON"}),
        named_by=("W3030", "E3030"),
    ),
    Defect(
        name="file system under a key that is gone",
        stack=_STACK,
        change=put(_EFS, "KmsKeyId", {"Ref": "KeyOfYesterday"}),
        named_by=("F1020", "E1020"),
    ),
    Defect(
        name="Lustre of yesterday",
        stack=_STACK,
        change=put(_FSX, "FileSystemTypeVersion", "2.10", having="training"),
        named_by=("fsx_lustre_has_a_current_version",),
    ),
    Defect(
        name="password in the template",
        stack=_STACK,
        change=put("AWS::FSx::StorageVirtualMachine", "SvmAdminPassword", "correct-horse-battery-7"),
        named_by=("fsx_password_is_in_secrets_manager",),
    ),
    Defect(
        name="bucket for everybody",
        stack=_STACK,
        change=append(
            "AWS::S3::BucketPolicy",
            "PolicyDocument.Statement",
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
        ),
        named_by=("s3_bucket_is_not_for_everyone",),
    ),
)
