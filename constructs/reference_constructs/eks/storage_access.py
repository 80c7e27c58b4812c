"""How pods get to file systems: security groups, IAM roles of drivers, and what manifests say of both."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from reference_constructs.eks.control_plane import ControlPlane
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.eks.pod_identity_role import PodIdentityRole
from reference_constructs.output_names import storage_output
from reference_constructs.security.acknowledgements import acknowledge, wildcard_resource
from reference_constructs.storage.client_access import let_in
from reference_constructs.storage.drivers import S3_DRIVER
from reference_constructs.storage.efs_options import EfsOptions
from reference_constructs.storage.file_system import MountableStorage
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions
from reference_constructs.storage.s3_bucket_options import S3BucketOptions


class StorageAccess(Construct):
    """What lets pods mount the file systems of an environment, and nobody else.

    Pods are in the security group of the cluster, so it is the client of every file system. The part of the EFS CSI
    driver on the nodes mounts by IAM; its role is an association of its own, since the one of the add-on covers its
    controller only (aws-efs-csi-driver issues 1630 and 1759). The S3 CSI driver may use the buckets of the environment,
    and Trident its volumes of the file systems that say so.

    Attributes:
        add_on_policies: Managed policies of the roles of add-ons, by name of the add-on.
        values: What manifests need, by the name of a stack output.
        has_volume_classes: Whether there are storage classes of Amazon EBS volumes.
    """

    add_on_policies: Mapping[str, list[iam.IManagedPolicy]]
    values: Mapping[str, str]
    has_volume_classes: bool

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        storage: MountableStorage,
        control_plane: ControlPlane,
        add_ons: Collection[str],
        nodes: Collection[NodeOptions],
    ) -> None:
        """Define the access.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            storage: The file systems.
            control_plane: The cluster.
            add_ons: Names of the add-ons that are installed.
            nodes: Options of all nodes: what pods can do there.
        """
        super().__init__(scope, construct_id)
        self._storage = storage
        self._control_plane = control_plane
        self._has_pod_identity = any("pod_identity" in each.capabilities for each in nodes)
        self.has_volume_classes = bool(storage.options.volume_classes)
        self.values = {
            storage_output(name, value, part): found
            for name, mounting in storage.mountings.items()
            for (value, part), found in mounting.values.items()
        }
        self._let_in_nodes()
        if self._has_pod_identity:
            self._associate_efs_driver()
            self._associate_trident()
        self.add_on_policies = self._bucket_policies() if S3_DRIVER in add_ons else {}

    def _let_in_nodes(self) -> None:
        group = ec2.SecurityGroup.from_security_group_id(
            self, "Nodes", self._control_plane.cluster.cluster_security_group_id, mutable=False
        )
        for name, mounting in self._storage.mountings.items():
            let_in(self, name, group, mounting)

    def _associate_efs_driver(self) -> None:
        names = self._names(EfsOptions)
        if not names:
            return
        policy = iam.ManagedPolicy(
            self,
            "EfsDriverPolicy",
            statements=[
                iam.PolicyStatement(
                    # Access points decide the user, and without one, root of a pod writes as root.
                    actions=[
                        "elasticfilesystem:ClientMount",
                        "elasticfilesystem:ClientRootAccess",
                        "elasticfilesystem:ClientWrite",
                    ],
                    resources=[
                        self._arn("elasticfilesystem", "file-system", self._value(name, "FileSystemId"))
                        for name in names
                    ],
                    conditions={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
                )
            ],
        )
        self._associate("EfsDriver", "kube-system", "efs-csi-node-sa", policy)

    def _associate_trident(self) -> None:
        """The actions of "Use Trident with Amazon FSx for NetApp ONTAP", on the file systems that Trident manages."""
        options = self._storage.options.file_systems.items()
        names = [name for name, each in options if isinstance(each, FsxOntapOptions) and each.trident]
        if not names:
            return
        below = [
            self._arn("fsx", kind, f"{self._value(name, 'FileSystemId')}/*")
            for name in names
            for kind in ("volume", "storage-virtual-machine")
        ]
        policy = iam.ManagedPolicy(
            self,
            "TridentPolicy",
            statements=[
                iam.PolicyStatement(
                    actions=[
                        "fsx:DescribeFileSystems",
                        "fsx:DescribeStorageVirtualMachines",
                        "fsx:DescribeVolumes",
                    ],
                    resources=["*"],
                ),
                iam.PolicyStatement(
                    actions=[
                        "fsx:CreateVolume",
                        "fsx:DeleteVolume",
                        "fsx:RestoreVolumeFromSnapshot",
                        "fsx:TagResource",
                        "fsx:UntagResource",
                        "fsx:UpdateVolume",
                    ],
                    resources=below,
                ),
                iam.PolicyStatement(
                    actions=["secretsmanager:GetSecretValue"],
                    resources=[self._value(name, "SecretArn") for name in names],
                ),
                *self._key_statement(["kms:Decrypt"]),
            ],
        )
        acknowledge(
            policy,
            "IAM5[Resource::*]",
            packs=("AwsSolutions",),
            reason="Amazon FSx lists file systems, storage virtual machines and volumes; the actions only read.",
        )
        for arn in below:
            acknowledge(
                policy,
                wildcard_resource(policy, arn),
                packs=("AwsSolutions",),
                reason="Trident creates volumes, whose IDs are not known before, in these file systems only.",
            )
        self._associate("Trident", "trident", "trident-controller", policy)

    def _associate(self, construct_id: str, namespace: str, service_account: str, policy: iam.IManagedPolicy) -> None:
        role = PodIdentityRole(
            self,
            f"{construct_id}Role",
            cluster_arn=self._control_plane.cluster_arn,
            namespace=namespace,
            service_account=service_account,
            managed_policies=[policy],
        )
        eks.CfnPodIdentityAssociation(
            self,
            f"{construct_id}Association",
            cluster_name=self._control_plane.cluster.cluster_name,
            namespace=namespace,
            service_account=service_account,
            role_arn=role.role_arn,
        )

    def _bucket_policies(self) -> dict[str, list[iam.IManagedPolicy]]:
        """What "Mountpoint for Amazon S3 CSI driver" asks for, of each bucket what its options say."""
        names = self._names(S3BucketOptions)
        if not names:
            return {}
        statements = [iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self._bucket(each) for each in names])]
        objects = [f"{self._bucket(name)}/*" for name in names]
        statements.append(iam.PolicyStatement(actions=["s3:GetObject"], resources=objects))
        writable = [
            f"{self._bucket(name)}/*"
            for name, each in self._storage.options.file_systems.items()
            if isinstance(each, S3BucketOptions) and each.writable
        ]
        if writable:
            statements.append(
                iam.PolicyStatement(
                    actions=["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"], resources=writable
                )
            )
        statements.extend(self._key_statement(["kms:Decrypt", *(["kms:GenerateDataKey"] if writable else [])]))
        policy = iam.ManagedPolicy(self, "S3DriverPolicy", statements=statements)
        for arn in objects:
            acknowledge(
                policy,
                wildcard_resource(policy, arn),
                packs=("AwsSolutions",),
                reason="Pods mount all objects of the bucket. Only the service account of the driver assumes the role.",
            )
        return {S3_DRIVER: [policy]}

    def _key_statement(self, actions: list[str]) -> list[iam.PolicyStatement]:
        key = self._storage.encryption_key_arn
        return [] if key is None else [iam.PolicyStatement(actions=actions, resources=[key])]

    def _names(self, kind: type[EfsOptions | S3BucketOptions]) -> list[str]:
        return [name for name, each in self._storage.options.file_systems.items() if isinstance(each, kind)]

    def _value(self, name: str, value: str) -> str:
        return self._storage.mountings[name].values[value, ""]

    def _bucket(self, name: str) -> str:
        return f"arn:{cdk.Stack.of(self).partition}:s3:::{self._value(name, 'BucketName')}"

    def _arn(self, service: str, resource: str, name: str) -> str:
        return cdk.Stack.of(self).format_arn(service=service, resource=resource, resource_name=name)
