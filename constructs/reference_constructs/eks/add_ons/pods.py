"""The pods of an add-on, as far as it matters where they can run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

NAMESPACE: Final = "kube-system"
"""Namespace of the pods of an add-on, unless its row of the catalog says another."""


@dataclass(frozen=True, kw_only=True)
class Pods:
    """Pods of one DaemonSet, or of one Deployment.

    Attributes:
        labels: Labels by which a selector can choose them.
        replicas: Number of pods of a Deployment by default; None for a DaemonSet, which has one on each node.
        replicas_key: Configuration value of the add-on that sets the number, with dots between keys.
        tolerations: Tolerations by default, as Kubernetes writes them. Those of DaemonSets tolerate everything.
        tolerations_key: Configuration value of the add-on that replaces them, with dots between keys.
        node_selector_key: Configuration value of the add-on that sets their node selector, with dots between keys.
    """

    labels: Mapping[str, str]
    replicas: int | None = None
    replicas_key: str = ""
    tolerations: Sequence[Mapping[str, object]] = field(default_factory=tuple)
    tolerations_key: str = ""
    node_selector_key: str = ""

    def replicas_with(self, configuration: Mapping[str, object]) -> int:
        """Number of pods of a Deployment, with configuration values of the add-on; 0 for a DaemonSet."""
        stated = _at(configuration, self.replicas_key)
        return stated if isinstance(stated, int) else self.replicas or 0

    def tolerations_with(self, configuration: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """Tolerations, with configuration values of the add-on."""
        stated = _at(configuration, self.tolerations_key)
        if not isinstance(stated, list | tuple):
            return self.tolerations
        return [each for each in stated if isinstance(each, Mapping)]

    def node_selector_with(self, configuration: Mapping[str, object]) -> Mapping[str, object]:
        """Labels that a node must have, with configuration values of the add-on."""
        stated = _at(configuration, self.node_selector_key)
        return stated if isinstance(stated, Mapping) else {}


def _at(configuration: Mapping[str, object], key: str) -> object:
    value: object = configuration
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
