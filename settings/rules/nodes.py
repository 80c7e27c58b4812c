"""Rules of where pods of the EKS cluster run."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.eks.nodes.managed_node_group_options import (
    MOST_NODES_OF_AN_UPDATE_PERCENT,
    ManagedNodeGroupOptions,
)
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import ascend
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, some_node_supports


@rule("Amazon EKS User Guide, Compute", keys=("eks.nodes",))
def cluster_has_nodes(environment: Environment) -> Iterator[Problem]:
    """CoreDNS has nowhere to run; Amazon EKS waits 20 minutes for it, and then the deployment fails."""
    if environment.eks is not None and not environment.eks.nodes:
        yield Problem(
            path=("eks", "nodes"),
            finding="there is an EKS cluster, but there are no nodes",
            fix="add nodes of any kind, such as general: {kind: managed}, or remove eks",
        )


@rule(
    "Manage CoreDNS for DNS in Amazon EKS clusters",
    keys=("eks.nodes", "eks.nodes.<name>.desired_size", "eks.nodes.<name>.taints"),
)
def core_dns_has_a_node_without_taints(environment: Environment) -> Iterator[Problem]:
    """CoreDNS does not tolerate custom taints; Amazon EKS waits 20 minutes for it, and then the deployment fails."""
    # Without such nodes, CoreDNS runs on Fargate.
    if some_node_supports(environment, "daemon_sets") and not any(
        node.accepts_untolerated_pods for _, node in nodes(environment)
    ):
        yield Problem(
            path=("eks", "nodes"),
            finding="there is no node that CoreDNS can run on",
            fix="set desired_size above 0 for nodes without taints; PREFER_NO_SCHEDULE taints are allowed",
        )


@rule(
    "CreateNodegroup, Amazon EKS API Reference",
    keys=("eks.nodes.<name>.min_size", "eks.nodes.<name>.desired_size", "eks.nodes.<name>.max_size"),
)
def node_group_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a desired size that is less than the minimum size or greater than the maximum size."""
    for path, node in nodes(environment):
        if isinstance(node, ManagedNodeGroupOptions):
            sizes = {"min_size": node.min_size, "desired_size": node.desired_size, "max_size": node.max_size}
            yield from ascend(path, **sizes)


@warning(
    "Update a managed node group for your cluster, Amazon EKS User Guide",
    keys=("eks.nodes.<name>.max_unavailable_percent",),
)
def node_update_leaves_nodes(environment: Environment) -> Iterator[Problem]:
    """Most pods of the node group are evicted at once, and wait for the nodes that come."""
    for path, node in nodes(environment):
        if isinstance(node, ManagedNodeGroupOptions):
            percent = node.max_unavailable_percent
            if percent > MOST_NODES_OF_AN_UPDATE_PERCENT:
                yield Problem(
                    path=(*path, "max_unavailable_percent"),
                    finding=f"an update replaces {percent} percent of the nodes at the same time",
                    fix=f"set {MOST_NODES_OF_AN_UPDATE_PERCENT} or less",
                )
