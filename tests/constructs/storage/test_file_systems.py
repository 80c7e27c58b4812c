"""File systems of every kind: what each is made of, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk.assertions import Template

from reference_constructs.security.encryption_key import EncryptionKey
from reference_constructs.security.retention_options import RetentionOptions
from reference_constructs.storage.any_file_system_options import AnyFileSystemOptions
from reference_constructs.storage.backup_plan_options import BackupPlanOptions
from reference_constructs.storage.efs_options import AccessPointOptions, EfsOptions
from reference_constructs.storage.file_systems import FileSystems
from reference_constructs.storage.fsx_lustre_options import DataRepositoryOptions, FsxLustreOptions
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions
from reference_constructs.storage.s3_bucket_options import S3BucketOptions
from reference_constructs.storage.storage_options import StorageOptions
from tests.support.assertions import DELETED, KEPT, all_of, fate, only, properties
from tests.support.synthesis import ZONES, new_stack

DISPOSABLE = RetentionOptions(protected=False)
LUSTRE = FsxLustreOptions(availability_zone=ZONES[0])
ONTAP = FsxOntapOptions(availability_zone=ZONES[1])
LINKED = FsxLustreOptions(availability_zone=ZONES[0], data_repository=DataRepositoryOptions(bucket="models"))
FILE_SYSTEM = "AWS::FSx::FileSystem"


def template(
    file_systems: Mapping[str, AnyFileSystemOptions],
    *,
    backup_plan: BackupPlanOptions | None = None,
    retention: RetentionOptions = RetentionOptions(),  # noqa: B008 - immutable
    with_key: bool = True,
) -> Template:
    """The template of a stack with a VPC and these file systems."""
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Vpc", availability_zones=list(ZONES), nat_gateways=1)
    FileSystems(
        stack,
        "FileSystems",
        options=StorageOptions(file_systems=dict(file_systems), backup_plan=backup_plan),
        vpc=vpc,
        subnets=vpc.private_subnets,
        encryption_key=EncryptionKey(stack, "Key", description="files", retention=retention) if with_key else None,
        retention=retention,
    )
    return Template.from_stack(stack)


def test_efs_is_encrypted_admits_roles_by_tls_only_and_has_a_mount_target_in_each_subnet() -> None:
    found = template({"shared": EfsOptions()})

    file_system = properties(found, "AWS::EFS::FileSystem")
    assert file_system["Encrypted"] is True
    assert "KmsKeyId" in file_system
    (statement,) = file_system["FileSystemPolicy"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Deny", "elasticfilesystem:Client*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    targets = [each["Properties"] for each in all_of(found, "AWS::EFS::MountTarget").values()]
    assert len({str(each["SubnetId"]) for each in targets}) == len(ZONES)
    group = properties(found, "AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [each["CidrIp"] for each in group["SecurityGroupEgress"]] == ["255.255.255.255/32"]


def test_efs_has_the_throughput_classes_and_backups_that_are_stated() -> None:
    options = EfsOptions(
        throughput_mode="provisioned",
        provisioned_throughput_mib_per_second=20,
        transition_to_ia_days=1,
        transition_back_on_access=False,
        automatic_backups=False,
    )

    file_system = properties(template({"shared": options}), "AWS::EFS::FileSystem")

    assert (file_system["ThroughputMode"], file_system["ProvisionedThroughputInMibps"]) == ("provisioned", 20)
    assert file_system["LifecyclePolicies"] == [{"TransitionToIA": "AFTER_1_DAY"}]
    assert "BackupPolicy" not in file_system


def test_efs_without_colder_classes_moves_no_files_back() -> None:
    found = template({"shared": EfsOptions(transition_to_ia_days=None)})

    assert "LifecyclePolicies" not in properties(found, "AWS::EFS::FileSystem")


@pytest.mark.parametrize(("protected", "policy"), [(True, {"Status": "ENABLED"}), (False, None)])
def test_backups_of_efs_follow_the_environment(protected: bool, policy: dict[str, str] | None) -> None:
    found = template({"shared": EfsOptions()}, retention=RetentionOptions(protected=protected))

    assert properties(found, "AWS::EFS::FileSystem").get("BackupPolicy") == policy


def test_access_point_has_a_directory_and_a_user() -> None:
    point = AccessPointOptions(path="/uploads", uid=1000, gid=1001, permissions="0770")

    found = properties(template({"shared": EfsOptions(access_points={"uploads": point})}), "AWS::EFS::AccessPoint")

    assert found["PosixUser"] == {"Uid": "1000", "Gid": "1001"}
    assert found["RootDirectory"] == {
        "Path": "/uploads",
        "CreationInfo": {"OwnerUid": "1000", "OwnerGid": "1001", "Permissions": "0770"},
    }


def test_lustre_is_in_its_zone_with_the_ports_of_lustre_between_its_servers() -> None:
    found = template({"fast": LUSTRE})

    file_system = properties(found, FILE_SYSTEM)
    assert file_system["FileSystemTypeVersion"] == "2.15"
    assert len(file_system["SubnetIds"]) == 1
    assert file_system["LustreConfiguration"]["PerUnitStorageThroughput"] == 125
    assert file_system["LustreConfiguration"]["AutomaticBackupRetentionDays"] == 7
    for direction in ("Ingress", "Egress"):
        rules = [each["Properties"] for each in all_of(found, f"AWS::EC2::SecurityGroup{direction}").values()]
        assert {(each["FromPort"], each["ToPort"]) for each in rules} == {(988, 988), (1018, 1023)}
        assert all("CidrIp" not in each for each in rules)


def test_scratch_has_neither_key_nor_throughput_nor_backups() -> None:
    options = FsxLustreOptions(availability_zone=ZONES[0], deployment_type="scratch_2", data_compression=False)

    file_system = properties(template({"fast": options}), FILE_SYSTEM)

    assert "KmsKeyId" not in file_system
    assert file_system["LustreConfiguration"] == {"DeploymentType": "SCRATCH_2", "DataCompressionType": "NONE"}


def test_linked_file_system_imports_from_its_bucket_and_its_role_may_use_the_key() -> None:
    found = template({"fast": LINKED, "models": S3BucketOptions()})

    association = properties(found, "AWS::FSx::DataRepositoryAssociation")
    assert association["FileSystemPath"] == "/s3"
    assert "AutoExportPolicy" not in association["S3"]
    assert "AutomaticBackupRetentionDays" not in properties(found, FILE_SYSTEM)["LustreConfiguration"]
    statements = {each.get("Sid"): each for each in properties(found, "AWS::KMS::Key")["KeyPolicy"]["Statement"]}
    assert "AWSServiceRoleForFSxS3Access_*" in str(statements["DataRepositories"]["Condition"]["ArnLike"])


def test_link_to_a_bucket_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no bucket models; allowed: none"):
        template({"fast": LINKED})


def test_file_system_in_another_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no subnet is in eu-west-1f"):
        template({"fast": FsxLustreOptions(availability_zone="eu-west-1f")})


def test_ontap_has_a_machine_with_a_generated_password_and_a_volume() -> None:
    found = template({"home": FsxOntapOptions(availability_zone=ZONES[1], volume_gib=2, tiering_after_days=None)})

    assert properties(found, FILE_SYSTEM)["OntapConfiguration"]["ThroughputCapacityPerHAPair"] == 128
    password = properties(found, "AWS::FSx::StorageVirtualMachine")["SvmAdminPassword"]
    assert "resolve:secretsmanager:" in str(password)
    assert properties(found, "AWS::SecretsManager::Secret")["GenerateSecretString"]["PasswordLength"] <= 50
    volume = properties(found, "AWS::FSx::Volume")["OntapConfiguration"]
    assert (volume["SizeInMegabytes"], volume["JunctionPath"]) == ("2048", "/data")
    assert volume["TieringPolicy"] == {"Name": "NONE"}


def test_bucket_is_private_encrypted_and_versioned() -> None:
    bucket: Mapping[str, Any] = properties(template({"models": S3BucketOptions()}), "AWS::S3::Bucket")

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_without_a_key_the_keys_of_the_services_encrypt() -> None:
    found = template({"shared": EfsOptions(), "home": ONTAP, "models": S3BucketOptions()}, with_key=False)

    assert properties(found, "AWS::EFS::FileSystem")["Encrypted"] is True
    assert "KmsKeyId" not in properties(found, FILE_SYSTEM)
    assert "aws:kms" in str(properties(found, "AWS::S3::Bucket")["BucketEncryption"])


def test_plan_backs_up_what_can_be_backed_up_and_tags_it() -> None:
    found = template(
        {"shared": EfsOptions(), "fast": LINKED, "models": S3BucketOptions(), "home": ONTAP},
        backup_plan=BackupPlanOptions(retention_days=9),
    )

    selection = properties(found, "AWS::Backup::BackupSelection")["BackupSelection"]
    assert len(selection["Resources"]) == 3
    (rule,) = properties(found, "AWS::Backup::BackupPlan")["BackupPlan"]["BackupPlanRule"]
    assert rule["Lifecycle"] == {"DeleteAfterDays": 9}
    assert rule["ScheduleExpression"] == "cron(0 3 * * ? *)"


@pytest.mark.parametrize(("retention", "expected"), [(RetentionOptions(), KEPT), (DISPOSABLE, DELETED)])
def test_everything_has_the_fate_of_the_environment(retention: RetentionOptions, expected: tuple[str, str]) -> None:
    found = template(
        {"shared": EfsOptions(), "home": ONTAP, "models": S3BucketOptions()},
        backup_plan=BackupPlanOptions(),
        retention=retention,
    )

    for each in (
        "AWS::EFS::FileSystem",
        FILE_SYSTEM,
        "AWS::FSx::StorageVirtualMachine",
        "AWS::FSx::Volume",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::Backup::BackupVault",
    ):
        assert fate(only(found, each)) == expected, each


def test_security_group_of_fsx_stays_where_its_file_system_does() -> None:
    group = only(template({"fast": LUSTRE}), "AWS::EC2::SecurityGroup")

    assert fate(group) == KEPT
    assert cdk.Token.is_unresolved(group["Properties"]["GroupDescription"]) is False
