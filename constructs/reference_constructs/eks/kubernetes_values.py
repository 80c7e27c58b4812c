"""Types of Kubernetes values: versions, names, labels, and taints."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

# Versions in standard support, and the next three, which are about a year: what is further away is a typing error.
KubernetesVersion = Annotated[
    str,
    Field(
        pattern=r"^1\.3[5-9]$",
        examples=["1.36"],
        json_schema_extra=in_words("Kubernetes minor version from 1.35 to 1.39, in quotes"),
    ),
]
Namespace = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$",
        examples=["kube-system"],
        json_schema_extra=in_words(
            "1 to 63 lowercase letters, digits, and hyphens; starts and ends with a letter or a "
            "digit; `*` and `?` are wildcards"
        ),
    ),
]
# Kubernetes "Labels and Selectors": optional DNS prefix, then at most 63 characters.
LabelKey = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        examples=["example.com/team"],
        json_schema_extra=in_words(
            "Kubernetes label key: optional DNS prefix and slash, then 1 to 63 letters, digits, and "
            "the characters `_.-`"
        ),
    ),
]
LabelValue = Annotated[
    str,
    Field(
        pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$",
        examples=["shop"],
        json_schema_extra=in_words(
            "Kubernetes label value: up to 63 letters, digits, and the characters `_.-`; starts and "
            "ends with a letter or a digit"
        ),
    ),
]


class TaintOptions(Options):
    """Kubernetes taint, which keeps pods without a matching toleration off the node."""

    key: LabelKey
    """Key of the taint."""

    value: LabelValue = ""
    """Value of the taint."""

    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = "NO_SCHEDULE"
    """Effect on pods that do not tolerate the taint: they are not scheduled on the node (`NO_SCHEDULE`), are scheduled
    elsewhere if possible (`PREFER_NO_SCHEDULE`), or are also evicted from the node (`NO_EXECUTE`)."""
