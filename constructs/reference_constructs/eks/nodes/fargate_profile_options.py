"""Options of a Fargate profile."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.eks.kubernetes_values import LabelKey, Namespace
from reference_constructs.eks.nodes.node_options import NodeOptions
from reference_constructs.options import Options, in_words

# A label of a node can be empty; EKS refuses an empty one in a selector (FargateProfileSelector, EKS API Reference).
SelectorLabelValue = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        examples=["shop"],
        json_schema_extra=in_words(
            "Kubernetes label value: 1 to 63 letters, digits, and the characters `_.-`; starts and "
            "ends with a letter or a digit"
        ),
    ),
]


class FargateSelectorOptions(Options):
    """Selector of a Fargate profile. A pod matches if it is in the namespace and has all labels."""

    namespace: Namespace
    """Namespace of the pods. `*` and `?` are wildcards."""

    labels: Annotated[dict[LabelKey, SelectorLabelValue], Field(max_length=5)] = {}
    """Labels of the pods."""


class FargateProfileOptions(NodeOptions):
    """Fargate profile: pods that match a selector run on AWS Fargate, without EC2 instances in the account."""

    kind: Literal["fargate"] = "fargate"
    """Kind of nodes: a Fargate profile."""

    selectors: Annotated[tuple[FargateSelectorOptions, ...], Field(min_length=1, max_length=5)]
    """Selectors of the profile. A pod that matches one of them runs on AWS Fargate."""
