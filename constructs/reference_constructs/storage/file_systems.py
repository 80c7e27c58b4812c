"""All file systems of an environment, of every kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.any_file_system_options import AnyFileSystemOptions
from reference_constructs.storage.backup_plan import StorageBackupPlan
from reference_constructs.storage.efs import ElasticFileSystem
from reference_constructs.storage.efs_options import EfsOptions
from reference_constructs.storage.file_system import Mounting
from reference_constructs.storage.fsx_lustre import LustreFileSystem
from reference_constructs.storage.fsx_lustre_options import FsxLustreOptions
from reference_constructs.storage.fsx_ontap import OntapFileSystem
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions
from reference_constructs.storage.s3_bucket import DataBucket
from reference_constructs.storage.s3_bucket_options import S3BucketOptions
from reference_constructs.storage.storage_options import StorageOptions

AnyFileSystem = ElasticFileSystem | LustreFileSystem | OntapFileSystem | DataBucket


class FileSystems(Construct):
    """The file systems and buckets of an environment, and their backup plan.

    Attributes:
        by_name: Each by its name in the options.
        backup_plan: The plan of AWS Backup; None without one.
    """

    by_name: dict[str, AnyFileSystem]
    backup_plan: StorageBackupPlan | None

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        options: StorageOptions,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.Key | None = None,
        backup_tags: Mapping[str, str] = {},
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the file systems.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            options: The file systems, and their backup plan.
            vpc: Where they are.
            subnets: Private subnets of the clients, one in each zone.
            encryption_key: Encrypts all of it. Without one, the AWS managed keys of the services do.
            backup_tags: Tags of backups by the plan.
            retention: Whether the data outlives its stack.

        Raises:
            ValueError: If a file system is in a zone without a subnet, or its data repository is not there.
        """
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self._subnets = subnets
        self._key = encryption_key
        self._backup_tags = backup_tags
        self._retention = retention
        self.by_name = {}
        # A data repository is a bucket that is there already.
        for name, each in sorted(options.file_systems.items(), key=lambda item: item[1].kind != "s3_bucket"):
            self.by_name[name] = self._define(name, each)
        self._allow_data_repositories(options)
        self.backup_plan = self._define_backup_plan(options)

    @property
    def mountings(self) -> Mapping[str, Mounting]:
        """What clients need to know of each."""
        return {name: each.mounting for name, each in self.by_name.items()}

    def _define(self, name: str, options: AnyFileSystemOptions) -> AnyFileSystem:
        match options:
            case EfsOptions():
                return ElasticFileSystem(
                    self,
                    name,
                    name=name,
                    options=options,
                    vpc=self._vpc,
                    subnets=self._subnets,
                    encryption_key=self._key,
                    retention=self._retention,
                )
            case FsxLustreOptions():
                return LustreFileSystem(
                    self,
                    name,
                    name=name,
                    options=options,
                    vpc=self._vpc,
                    subnet=self._subnet(options.availability_zone),
                    buckets={each: made for each, made in self.by_name.items() if isinstance(made, DataBucket)},
                    encryption_key=self._key,
                    retention=self._retention,
                )
            case FsxOntapOptions():
                return OntapFileSystem(
                    self,
                    name,
                    name=name,
                    options=options,
                    vpc=self._vpc,
                    subnet=self._subnet(options.availability_zone),
                    encryption_key=self._key,
                    retention=self._retention,
                )
            case S3BucketOptions():
                return DataBucket(self, name, options=options, encryption_key=self._key, retention=self._retention)
            case _:
                assert_never(options)

    def _subnet(self, zone: str) -> ec2.ISubnet:
        found = next((subnet for subnet in self._subnets if subnet.availability_zone == zone), None)
        if found is None:
            raise ValueError(f"no subnet is in {zone}")
        return found

    def _allow_data_repositories(self, options: StorageOptions) -> None:
        """Let the role that Amazon FSx makes for each data repository read and write encrypted objects.

        "Working with server-side encrypted Amazon S3 buckets", FSx for Lustre User Guide. The role does not exist yet,
        and a key policy names principals that exist, so it is a condition.
        """
        has_any = any(
            isinstance(each, FsxLustreOptions) and each.data_repository is not None
            for each in options.file_systems.values()
        )
        if self._key is None or not has_any:
            return
        stack = cdk.Stack.of(self)
        role = stack.format_arn(
            service="iam",
            region="",
            resource="role",
            resource_name="aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_*",
        )
        self._key.add_to_resource_policy(
            iam.PolicyStatement(
                sid="DataRepositories",
                principals=[iam.AnyPrincipal()],
                actions=["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
                resources=["*"],
                conditions={
                    "StringEquals": {
                        "kms:CallerAccount": stack.account,
                        "kms:ViaService": f"s3.{stack.region}.{stack.url_suffix}",
                    },
                    "ArnLike": {"aws:PrincipalArn": role},
                },
            )
        )

    def _define_backup_plan(self, options: StorageOptions) -> StorageBackupPlan | None:
        arns = [each.mounting.backup_arn for each in self.by_name.values()]
        if options.backup_plan is None:
            for each in self.by_name.values():
                if isinstance(each, ElasticFileSystem):
                    each.acknowledge_missing_plan()
            return None
        return StorageBackupPlan(
            self,
            "BackupPlan",
            options=options.backup_plan,
            resource_arns=[arn for arn in arns if arn is not None],
            tags=self._backup_tags,
            encryption_key=self._key,
            retention=self._retention,
        )
