"""Options of a Fargate profile."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.eks.kubernetes_values import Namespace
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.eks.nodes.node_values import TagValue
from reference_constructs.options import Options, in_words
from reference_constructs.value_types import TagKey

# Wildcards: "Define which Pods use AWS Fargate when launched", Fargate profile wildcards.
SelectorLabelKey = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9*?]([a-z0-9.*?-]{0,251}[a-z0-9*?])?/)?[A-Za-z0-9*?]([A-Za-z0-9_.*?-]{0,61}[A-Za-z0-9*?])?$",
        examples=["example.com/team"],
        json_schema_extra=in_words(
            "Kubernetes label key: optional DNS prefix and slash, then 1 to 63 letters, digits, and "
            "the characters `_.-`; `*` and `?` are wildcards"
        ),
    ),
]
# A label of a pod can be empty; EKS refuses an empty one in a selector (FargateProfileSelector, EKS API Reference).
SelectorLabelValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9*?]([A-Za-z0-9_.*?-]{0,61}[A-Za-z0-9*?])?$",
        examples=["shop"],
        json_schema_extra=in_words(
            "Kubernetes label value: 1 to 63 letters, digits, and the characters `_.-`; starts and "
            "ends with a letter or a digit; `*` and `?` are wildcards"
        ),
    ),
]


class FargateSelectorOptions(Options):
    """Selector of a Fargate profile. A pod matches if it is in the namespace and has all labels."""

    namespace: Namespace
    """Namespace of the pods. `*` and `?` are wildcards."""

    labels: Annotated[dict[SelectorLabelKey, SelectorLabelValue], Field(max_length=5)] = {}
    """Labels of the pods. `*` and `?` are wildcards in keys and values."""

    def matches(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether it selects pods.

        Args:
            namespace: Namespace of the pods.
            labels: Labels of the pods.
        """
        return fnmatchcase(namespace, self.namespace) and all(
            any(fnmatchcase(name, key) and fnmatchcase(held, value) for name, held in labels.items())
            for key, value in self.labels.items()
        )


class FargateProfileOptions(NodeOptions):
    """Fargate profile: pods that match a selector run on AWS Fargate, without EC2 instances in the account."""

    kind: Literal["fargate"] = "fargate"
    """Kind of nodes: a Fargate profile."""

    selectors: Annotated[tuple[FargateSelectorOptions, ...], Field(min_length=1, max_length=5)]
    """Selectors of the profile. A pod that matches one of them runs on AWS Fargate."""

    tags: dict[TagKey, TagValue] = {}
    """Tags of the Fargate profile, in addition to those of the environment. Pods do not get them."""

    def takes(self, namespace: str, labels: Mapping[str, str]) -> bool:
        """Whether some selector matches."""
        return any(selector.matches(namespace, labels) for selector in self.selectors)
