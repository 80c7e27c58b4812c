"""An Amazon FSx for NetApp ONTAP file system in one Availability Zone."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_fsx as fsx
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.efs import NFS
from reference_constructs.storage.file_system import ClientPorts, Mounting, StorageSecurityGroup
from reference_constructs.storage.fsx_lustre import BACKUP_DAYS
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions

ONTAP_API: Final = ClientPorts(first=443, last=443)
ADMINISTRATOR: Final = "vsadmin"
VOLUME: Final = "data"
JUNCTION_PATH: Final = "/data"


class OntapFileSystem(Construct):
    """A file system with one storage virtual machine and one volume.

    Attributes:
        file_system: The file system.
        secret: User name and password of the administrator of the storage virtual machine.
        mounting: What clients need to know.
    """

    file_system: fsx.CfnFileSystem
    secret: secretsmanager.Secret
    mounting: Mounting

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        options: FsxOntapOptions,
        vpc: ec2.IVpc,
        subnet: ec2.ISubnet,
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the file system.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            name: Name of the file system in the options.
            options: Deployment type, capacity, throughput, volume.
            vpc: Where it is.
            subnet: The private subnet of its zone.
            encryption_key: Encrypts the file system and the secret. Without one, the AWS managed keys do.
            retention: Whether the data outlives its stack. Also the default of automatic backups.
        """
        super().__init__(scope, construct_id)
        self._name = name
        self._options = options
        self._removal_policy = removal_policy(protected=retention.protected)
        group = StorageSecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"FSx for ONTAP file system {name}: NFS from its clients"
        )
        # It stays where the file system does, which is in it.
        group.apply_removal_policy(self._removal_policy)
        self._define_file_system(subnet, group, encryption_key, retention)
        self._define_secret(encryption_key)
        machine = self._define_storage_virtual_machine()
        volume = self._define_volume(machine)
        self.mounting = Mounting(
            values={
                ("FileSystemId", ""): self.file_system.ref,
                ("StorageVirtualMachineId", ""): machine.attr_storage_virtual_machine_id,
                ("SecretArn", ""): self.secret.secret_arn,
            },
            security_group_id=group.security_group_id,
            # NFS 4.1, which the manifests mount, takes one port; the management of volumes by Trident another.
            client_ports=(NFS, ONTAP_API) if options.trident else (NFS,),
            backup_arn=volume.attr_resource_arn,
        )

    def _define_file_system(
        self,
        subnet: ec2.ISubnet,
        group: ec2.ISecurityGroup,
        encryption_key: kms.IKey | None,
        retention: RetentionOptions,
    ) -> None:
        options = self._options
        stated = options.backup_retention_days
        default = BACKUP_DAYS if retention.protected else 0
        self.file_system = fsx.CfnFileSystem(
            self,
            "FileSystem",
            file_system_type="ONTAP",
            storage_type="SSD",
            storage_capacity=options.storage_capacity_gib,
            subnet_ids=[subnet.subnet_id],
            security_group_ids=[group.security_group_id],
            kms_key_id=None if encryption_key is None else encryption_key.key_arn,
            ontap_configuration=fsx.CfnFileSystem.OntapConfigurationProperty(
                deployment_type=options.deployment_type.upper(),
                ha_pairs=1,
                throughput_capacity_per_ha_pair=options.throughput_mb_per_second,
                preferred_subnet_id=subnet.subnet_id,
                automatic_backup_retention_days=default if stated is None else stated,
            ),
        )
        self.file_system.apply_removal_policy(self._removal_policy)

    def _define_secret(self, encryption_key: kms.IKey | None) -> None:
        self.secret = secretsmanager.Secret(
            self,
            "Administrator",
            description=f"Administrator of the storage virtual machine of {self._name}",
            encryption_key=encryption_key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=cdk.Stack.of(self).to_json_string({"username": ADMINISTRATOR}),
                generate_string_key="password",
                exclude_punctuation=True,
                # At most 50 characters (CreateStorageVirtualMachine, SvmAdminPassword).
                password_length=40,
            ),
            removal_policy=self._removal_policy,
        )
        acknowledge(
            self.secret,
            "SMG4",
            packs=("AwsSolutions",),
            reason=_NO_ROTATION,
        )
        acknowledge(
            self.secret,
            "SecretsManagerRotationEnabled",
            packs=("NIST.800.53.R5", "HIPAA.Security"),
            reason=_NO_ROTATION,
        )

    def _define_storage_virtual_machine(self) -> fsx.CfnStorageVirtualMachine:
        machine = fsx.CfnStorageVirtualMachine(
            self,
            "StorageVirtualMachine",
            file_system_id=self.file_system.ref,
            name=self._name,
            root_volume_security_style="UNIX",
            svm_admin_password=self.secret.secret_value_from_json("password").unsafe_unwrap(),
        )
        machine.apply_removal_policy(self._removal_policy)
        return machine

    def _define_volume(self, machine: fsx.CfnStorageVirtualMachine) -> fsx.CfnVolume:
        days = self._options.tiering_after_days
        volume = fsx.CfnVolume(
            self,
            "Volume",
            name=VOLUME,
            volume_type="ONTAP",
            ontap_configuration=fsx.CfnVolume.OntapConfigurationProperty(
                storage_virtual_machine_id=machine.attr_storage_virtual_machine_id,
                junction_path=JUNCTION_PATH,
                security_style="UNIX",
                size_in_megabytes=str(self._options.volume_gib * 1024),
                storage_efficiency_enabled="true",
                snapshot_policy="default",
                tiering_policy=fsx.CfnVolume.TieringPolicyProperty(name="NONE")
                if days is None
                else fsx.CfnVolume.TieringPolicyProperty(name="AUTO", cooling_period=days),
            ),
        )
        volume.apply_removal_policy(self._removal_policy)
        return volume


_NO_ROTATION: Final = (
    "Rotation takes a Lambda function, and there is none here (docs/adr/0004). The password is generated, nobody sees "
    "it, and a change of the secret and of the storage virtual machine is one deployment."
)
