"""An Amazon FSx for Lustre file system in one Availability Zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.client_access import rule_in, rule_out
from reference_constructs.storage.file_system import ClientPorts, Mounting, StorageSecurityGroup
from reference_constructs.storage.fsx_lustre_options import DataRepositoryOptions, FsxLustreOptions

# "File system access control with Amazon VPC", FSx for Lustre User Guide.
LUSTRE: Final = (ClientPorts(first=988, last=988), ClientPorts(first=1018, last=1023))
# The driver and EKS Auto Mode have clients of it; the default of CloudFormation is older.
_VERSION: Final = "2.15"
BACKUP_DAYS: Final = 7


class LustreFileSystem(Construct):
    """A file system, with its data repository association.

    L1: the L2 opens every port from 988 to 1023, and knows no data repository associations.

    Attributes:
        file_system: The file system.
        mounting: What clients need to know.
    """

    file_system: fsx.CfnFileSystem
    mounting: Mounting

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        options: FsxLustreOptions,
        vpc: ec2.IVpc,
        subnet: ec2.ISubnet,
        buckets: Mapping[str, s3.IBucket] = {},
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the file system.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            name: Name of the file system in the options.
            options: Deployment type, capacity, throughput, data repository.
            vpc: Where it is.
            subnet: The private subnet of its zone.
            buckets: Those that can be its data repository, by name.
            encryption_key: Encrypts a persistent file system. Without one, the AWS managed key of Amazon FSx does.
            retention: Whether the file system outlives its stack. Also the default of automatic backups.

        Raises:
            ValueError: If the bucket of the data repository is not among them.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._define_security_group(vpc, name, protected=retention.protected)
        self._define_file_system(subnet, encryption_key, retention)
        if options.data_repository is not None:
            self._define_data_repository(options.data_repository, buckets)
        self.mounting = Mounting(
            values={
                ("FileSystemId", ""): self.file_system.ref,
                ("DnsName", ""): self.file_system.attr_dns_name,
                ("MountName", ""): self.file_system.attr_lustre_mount_name,
                ("SecurityGroupId", ""): self._security_group.security_group_id,
                ("SubnetId", ""): subnet.subnet_id,
            },
            security_group_id=self._security_group.security_group_id,
            client_ports=LUSTRE,
            connects_back=True,
            backup_arn=self.file_system.attr_resource_arn if options.can_have_backups else None,
        )

    def _define_security_group(self, vpc: ec2.IVpc, name: str, *, protected: bool) -> None:
        """Its servers talk to each other. It stays where the file system does, which is in it."""
        self._security_group = group = StorageSecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"FSx for Lustre file system {name}: Lustre from its clients"
        )
        group.apply_removal_policy(removal_policy(protected=protected))
        own, told = group.security_group_id, "Lustre between its servers"
        for ports in LUSTRE:
            into, out_of = f"Into-{ports.first}", f"OutOf-{ports.first}"
            for rule in (
                rule_in(self, into, into=own, source=own, ports=ports, description=told),
                rule_out(self, out_of, out_of=own, destination=own, ports=ports, description=told),
            ):
                rule.apply_removal_policy(removal_policy(protected=protected))

    def _define_file_system(
        self, subnet: ec2.ISubnet, encryption_key: kms.IKey | None, retention: RetentionOptions
    ) -> None:
        options = self._options
        is_persistent = options.deployment_type == "persistent_2"
        self.file_system = fsx.CfnFileSystem(
            self,
            "FileSystem",
            file_system_type="LUSTRE",
            file_system_type_version=_VERSION,
            storage_type="SSD",
            storage_capacity=options.storage_capacity_gib,
            subnet_ids=[subnet.subnet_id],
            security_group_ids=[self._security_group.security_group_id],
            # Amazon FSx encrypts others with a key of its own (CreateFileSystem, KmsKeyId).
            kms_key_id=encryption_key.key_arn if encryption_key is not None and is_persistent else None,
            lustre_configuration=fsx.CfnFileSystem.LustreConfigurationProperty(
                deployment_type=options.deployment_type.upper(),
                per_unit_storage_throughput=(options.throughput_per_tib or 125) if is_persistent else None,
                data_compression_type="LZ4" if options.data_compression else "NONE",
                automatic_backup_retention_days=self._backup_days(retention),
                copy_tags_to_backups=True if options.can_have_backups else None,
            ),
        )
        self.file_system.apply_removal_policy(removal_policy(protected=retention.protected))

    def _backup_days(self, retention: RetentionOptions) -> int | None:
        """Without a value where there can be none: Amazon FSx refuses even 0."""
        if not self._options.can_have_backups:
            return None
        stated = self._options.backup_retention_days
        return (BACKUP_DAYS if retention.protected else 0) if stated is None else stated

    def _define_data_repository(self, options: DataRepositoryOptions, buckets: Mapping[str, s3.IBucket]) -> None:
        if options.bucket not in buckets:
            raise ValueError(f"there is no bucket {options.bucket}; allowed: {', '.join(buckets) or 'none'}")
        bucket = buckets[options.bucket]
        events = ["NEW", "CHANGED", "DELETED"]
        association = fsx.CfnDataRepositoryAssociation(
            self,
            "DataRepository",
            file_system_id=self.file_system.ref,
            file_system_path=options.path,
            data_repository_path=bucket.s3_url_for_object(options.prefix),
            batch_import_meta_data_on_create=True,
            s3=fsx.CfnDataRepositoryAssociation.S3Property(
                auto_import_policy=fsx.CfnDataRepositoryAssociation.AutoImportPolicyProperty(events=events),
                auto_export_policy=fsx.CfnDataRepositoryAssociation.AutoExportPolicyProperty(events=events)
                if options.exports
                else None,
            ),
        )
        # With its policy, and deleted before it.
        association.node.add_dependency(bucket)
