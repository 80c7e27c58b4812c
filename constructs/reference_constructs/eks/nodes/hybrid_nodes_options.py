"""Options of EKS Hybrid Nodes."""

from __future__ import annotations

from typing import ClassVar, Literal

from reference_constructs.eks.nodes.node_options import Capability, NodeOptions


class HybridNodesOptions(NodeOptions):
    """Hybrid nodes: machines of your own on premises.

    `nodeadm` joins them to the cluster with a hybrid activation of AWS Systems Manager (`docs/hybrid-nodes.md`). Here
    are only their IAM role and their access entry. They require `eks.remote_networks`.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset({"daemon_sets"})

    kind: Literal["hybrid"] = "hybrid"
    """Kind of nodes: hybrid nodes."""
