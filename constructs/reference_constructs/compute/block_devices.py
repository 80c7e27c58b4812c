"""The volumes of a node: encrypted, gp3, gone with the node."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

# Bottlerocket keeps two copies of its own system, of 1 GB each, on the first device and all else on the second.
_BOTTLEROCKET_SYSTEM_GIB = 4


def node_block_devices(
    *, operating_system: Literal["al2023", "bottlerocket"], volume_gib: int, encryption_key: kms.IKey | None = None
) -> list[ec2.BlockDevice]:
    """Devices under the names that the images use; under another name a volume would come on top.

    Args:
        operating_system: Amazon Linux 2023 has one volume, Bottlerocket has two.
        volume_gib: Size of the volume that holds images and containers.
        encryption_key: Without it EBS uses its own key. Its policy must admit EC2
            (`EncryptionKey.allow_ebs_volumes`), or no instance starts.
    """
    if operating_system == "bottlerocket":
        sizes = {"/dev/xvda": _BOTTLEROCKET_SYSTEM_GIB, "/dev/xvdb": volume_gib}
    else:
        sizes = {"/dev/xvda": volume_gib}
    return [
        ec2.BlockDevice(
            device_name=device_name,
            volume=ec2.BlockDeviceVolume.ebs(
                size,
                volume_type=ec2.EbsDeviceVolumeType.GP3,
                encrypted=True,
                kms_key=encryption_key,
                delete_on_termination=True,
            ),
        )
        for device_name, size in sizes.items()
    ]
