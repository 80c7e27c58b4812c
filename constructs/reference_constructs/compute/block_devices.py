"""The EBS volumes of an instance: encrypted, deleted with the instance."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms

from reference_constructs.compute.instance_options import OperatingSystem, VolumeType

# Bottlerocket keeps two copies of its own system, of 1 GB each, on the first device and all else on the second.
_BOTTLEROCKET_SYSTEM_GIB = 4


def encrypted_block_devices(
    *,
    operating_system: OperatingSystem,
    volume_gib: int,
    encryption_key: kms.IKey | None,
    volume_type: VolumeType = "gp3",
) -> list[ec2.BlockDevice]:
    """Devices under the names that the images use; under another name a volume would be added to the image's own.

    Args:
        operating_system: Bottlerocket has two volumes, the others have one; Windows has another name for it.
        volume_gib: Size of the volume that holds images and containers.
        encryption_key: Without it EBS uses the AWS managed key. Its policy must admit EC2
            (`EncryptionKey.allow_ebs_volumes`), or no instance starts.
        volume_type: Of all volumes.
    """
    if operating_system == "bottlerocket":
        sizes = {"/dev/xvda": _BOTTLEROCKET_SYSTEM_GIB, "/dev/xvdb": volume_gib}
    elif operating_system.startswith("windows"):
        sizes = {"/dev/sda1": volume_gib}
    else:
        sizes = {"/dev/xvda": volume_gib}
    return [
        ec2.BlockDevice(
            device_name=device_name,
            volume=ec2.BlockDeviceVolume.ebs(
                size,
                volume_type=ec2.EbsDeviceVolumeType[volume_type.upper()],
                encrypted=True,
                kms_key=encryption_key,
                delete_on_termination=True,
            ),
        )
        for device_name, size in sizes.items()
    ]
