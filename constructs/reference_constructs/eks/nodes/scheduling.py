"""Which pods can be scheduled on EC2 nodes, by taints and labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from reference_constructs.eks.nodes.node_options import InstanceNodeOptions

# Well-Known Labels, Annotations and Taints, Kubernetes; the others of AWS are of the VPC CNI plugin and the like.
_GIVEN_LABELS: Final = (".kubernetes.io", ".k8s.io", ".amazonaws.com", ".k8s.aws")


def can_be_scheduled(
    options: InstanceNodeOptions,
    tolerations: Sequence[Mapping[str, object]],
    node_selector: Mapping[str, object],
    given_labels: Mapping[str, Sequence[str]] | None = None,
) -> bool:
    """Whether neither a lasting taint nor a label keeps a pod off the nodes; not every value of a label is known.

    Args:
        options: Of the nodes.
        tolerations: Of the pod, as Kubernetes writes them.
        node_selector: Labels that the node must have for the pod.
        given_labels: Labels that whatever manages the nodes gives to them, with all values that they can have.
    """
    lasting = [taint for taint in options.taints if not taint.is_temporary]
    return not any(taint.keeps_off(tolerations) for taint in lasting) and _has_labels(
        options, node_selector, given_labels or {}
    )


def _has_labels(
    options: InstanceNodeOptions, node_selector: Mapping[str, object], given_labels: Mapping[str, Sequence[str]]
) -> bool:
    architecture = ["arm64" if options.architecture == "arm64" else "amd64"]
    system = "windows" if options.is_windows else "linux"
    known: dict[str, Sequence[str]] = {
        "kubernetes.io/arch": architecture,
        "beta.kubernetes.io/arch": architecture,
        "kubernetes.io/os": [system],
        "beta.kubernetes.io/os": [system],
        "node.kubernetes.io/instance-type": options.instance_types,
        "beta.kubernetes.io/instance-type": options.instance_types,
        **given_labels,
        **{key: [value] for key, value in options.labels.items()},
    }
    # Pods are of Linux, unless they say otherwise.
    wanted = {"kubernetes.io/os": "linux", **node_selector}
    return all(value in known[key] if key in known else _is_given(key) for key, value in wanted.items())


def _is_given(label: str) -> bool:
    """Whether AWS or Kubernetes gives such labels to nodes."""
    return f".{label.partition('/')[0]}".endswith(_GIVEN_LABELS) and "/" in label
