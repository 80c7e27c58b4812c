"""Options of an EKS cluster: control plane, nodes, and add-ons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Discriminator, Tag

from reference_constructs.eks.add_ons.add_on_options import AddOnsOptions
from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.value_types import ResourceName


def _kind(node: object) -> object:
    return node.get("kind") if isinstance(node, Mapping) else getattr(node, "kind", None)


# A further kind of node is one line here and one in `nodes/kinds.py`.
AnyNodeOptions = Annotated[
    Annotated[ManagedNodeGroupOptions, Tag("managed")] | Annotated[FargateProfileOptions, Tag("fargate")],
    Discriminator(_kind),
]


class EksClusterOptions(AddOnsOptions, ControlPlaneOptions):
    """EKS cluster with its nodes and add-ons."""

    nodes: dict[ResourceName, AnyNodeOptions] = {}
    """Compute that runs the pods, by name: managed node groups, Fargate profiles, or both."""
