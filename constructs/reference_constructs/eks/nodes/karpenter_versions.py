"""Which version of Karpenter goes with which Kubernetes version: the one table to change on an upgrade.

Read from "Compatibility" (karpenter.sh, compatibility matrix) and the releases of aws/karpenter-provider-aws in August
2026. Before an upgrade of Kubernetes, read the matrix again, add a row, and read "Upgrade guide" for what a new minor
version of Karpenter changes. The manifests here have been checked against the custom resource definitions of 1.14.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PINNED_VERSIONS: Final[Mapping[str, str]] = MappingProxyType({"1.35": "1.14.1", "1.36": "1.14.1"})
"""Version of the Helm chart and of the controller, by Kubernetes version."""

MINIMUM_VERSIONS: Final[Mapping[str, tuple[int, int]]] = MappingProxyType({"1.35": (1, 9), "1.36": (1, 13)})
"""First minor version of Karpenter that works with a Kubernetes version."""
