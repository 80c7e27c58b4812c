"""The kinds of nodes that a cluster can have."""

from __future__ import annotations

from typing import assert_never

from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.auto_mode import AutoMode
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.binding import BoundNodes, NodeScope
from reference_constructs.eks.nodes.fargate_profile import FargateProfile
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.hybrid_nodes import HybridNodes
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.karpenter import Karpenter
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.managed_node_group import ManagedNodeGroup
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.self_managed_nodes import SelfManagedNodes
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions


def bind_nodes(scope: NodeScope, name: str, options: AnyNodeOptions) -> BoundNodes:
    """Define nodes of the kind that the options are for.

    Args:
        scope: What the cluster provides.
        name: Name of the nodes in the options of the cluster.
        options: Options of any kind.
    """
    match options:
        case ManagedNodeGroupOptions():
            return ManagedNodeGroup.bind(scope, name, options)
        case FargateProfileOptions():
            return FargateProfile.bind(scope, name, options)
        case AutoModeOptions():
            return AutoMode.bind(scope, name, options)
        case KarpenterOptions():
            return Karpenter.bind(scope, name, options)
        case HybridNodesOptions():
            return HybridNodes.bind(scope, name, options)
        case SelfManagedNodesOptions():
            return SelfManagedNodes.bind(scope, name, options)
        case _:
            assert_never(options)
