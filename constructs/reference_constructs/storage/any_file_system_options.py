"""Options of file systems of every kind, distinguished by `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag

from reference_constructs.storage.efs_options import EfsOptions
from reference_constructs.storage.fsx_lustre_options import FsxLustreOptions
from reference_constructs.storage.fsx_ontap_options import FsxOntapOptions
from reference_constructs.storage.s3_bucket_options import S3BucketOptions


def _kind(file_system: object) -> object:
    return file_system.get("kind") if isinstance(file_system, Mapping) else getattr(file_system, "kind", None)


AnyFileSystemOptions = Annotated[
    Annotated[EfsOptions, Tag("efs")]
    | Annotated[FsxLustreOptions, Tag("fsx_lustre")]
    | Annotated[FsxOntapOptions, Tag("fsx_ontap")]
    | Annotated[S3BucketOptions, Tag("s3_bucket")],
    Discriminator(_kind),
]
