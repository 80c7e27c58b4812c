"""All files of an environment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from manifests.auto_mode import auto_mode_files
from manifests.fargate_logs import fargate_log_files
from manifests.karpenter import karpenter_files
from manifests.load_balancer_controller import load_balancer_controller_files
from manifests.local_cluster import local_cluster_files
from manifests.manifest import ManifestFile, Values
from manifests.storage import storage_files
from settings import Environment

# A further subject is a module and a line here.
_SUBJECTS: Final[tuple[Callable[[Environment, Values], Iterator[ManifestFile]], ...]] = (
    auto_mode_files,
    karpenter_files,
    fargate_log_files,
    local_cluster_files,
    storage_files,
    load_balancer_controller_files,
)


def manifest_files(environment: Environment, values: Values) -> list[ManifestFile]:
    """Every manifest file that the environment needs; none if CloudFormation creates everything.

    Args:
        environment: The checked environment.
        values: Outputs of its stack `eks-cluster`, of which only those that are needed are read.
    """
    return [file for subject in _SUBJECTS for file in subject(environment, values)]
