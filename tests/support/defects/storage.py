"""What may go wrong with file systems, buckets, their clients, and their backups."""

from __future__ import annotations

from tests.support.defects.defect import WORLD, Defect, append, only, put, put_beside, together, without
from tests.support.synthesis import Template

_CLUSTER = "eks-storage-eks-cluster"
_STACK = "eks-storage-storage"
_EFS = "AWS::EFS::FileSystem"
_TARGET = "AWS::EFS::MountTarget"
_FSX = "AWS::FSx::FileSystem"
_IN = "AWS::EC2::SecurityGroupIngress"
_OUT = "AWS::EC2::SecurityGroupEgress"
_ADMITS_ANYBODY = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}


def _link_without_the_key(template: Template) -> None:
    policy = only(template, "AWS::KMS::Key")["Properties"]["KeyPolicy"]
    policy["Statement"] = [each for each in policy["Statement"] if each.get("Sid") != "DataRepositories"]


FILE_SYSTEMS = (
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
        name="zone without a mount target",
        stack=_STACK,
        change=without(_TARGET, having="PrivateSubnet3"),
        named_by=("file_system_has_a_mount_target_in_each_zone_of_its_clients",),
    ),
    Defect(
        name="throughput of another mode",
        stack=_STACK,
        change=put(_EFS, "ThroughputMode", "fast"),
        named_by=("W3030", "E3030"),
    ),
    Defect(
        name="Lustre of yesterday",
        stack=_STACK,
        change=put(_FSX, "FileSystemTypeVersion", "2.10", having="training"),
        named_by=("fsx_lustre_has_a_current_version",),
    ),
    Defect(
        name="backups of a linked file system",
        stack=_STACK,
        change=put(_FSX, "LustreConfiguration.AutomaticBackupRetentionDays", 7, having="training"),
        named_by=("linked_file_system_has_no_backups",),
    ),
    Defect(
        name="link without the key of its bucket",
        stack=_STACK,
        change=_link_without_the_key,
        named_by=("data_repository_may_use_the_key_of_its_bucket",),
    ),
    Defect(
        name="password in the template",
        stack=_STACK,
        change=put("AWS::FSx::StorageVirtualMachine", "SvmAdminPassword", "correct-horse-battery-7"),
        named_by=("fsx_password_is_in_secrets_manager",),
    ),
    Defect(
        name="storage virtual machine in Lustre",
        stack=_STACK,
        change=put("AWS::FSx::StorageVirtualMachine", "FileSystemId", {"Ref": "FileSystemstrainingFileSystem8A85CEB3"}),
        named_by=("storage_of_ontap_is_of_a_file_system_of_ontap",),
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
    Defect(
        name="file system that goes with its stack",
        stack=_STACK,
        change=together(
            put_beside(_EFS, "DeletionPolicy", "Delete"), put_beside(_EFS, "UpdateReplacePolicy", "Delete")
        ),
        named_by=("data_of_an_environment_has_one_fate",),
    ),
    Defect(
        name="security group that goes before its file system",
        stack=_STACK,
        change=put_beside("AWS::EC2::SecurityGroup", "DeletionPolicy", "Delete", having="home"),
        named_by=("file_system_that_is_kept_keeps_its_security_groups",),
    ),
    Defect(
        name="backups by a role of nobody",
        stack=_STACK,
        change=put(
            "AWS::IAM::Role",
            "AssumeRolePolicyDocument.Statement.0.Principal.Service",
            "ec2.amazonaws.com",
            having="BackupPlan",
        ),
        named_by=("role_trusts_the_service_that_uses_it",),
    ),
)

CLIENTS = (
    Defect(
        name="file system for the whole network",
        stack=_CLUSTER,
        change=together(
            put(_IN, "SourceSecurityGroupId", None, having="Toshared2049"),
            put(_IN, "CidrIp", "10.0.0.0/8", having="Toshared2049"),
        ),
        named_by=("file_system_admits_its_clients_only",),
    ),
    Defect(
        name="file system for the world",
        stack=_CLUSTER,
        change=together(
            put(_IN, "SourceSecurityGroupId", None, having="Tohome2049"),
            put(_IN, "CidrIp", WORLD, having="Tohome2049"),
        ),
        named_by=("file_system_admits_its_clients_only",),
    ),
    Defect(
        name="every port of a file system",
        stack=_CLUSTER,
        change=together(
            put(_IN, "FromPort", 0, having="Toshared2049"), put(_IN, "ToPort", 65535, having="Toshared2049")
        ),
        named_by=("file_system_admits_its_clients_only",),
    ),
    Defect(
        name="tasks outside of their file system",
        stack="eks-storage-ecs-service-import",
        change=without(_IN, having="Toshared"),
        named_by=("tasks_reach_their_file_system",),
    ),
    Defect(
        name="Lustre that cannot answer",
        stack=_CLUSTER,
        change=without(_OUT, having="OutOftraining988"),
        named_by=("lustre_and_its_clients_reach_each_other",),
    ),
    Defect(
        name="Lustre without its later ports",
        stack=_CLUSTER,
        change=without(_IN, having="Totraining1018"),
        named_by=("lustre_has_all_its_ports",),
    ),
    Defect(
        name="role of the EFS driver for others",
        stack=_CLUSTER,
        change=put(
            "AWS::IAM::Role",
            "AssumeRolePolicyDocument.Statement.0.Principal.Service",
            "ec2.amazonaws.com",
            having="StorageAccessEfsDriverRole",
        ),
        named_by=("pod_identity_role_is_of_one_service_account",),
    ),
    Defect(
        name="access point of another file system",
        stack="eks-storage-ecs-service-import",
        change=put(
            "AWS::ECS::TaskDefinition",
            "Volumes.0.EFSVolumeConfiguration.FilesystemId",
            "fs-0123456789abcdef0",
        ),
        named_by=("access_point_is_of_the_file_system_of_the_volume",),
    ),
)

STORAGE = (*FILE_SYSTEMS, *CLIENTS)
