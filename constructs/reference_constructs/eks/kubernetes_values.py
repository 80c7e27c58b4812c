"""Types of Kubernetes values: versions, names, labels, and taints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

# Of versions 1.N in standard support.
OLDEST_IN_THE_REGION: Final = 35
# "Learn Kubernetes and Amazon EKS platform versions for AWS Outposts" names none after it (November 2026).
LATEST_ON_AN_OUTPOST: Final = 32

# Versions in standard support, and the next three, which are about a year: what is further away is a typing error.
# Local clusters on Outposts run those of the Region later, so a rule has more to say.
KubernetesVersion = Annotated[
    str,
    Field(
        pattern=r"^1\.3[2-9]$",
        examples=["1.36"],
        json_schema_extra=in_words("Kubernetes minor version from 1.32 to 1.39, in quotes"),
    ),
]
# A cluster can run a version whose support has ended, from which it is to be upgraded.
DeployedKubernetesVersion = Annotated[
    str,
    Field(
        pattern=r"^1\.(2[1-9]|3[0-9])$",
        examples=["1.34"],
        json_schema_extra=in_words("Kubernetes minor version from 1.21 to 1.39, in quotes"),
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
# Of a resource that exists, so without wildcards: "Namespaces", and "Object Names and IDs", Kubernetes.
NamespaceName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$",
        examples=["shop"],
        json_schema_extra=in_words(
            "1 to 63 lowercase letters, digits, and hyphens; starts and ends with a letter or a digit"
        ),
    ),
]
ServiceAccountName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$",
        max_length=253,
        examples=["orders"],
        json_schema_extra=in_words(
            "name of a Kubernetes service account: lowercase letters, digits, hyphens, and periods; starts and ends "
            "with a letter or a digit"
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


TaintEffect = Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"]
# As pods write them.
_EFFECTS: Final[Mapping[TaintEffect, str]] = {
    "NO_SCHEDULE": "NoSchedule",
    "PREFER_NO_SCHEDULE": "PreferNoSchedule",
    "NO_EXECUTE": "NoExecute",
}


class TaintOptions(Options):
    """Kubernetes taint, which keeps pods without a matching toleration off the node."""

    key: LabelKey
    """Key of the taint."""

    value: LabelValue = ""
    """Value of the taint."""

    effect: TaintEffect = "NO_SCHEDULE"
    """Effect on pods that do not tolerate the taint: they are not scheduled on the node (`NO_SCHEDULE`), are scheduled
    elsewhere if possible (`PREFER_NO_SCHEDULE`), or are also evicted from the node (`NO_EXECUTE`)."""

    @property
    def is_temporary(self) -> bool:
        """Whether it is a startup taint: an agent on the node removes it once it is ready.

        The CSI drivers (`ebs.csi.aws.com/agent-not-ready`) and Cilium (`node.cilium.io/agent-not-ready`) have such.
        """
        return self.key.endswith("/agent-not-ready")

    @property
    def kubernetes_effect(self) -> str:
        """The effect as manifests write it, such as `NoSchedule`."""
        return _EFFECTS[self.effect]

    def keeps_off(self, tolerations: Sequence[Mapping[str, object]]) -> bool:
        """Whether it keeps a pod with these tolerations off the node ("Taints and Tolerations", Kubernetes).

        Args:
            tolerations: As Kubernetes writes them.
        """
        return self.effect != "PREFER_NO_SCHEDULE" and not any(map(self._is_tolerated_by, tolerations))

    def _is_tolerated_by(self, toleration: Mapping[str, object]) -> bool:
        exists = toleration.get("operator") == "Exists"
        has_key = toleration.get("key") == self.key or (exists and not toleration.get("key"))
        has_value = exists or (toleration.get("value") or "") == self.value
        return has_key and has_value and toleration.get("effect") in (None, "", self.kubernetes_effect)


def minor_version(kubernetes_version: str) -> int:
    """The N of a version 1.N.

    Args:
        kubernetes_version: Such as `1.36`.
    """
    return int(kubernetes_version.partition(".")[2])
