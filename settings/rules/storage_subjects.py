"""What rules of storage are about: file systems and claims of an environment, each with its path."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeVar

from reference_constructs.eks.nodes.node_options import NodeNeed
from reference_constructs.storage.file_system_options import ClaimOptions, FileSystemOptions
from settings.environment import Environment
from settings.problems import KeyPath

_Options = TypeVar("_Options", bound=FileSystemOptions)

# What mounting takes of nodes, by the names in `facts/node_capabilities.yaml`.
NEEDS: Final[dict[str, NodeNeed]] = {
    "efs": "efs",
    "fsx_lustre": "fsx_lustre",
    "fsx_ontap": "fsx_ontap",
    "s3_bucket": "s3_mountpoint",
}
FILE_SYSTEM: Final = "storage.file_systems.<name>"
CLAIM: Final = f"{FILE_SYSTEM}.claims.<name>"


def file_systems(environment: Environment, kind: type[_Options]) -> Iterator[tuple[KeyPath, str, _Options]]:
    """The file systems of a kind, with their names."""
    for name, each in environment.storage.file_systems.items():
        # To ask for the kind ends a rule at file systems of an unknown one (`settings/unknown.py`).
        if each.kind in NEEDS and isinstance(each, kind):
            yield ("storage", "file_systems", name), name, each


def claims(environment: Environment) -> Iterator[tuple[KeyPath, str, ClaimOptions, FileSystemOptions]]:
    """Every claim, with its name and its file system."""
    for path, _, file_system in file_systems(environment, FileSystemOptions):
        for name, claim in file_system.claims.items():
            yield (*path, "claims", name), name, claim, file_system


def is_mounted_by_pods(file_system: FileSystemOptions) -> bool:
    """Whether the file says that pods mount it."""
    return bool(file_system.claims) or getattr(file_system, "dynamic_provisioning", None) is not None
