"""The Amazon EBS volume that Amazon ECS makes for each task of a service."""

from __future__ import annotations

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.ecs.volume_options import EbsVolumeOptions
from reference_constructs.security.acknowledgements import acknowledge

_POLICY: Final = "service-role/AmazonECSInfrastructureRolePolicyForVolumes"


class ServiceVolume(Construct):
    """An encrypted volume for each task, with the role by which Amazon ECS creates, attaches and deletes it.

    The role is the *infrastructure role*, which only Amazon ECS assumes, for this account and Region. Its managed
    policy creates and deletes only what has the tags of Amazon ECS ("Amazon ECS infrastructure IAM role").

    Attributes:
        volume: What `ecs.BaseService.add_volume` takes.
        role: The infrastructure role.
    """

    volume: ecs.ServiceManagedVolume
    role: iam.Role

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        options: EbsVolumeOptions,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Define the volume.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            name: Name of the volume in the task definition.
            options: Size, type, performance, snapshot.
            encryption_key: Encrypts the volume. Without one, the default key of Amazon EBS in the Region does.
        """
        super().__init__(scope, construct_id)
        self._define_role()
        if encryption_key is not None:
            self._allow_key(encryption_key)
        self.volume = ecs.ServiceManagedVolume(
            self,
            "Volume",
            name=name,
            managed_ebs_volume=ecs.ServiceManagedEBSVolumeConfiguration(
                role=self.role,
                encrypted=True,
                kms_key_id=encryption_key,
                size=cdk.Size.gibibytes(options.size_gib),
                volume_type=ec2.EbsDeviceVolumeType[options.volume_type.upper()],
                iops=options.iops,
                throughput=options.throughput_mib_per_second,
                file_system_type=ecs.FileSystemType[options.file_system.upper()],
                snap_shot_id=options.snapshot_id,
                # What the service and its tasks are tagged with: cost allocation sees the volumes too.
                tag_specifications=[ecs.EBSTagSpecification(propagate_tags=ecs.EbsPropagatedTagSource.SERVICE)],
            ),
        )

    def _define_role(self) -> None:
        stack = cdk.Stack.of(self)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "ecs.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {
                        "aws:SourceArn": stack.format_arn(
                            service="ecs", resource="*", arn_format=cdk.ArnFormat.NO_RESOURCE_NAME
                        )
                    },
                },
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(_POLICY)],
        )
        acknowledge(
            self.role,
            f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",
            packs=("AwsSolutions",),
            reason="What Amazon ECS needs to create, attach and delete the volumes of tasks, and changes with Amazon "
            "ECS. It is limited to volumes with the tags of Amazon ECS, and nobody else assumes the role.",
        )

    def _allow_key(self, key: kms.IKey) -> None:
        """What Amazon EBS does with the key in the name of the role ("Data encryption for Amazon EBS volumes")."""
        policy = iam.ManagedPolicy(
            self,
            "KeyPolicy",
            statements=[
                iam.PolicyStatement(
                    actions=["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"],
                    resources=[key.key_arn],
                ),
                iam.PolicyStatement(
                    actions=["kms:CreateGrant"],
                    resources=[key.key_arn],
                    conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
                ),
            ],
        )
        self.role.add_managed_policy(policy)
