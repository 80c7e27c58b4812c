"""Types of Kubernetes values: versions, names, labels, and taints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options

# Versions in standard support, and the next three, which are about a year: what is further away is a typing error.
KubernetesVersion = Annotated[str, Field(pattern=r"^1\.3[5-9]$", examples=["1.36"])]
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$", examples=["kube-system"])]
# Kubernetes "Labels and Selectors": optional DNS prefix, then at most 63 characters.
LabelKey = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        examples=["example.com/team"],
    ),
]
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$", examples=["shop"])]


class TaintOptions(Options):
    """A Kubernetes taint, which keeps pods without a matching toleration off the node."""

    key: LabelKey
    """Key of the taint."""

    value: LabelValue = ""
    """Value of the taint."""

    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = "NO_SCHEDULE"
    """Effect on pods that do not tolerate the taint."""
