"""What all kinds of file systems have in common: the kind, and the claims of pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field

from reference_constructs.options import Options, in_words
from reference_constructs.value_types import ResourceName

KubernetesNamespace = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        examples=["shop"],
        json_schema_extra=in_words("1 to 63 lowercase letters, digits, and hyphens"),
    ),
]
Prefix = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9._-]+/)+$",
        max_length=200,
        examples=["models/"],
        json_schema_extra=in_words("letters, digits, and the characters `._-/`; ends with a slash"),
    ),
]
DirectoryPath = Annotated[
    str,
    Field(
        pattern=r"^(/[A-Za-z0-9._-]+)+$",
        max_length=100,
        examples=["/uploads"],
        json_schema_extra=in_words("absolute path of letters, digits, and the characters `._-/`"),
    ),
]


class ClaimOptions(Options):
    """PersistentVolumeClaim of pods, and the PersistentVolume that is bound to it."""

    namespace: KubernetesNamespace
    """Kubernetes namespace of the claim, which is that of the pods. `make manifests` does not create it."""

    read_only: bool = False
    """Whether pods can only read the volume."""


class FileSystemOptions(Options):
    """File system, or a bucket that pods mount like one."""

    kind: str
    """Kind of the file system."""

    claims: Mapping[ResourceName, ClaimOptions] = {}
    """PersistentVolumeClaims of pods on EKS, by name. `make manifests` writes each together with its volume. Pods mount
    it by the name of the claim."""
