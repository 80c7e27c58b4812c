"""Where CoreDNS runs when a cluster is created."""

from __future__ import annotations

from collections.abc import Mapping

from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions


def needs_profile_for_core_dns(nodes: Mapping[str, AnyNodeOptions]) -> bool:
    """Whether CoreDNS has nothing but AWS Fargate to run on when the cluster is created.

    EKS Auto Mode alone needs none: each of its nodes answers its own pods.

    Args:
        nodes: All nodes of the cluster, by name.
    """
    if all("coredns" in options.built_in_add_ons for options in nodes.values()):
        return False
    return not any("daemon_sets" in options.capabilities and options.is_ready_at_creation for options in nodes.values())
