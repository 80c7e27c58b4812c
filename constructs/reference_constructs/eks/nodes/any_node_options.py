"""The options of every kind of node, distinguished by `kind`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag

from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions


def _kind(node: object) -> object:
    return node.get("kind") if isinstance(node, Mapping) else getattr(node, "kind", None)


# A further kind of node is one line here and one in `kinds.py`.
AnyNodeOptions = Annotated[
    Annotated[ManagedNodeGroupOptions, Tag("managed")]
    | Annotated[FargateProfileOptions, Tag("fargate")]
    | Annotated[AutoModeOptions, Tag("auto_mode")]
    | Annotated[KarpenterOptions, Tag("karpenter")]
    | Annotated[HybridNodesOptions, Tag("hybrid")]
    | Annotated[SelfManagedNodesOptions, Tag("self_managed")],
    Discriminator(_kind),
]
