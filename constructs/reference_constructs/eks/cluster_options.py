"""Options of an EKS cluster: control plane, nodes, and add-ons."""

from __future__ import annotations

from reference_constructs.eks.add_ons.add_on_options import AddOnsOptions
from reference_constructs.eks.control_plane_options import ControlPlaneOptions
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.value_types import ResourceName


class EksClusterOptions(AddOnsOptions, ControlPlaneOptions):
    """EKS cluster with its nodes and add-ons."""

    nodes: dict[ResourceName, AnyNodeOptions] = {}
    """Compute that runs the pods, by name: managed node groups, Fargate profiles, or both."""
