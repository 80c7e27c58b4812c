"""The hardened launch template of everything that starts EC2 instances."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from reference_constructs.compute.block_devices import encrypted_block_devices
from reference_constructs.compute.instance_options import OperatingSystem, VolumeType


class HardenedLaunchTemplate(ec2.LaunchTemplate):
    """A launch template with IMDSv2, hop limit 1, encrypted volumes, and detailed monitoring.

    With hop limit 1 the host and its agents reach instance metadata, and a container with a network namespace of its
    own behind a bridge or a veth pair does not, so it cannot take the role of the instance. A task in network mode
    `awsvpc` has a network interface of its own, which the hop limit does not stop: `Ec2Capacity` configures the ECS
    agent for that.

    Attributes:
        security_groups_of_instances: Those of the instances that are known here.
    """

    security_groups_of_instances: Sequence[ec2.ISecurityGroup]

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        operating_system: OperatingSystem,
        volume_gib: int,
        volume_key: kms.IKey | None,
        volume_type: VolumeType = "gp3",
        machine_image: ec2.IMachineImage | None = None,
        user_data: ec2.UserData | None = None,
        role: iam.IRole | None = None,
        security_group: ec2.ISecurityGroup | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
    ) -> None:
        """Define the launch template.

        Args:
            scope: Parent.
            construct_id: ID in the parent.
            operating_system: Decides the names of the volumes.
            volume_gib: Size of the volume that holds images and containers.
            volume_key: Encrypts the volumes; without it EBS uses the AWS managed key. Its policy must admit EC2
                (`EncryptionKey.allow_ebs_volumes`), or no instance starts.
            volume_type: Type of the volumes.
            machine_image: Image to start from; None where a service chooses it, such as EKS for a managed node group.
            user_data: Script or settings for the first start.
            role: Role of the instances; None where a service sets it.
            security_group: Security group of the instances, on a network interface without a public address; None where
                a service describes the network interface.
            security_groups: Further security groups of the instances; alone where a service describes the network
                interface but does not set all of them.
        """
        groups = [*([security_group] if security_group else []), *security_groups]
        self.security_groups_of_instances = groups
        super().__init__(
            scope,
            construct_id,
            machine_image=machine_image,
            user_data=user_data,
            role=role,
            security_group=next(iter(groups), None),
            # A network interface is described only together with a security group.
            associate_public_ip_address=False if security_group is not None else None,
            detailed_monitoring=True,
            require_imdsv2=True,
            http_put_response_hop_limit=1,
            block_devices=encrypted_block_devices(
                operating_system=operating_system,
                volume_gib=volume_gib,
                encryption_key=volume_key,
                volume_type=volume_type,
            ),
        )
        for further in groups[1:]:
            self.add_security_group(further)
