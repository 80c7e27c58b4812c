"""Options of an Amazon S3 bucket that pods mount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.storage.file_system_options import ClaimOptions, FileSystemOptions, Prefix
from reference_constructs.value_types import ResourceName


class BucketClaimOptions(ClaimOptions):
    """PersistentVolumeClaim of an Amazon S3 bucket."""

    prefix: Prefix | None = None
    """Prefix of the objects that are mounted. With `null`, all of the bucket is."""


class S3BucketOptions(FileSystemOptions):
    """Amazon S3 bucket that pods on EKS mount by Mountpoint for Amazon S3.

    Encrypted, without public access, with TLS only, and with versions of objects. Files are read at random and written
    from start to end; they cannot be changed.
    """

    kind: Literal["s3_bucket"] = "s3_bucket"
    """An Amazon S3 bucket."""

    noncurrent_version_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days after which versions that were replaced or deleted are removed."""

    writable: bool = True
    """Whether pods can create and delete files. With `false`, the IAM role of the driver only reads."""

    claims: Mapping[ResourceName, BucketClaimOptions] = {}
    """PersistentVolumeClaims of pods on EKS, by name. `make manifests` writes each together with its volume. Pods mount
    it by the name of the claim."""
