"""The EKS add-ons that mount file systems into pods, by the kind of the file system."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

S3_DRIVER: Final = "aws-mountpoint-s3-csi-driver"
DRIVERS: Final[Mapping[str, str]] = {
    "efs": "aws-efs-csi-driver",
    "fsx_lustre": "aws-fsx-csi-driver",
    "s3_bucket": S3_DRIVER,
}
