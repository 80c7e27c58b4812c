"""An Amazon EFS file system that only IAM roles mount, by TLS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.security.acknowledgements import acknowledge
from reference_constructs.security.retention import removal_policy
from reference_constructs.security.retention_options import PROTECTED, RetentionOptions
from reference_constructs.storage.efs_options import AccessPointOptions, EfsOptions
from reference_constructs.storage.file_system import ClientPorts, Mounting, StorageSecurityGroup

NFS: Final = ClientPorts(first=2049, last=2049)
_DAYS: Final[Mapping[int, str]] = {
    days: f"AFTER_{days}_DAY{'' if days == 1 else 'S'}" for days in (1, 7, 14, 30, 60, 90, 180, 270, 365)
}
_THROUGHPUT: Final = {
    "elastic": efs.ThroughputMode.ELASTIC,
    "bursting": efs.ThroughputMode.BURSTING,
    "provisioned": efs.ThroughputMode.PROVISIONED,
}


class ElasticFileSystem(Construct):
    """A file system with its access points, and a mount target in each subnet.

    Attributes:
        file_system: The L2.
        access_points: Access points by name.
        mounting: What clients need to know.
    """

    file_system: efs.FileSystem
    access_points: dict[str, efs.AccessPoint]
    mounting: Mounting

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        options: EfsOptions,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey | None = None,
        retention: RetentionOptions = PROTECTED,
    ) -> None:
        """Define the file system.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            name: Name of the file system in the options.
            options: Throughput, storage classes, access points.
            vpc: Where the mount targets are.
            subnets: Those of the clients, at most one in each zone.
            encryption_key: Encrypts the file system. Without one, the AWS managed key of Amazon EFS does.
            retention: Whether the file system outlives its stack. Also the default of automatic backups.
        """
        super().__init__(scope, construct_id)
        self._options = options
        self._protected = retention.protected
        self._security_group = StorageSecurityGroup(
            self, "SecurityGroup", vpc=vpc, description=f"Amazon EFS file system {name}: NFS from its clients"
        )
        self._define_file_system(vpc, subnets, encryption_key, retention)
        self.access_points = {
            point: self._define_access_point(point, each) for point, each in options.access_points.items()
        }
        self.mounting = Mounting(
            values={
                ("FileSystemId", ""): self.file_system.file_system_id,
                **{("AccessPointId", point): each.access_point_id for point, each in self.access_points.items()},
            },
            security_group_id=self._security_group.security_group_id,
            client_ports=(NFS,),
            backup_arn=self.file_system.file_system_arn,
        )

    def _define_file_system(
        self,
        vpc: ec2.IVpc,
        subnets: Sequence[ec2.ISubnet],
        encryption_key: kms.IKey | None,
        retention: RetentionOptions,
    ) -> None:
        options = self._options
        provisioned = options.provisioned_throughput_mib_per_second
        backups = options.automatic_backups
        self.file_system = efs.FileSystem(
            self,
            "FileSystem",
            vpc=vpc,
            vpc_subnets=ec2.SubnetSelection(subnets=list(subnets)),
            security_group=self._security_group,
            encrypted=True,
            kms_key=encryption_key,
            throughput_mode=_THROUGHPUT[options.throughput_mode],
            provisioned_throughput_per_second=None if provisioned is None else cdk.Size.mebibytes(provisioned),
            lifecycle_policy=self._after(options.transition_to_ia_days),
            transition_to_archive_policy=self._after(options.transition_to_archive_days),
            out_of_infrequent_access_policy=self._back(),
            enable_automatic_backups=retention.protected if backups is None else backups,
            file_system_policy=_policy(),
            # Otherwise the L2 adds a statement that lets whoever may mount also write, as root (aws-cdk issue 36224).
            # Its name misleads: without an `Allow` in the policy, nobody is let in without an IAM role.
            allow_anonymous_access=True,
            removal_policy=removal_policy(protected=retention.protected),
        )

    def acknowledge_missing_plan(self) -> None:
        """Accept that no plan of the templates backs the file system up, if none was asked for."""
        stated = self._options.automatic_backups
        has_backups = self._protected if stated is None else stated
        acknowledge(
            self.file_system,
            "EFSInBackupPlan",
            packs=("NIST.800.53.R5", "HIPAA.Security"),
            reason="AWS Backup backs the file system up every day by the plan that Amazon EFS has in each account "
            "(automatic backups)."
            if has_backups
            else "Neither a plan nor automatic backups were asked for: the environment is not protected, or its file "
            "states automatic_backups: false.",
        )

    def _after(self, days: int | None) -> efs.LifecyclePolicy | None:
        return None if days is None else efs.LifecyclePolicy[_DAYS[days]]

    def _back(self) -> efs.OutOfInfrequentAccessPolicy | None:
        options = self._options
        moves = options.transition_to_ia_days is not None or options.transition_to_archive_days is not None
        return efs.OutOfInfrequentAccessPolicy.AFTER_1_ACCESS if moves and options.transition_back_on_access else None

    def _define_access_point(self, name: str, options: AccessPointOptions) -> efs.AccessPoint:
        uid, gid = str(options.uid), str(options.gid)
        return efs.AccessPoint(
            self,
            f"AccessPoint-{name}",
            file_system=self.file_system,
            path=options.path,
            posix_user=efs.PosixUser(uid=uid, gid=gid),
            create_acl=efs.Acl(owner_uid=uid, owner_gid=gid, permissions=options.permissions),
        )


def _policy() -> iam.PolicyDocument:
    """TLS only, and nobody without an IAM role that may mount.

    With any policy, the default one, which admits every client, is no longer in effect ("Using IAM to control access to
    file systems"). What a role may do is in its own policies, so that root of a client is not root of the file system
    unless its role says so.
    """
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="TlsOnly",
                effect=iam.Effect.DENY,
                principals=[iam.AnyPrincipal()],
                # Of clients only: a statement about all actions is one that PutFileSystemPolicy may take for a lockout.
                actions=["elasticfilesystem:Client*"],
                conditions={"Bool": {"aws:SecureTransport": "false"}},
            )
        ]
    )
