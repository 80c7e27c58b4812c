"""Rules of where pods of the EKS cluster run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from reference_constructs.eks.nodes.managed_node_group_options import (
    MOST_NODES_OF_AN_UPDATE_PERCENT,
    ManagedNodeGroupOptions,
)
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import ascend, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes, some_node_supports

NODES_OF_A_GROUP = 450
NODES_OF_A_KIND = {"managed": 30, "fargate": 10}


@warning("Manage compute resources by using nodes, Amazon EKS User Guide", keys=("eks.nodes",))
def cluster_has_nodes(environment: Environment) -> Iterator[Problem]:
    """Pods have nowhere to run, and no add-on is installed, so that nodes of others find no network plugin."""
    if environment.eks is not None and not environment.eks.nodes:
        yield Problem(
            path=("eks", "nodes"),
            finding="there is an EKS cluster, but there are no nodes",
            fix="add nodes of any kind, such as general: {kind: managed}, or remove eks, or acknowledge that nodes and "
            "add-ons come by other means",
        )


@rule(
    "Manage CoreDNS for DNS in Amazon EKS clusters; containers-roadmap issue 1389; Taints and Tolerations, Kubernetes",
    keys=("eks.nodes", "eks.nodes.<name>.desired_size", "eks.nodes.<name>.taints", "eks.add_ons.<name>.configuration"),
)
def core_dns_has_a_node(environment: Environment) -> Iterator[Problem]:
    """Without a node that CoreDNS can run on, Amazon EKS waits 20 minutes for it, and then the deployment fails."""
    if any(name == "coredns" for name in _add_ons_without_node(environment)):
        yield Problem(
            path=("eks", "nodes"),
            finding="there is no node that CoreDNS can run on",
            fix="set desired_size above 0 for nodes without taints, or with taints that CoreDNS tolerates "
            "(CriticalAddonsOnly, startup taints, PREFER_NO_SCHEDULE, eks.add_ons.coredns.configuration.tolerations), "
            "and with the labels of its nodeSelector, if it has one",
        )


@warning(
    "Troubleshoot Amazon EKS add-ons; containers-roadmap issue 1389; Taints and Tolerations, Kubernetes",
    keys=("eks.nodes", "eks.nodes.<name>.desired_size", "eks.nodes.<name>.taints", "eks.add_ons.<name>.configuration"),
)
def add_on_has_a_node(environment: Environment) -> Iterator[Problem]:
    """An add-on whose pods cannot be scheduled is degraded, which fails the deployment."""
    names = [name for name in _add_ons_without_node(environment) if name != "coredns"]
    if names and not _has_nodes_at_creation(environment):
        yield Problem(
            path=("eks", "nodes"),
            finding=f"there is no node for {listed(names)} before the manifests of node pools are applied",
            fix="add other nodes, or enable a built-in node pool; or add the add-on once there are nodes",
        )
    elif names and "coredns" not in _add_ons_without_node(environment):
        yield Problem(
            path=("eks", "nodes"),
            finding=f"taints or labels keep {listed(names)} off every node",
            fix="add nodes without taints, or tolerations in the configuration of the add-on, whose nodeSelector must "
            "name labels of some node",
        )


def _has_nodes_at_creation(environment: Environment) -> bool:
    return any("daemon_sets" in node.capabilities and node.is_ready_at_creation for _, node in nodes(environment))


def _add_ons_without_node(environment: Environment) -> list[str]:
    """Installed add-ons some of whose pods have nowhere to run."""
    # Without such nodes, CoreDNS and the others run on Fargate.
    if environment.eks is None or not some_node_supports(environment, "daemon_sets"):
        return []
    all_nodes = list(environment.eks.nodes.values())
    # Those that come later hold none of them at creation, and CoreDNS runs on Fargate then, if there is a profile.
    if not _has_nodes_at_creation(environment) and any("daemon_sets" not in node.capabilities for node in all_nodes):
        return []
    return [
        row.name
        for row in environment.eks.installed_add_ons(all_nodes)
        for pods in row.pods
        if pods.replicas
        and not any(
            node.takes(row.namespace, pods.labels)
            or node.accepts(
                pods.tolerations_with(environment.eks.configuration_of(row, all_nodes)),
                pods.node_selector_with(environment.eks.configuration_of(row, all_nodes)),
            )
            for node in all_nodes
        )
    ]


@rule(
    "CreateNodegroup, Amazon EKS API Reference",
    keys=("eks.nodes.<name>.min_size", "eks.nodes.<name>.desired_size", "eks.nodes.<name>.max_size"),
)
def node_group_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a desired size that is less than the minimum size or greater than the maximum size."""
    for path, node in nodes(environment):
        if isinstance(node, ManagedNodeGroupOptions):
            yield from ascend(path, node, "min_size", "desired_size", "max_size")


@warning(
    "Amazon Elastic Kubernetes Service endpoints and quotas, AWS General Reference",
    keys=("eks.nodes", "eks.nodes.<name>.max_size"),
)
def nodes_are_within_the_quotas(environment: Environment) -> Iterator[Problem]:
    """A cluster has 30 managed node groups of 450 nodes and 10 Fargate profiles, unless the quotas are raised."""
    for path, node in nodes(environment):
        if isinstance(node, ManagedNodeGroupOptions) and node.max_size > NODES_OF_A_GROUP:
            yield Problem(
                path=(*path, "max_size"),
                finding=f"there can be {node.max_size} nodes, and the quota is {NODES_OF_A_GROUP}",
                fix="use several node groups, or have the quota raised and acknowledge this",
            )
    counts: Counter[str] = Counter(node.kind for _, node in nodes(environment))
    for kind, quota in NODES_OF_A_KIND.items():
        if counts[kind] > quota:
            yield Problem(
                path=("eks", "nodes"),
                finding=f"there are {counts[kind]} of kind {kind}, and the quota is {quota}",
                fix="use fewer, or have the quota raised and acknowledge this",
            )


@warning(
    "Update a managed node group for your cluster, Amazon EKS User Guide",
    keys=("eks.nodes.<name>.max_unavailable_percent", "eks.nodes.<name>.max_unavailable"),
)
def node_update_leaves_nodes(environment: Environment) -> Iterator[Problem]:
    """Most pods of the node group are evicted at once, and wait for the nodes that come."""
    for path, node in nodes(environment):
        if not isinstance(node, ManagedNodeGroupOptions) or not node.replaces_most_nodes_at_once:
            continue
        if node.max_unavailable is None:
            yield Problem(
                path=(*path, "max_unavailable_percent"),
                finding=f"an update replaces {node.max_unavailable_percent} percent of the nodes at the same time",
                fix=f"set {MOST_NODES_OF_AN_UPDATE_PERCENT} or less",
            )
        else:
            yield Problem(
                path=(*path, "max_unavailable"),
                finding=f"an update replaces {node.max_unavailable} of {node.desired_size} nodes at the same time",
                fix=f"set less than {node.desired_size}",
            )
