"""Rules of the network of pods that only some nodes take part in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts.node_capabilities import needs
from reference_constructs.eks.nodes.any_node_options import AnyNodeOptions
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import is_on, listed
from settings.rules.rule import warning
from settings.rules.subjects import local_cluster, nodes

_NEED: Final = "security_groups_for_pods"


@warning(
    "Assign security groups to individual Pods, Amazon EKS User Guide",
    keys=("eks.add_ons.<name>.configuration", "eks.nodes"),
)
def network_interfaces_for_pods_have_a_node(environment: Environment) -> Iterator[Problem]:
    """Pods with security groups of their own stay pending without Linux nodes on Nitro, of another family than t."""
    if environment.eks is None or not is_on(environment.eks.network_settings.get("ENABLE_POD_ENI")):
        return
    # Fargate has them without this setting.
    found = [node for _, node in nodes(environment) if not isinstance(node, FargateProfileOptions)]
    reasons = dict.fromkeys(map(_why_not, found))
    if reasons and "" not in reasons:
        yield Problem(
            path=("eks", "add_ons", "vpc-cni", "configuration", "env", "ENABLE_POD_ENI"),
            finding=f"no nodes give pods network interfaces: {listed(reasons)}",
            fix="use Linux nodes of another family, or remove ENABLE_POD_ENI",
        )


def _why_not(node: AnyNodeOptions) -> str:
    answer = needs()[_NEED].answers[node.kind]
    return f"{node.kind}: {answer.detail}" if answer.verdict == "no" else node.lacks(_NEED)


@warning(
    "Deploy pods in alternate subnets with custom networking; Create a Node Class for Amazon EKS; Learn about VPC "
    "networking and load balancing in EKS Auto Mode; AWS Fargate considerations, Amazon EKS User Guide",
    keys=("network.pod_cidr", "network.existing.pod_subnets", "eks.nodes"),
)
def subnets_for_pods_have_nodes(environment: Environment) -> Iterator[Problem]:
    """Fargate, Windows nodes, hybrid nodes, and built-in node pools of EKS Auto Mode use no subnets for pods alone."""
    if environment.eks is None or not environment.pod_prefix_lengths or local_cluster(environment) is not None:
        return
    found = [node for _, node in nodes(environment)]
    if found and not any(map(_uses_subnets_for_pods, found)):
        key = ("pod_cidr",) if environment.network.existing is None else ("existing", "pod_subnets")
        yield Problem(
            path=("network", *key),
            finding="there are subnets for pods, and no nodes use them",
            fix=f"remove {key[-1]}, or add Linux nodes, or node_pools of your own in EKS Auto Mode",
        )


def _uses_subnets_for_pods(node: AnyNodeOptions) -> bool:
    if isinstance(node, AutoModeOptions):
        return bool(node.node_pools)
    if isinstance(node, InstanceNodeOptions):
        return not node.is_windows
    return not isinstance(node, FargateProfileOptions | HybridNodesOptions)
