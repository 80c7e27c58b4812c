"""Rules of EKS Auto Mode, and of kinds of nodes that a cluster has once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts import instance_types
from reference_constructs.eks.add_ons.add_on_options import can_run
from reference_constructs.eks.add_ons.catalog import CATALOG
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once, is_on, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_ONCE: Final = {"auto_mode": "EKS Auto Mode", "karpenter": "Karpenter"}


@rule("ComputeConfigRequest, Amazon EKS API Reference; Getting started, karpenter.sh", keys=("eks.nodes.<name>",))
def node_kind_comes_once(environment: Environment) -> Iterator[Problem]:
    """A cluster has one EKS Auto Mode and one Karpenter, each with as many node pools as you like."""
    first: dict[str, str] = {}
    for path, node in nodes(environment):
        name = first.setdefault(node.kind, str(path[-1]))
        if node.kind in _ONCE and name != path[-1]:
            yield Problem(
                path=path,
                finding=f"{name} is of kind {node.kind} already, and {_ONCE[node.kind]} is there once",
                fix=f"move its node pools to eks.nodes.{name}.node_pools",
            )


@rule("Enable or Disable Built-in NodePools, Amazon EKS User Guide", keys=("eks.nodes.<name>.built_in_node_pools[]",))
def built_in_node_pool_comes_once(environment: Environment) -> Iterator[Problem]:
    """A node pool that is listed twice is enabled once."""
    for path, node in nodes(environment):
        if isinstance(node, AutoModeOptions):
            yield from come_once((*path, "built_in_node_pools"), node.built_in_node_pools)


@rule("Create a Node Pool for EKS Auto Mode, Amazon EKS User Guide", keys=("eks.nodes.<name>.built_in_node_pools",))
def auto_mode_has_a_node_pool(environment: Environment) -> Iterator[Problem]:
    """Without a node pool, EKS Auto Mode starts no node, and no pod runs on it."""
    for path, node in nodes(environment):
        if isinstance(node, AutoModeOptions) and not node.built_in_node_pools and not node.node_pools:
            yield Problem(
                path=(*path, "built_in_node_pools"),
                finding="there are neither built_in_node_pools nor node_pools",
                fix="add general-purpose or system, or a node pool of your own",
            )


@rule("Amazon EKS add-ons: considerations for EKS Auto Mode", keys=("eks.add_ons.<name>", "eks.nodes"))
def add_on_is_not_built_into_auto_mode(environment: Environment) -> Iterator[Problem]:
    """EKS Auto Mode does the work of the add-on by itself, and the pods of the add-on do not run on its nodes."""
    if environment.eks is None:
        return
    all_nodes = [node for _, node in nodes(environment)]
    for name in environment.eks.add_ons or {}:
        if any(name in node.built_in_add_ons for node in all_nodes) and not can_run(CATALOG[name], all_nodes):
            yield Problem(
                path=("eks", "add_ons", name),
                finding=f"{name} is built into EKS Auto Mode, and there are no other nodes that need it",
                fix="remove the add-on, or add nodes of another kind",
            )


@warning("Learn about Amazon EKS Auto Mode managed instances, Amazon EKS User Guide", keys=("eks.nodes",))
def auto_mode_is_alone(environment: Environment) -> Iterator[Problem]:
    """Both may start a node for one pod; AWS suggests one of the two, and both only while you move."""
    found = [node for _, node in nodes(environment) if isinstance(node, AutoModeOptions | KarpenterOptions)]
    if len({node.kind for node in found}) > 1:
        yield Problem(
            path=("eks", "nodes"),
            finding="there are both EKS Auto Mode and Karpenter",
            fix="use one of the two, or acknowledge that taints or node selectors keep their pods apart",
        )


@warning("Learn about VPC Networking and Load Balancing in EKS Auto Mode", keys=("eks.add_ons.<name>.configuration",))
def custom_networking_leaves_auto_mode_out(environment: Environment) -> Iterator[Problem]:
    """The VPC CNI add-on configures other nodes only; pods on EKS Auto Mode have addresses of the node's subnet."""
    add_on = ((environment.eks and environment.eks.add_ons) or {}).get("vpc-cni")
    variables = environment.eks.network_settings if environment.eks is not None and add_on is not None else {}
    stated = [name for name in _NETWORK_OF_OTHERS if is_on(variables.get(name))]
    if stated and any(isinstance(node, AutoModeOptions) for _, node in nodes(environment)):
        yield Problem(
            path=("eks", "add_ons", "vpc-cni", "configuration", "env"),
            finding=f"{listed(stated)} does not apply to nodes of EKS Auto Mode",
            fix="acknowledge that it is for the other nodes only",
        )


_NETWORK_OF_OTHERS: Final = ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "ENABLE_POD_ENI")


@warning(
    "Learn about Amazon EKS Auto Mode managed instances, Amazon EKS User Guide: supported instance reference",
    keys=("eks.nodes.<name>.node_pools.<name>.instance_types[]",),
)
def auto_mode_starts_the_type(environment: Environment) -> Iterator[Problem]:
    """EKS Auto Mode starts no instance of the sizes nano, micro, and small, and none with one vCPU."""
    for path, node in nodes(environment):
        for name, pool in (node.node_pools if isinstance(node, AutoModeOptions) else {}).items():
            for index, type_name in enumerate(pool.instance_types):
                facts = instance_types().get(type_name)
                if type_name.rpartition(".")[2] in ("nano", "micro", "small") or (facts and facts.vcpus == 1):
                    yield Problem(
                        path=(*path, "node_pools", name, "instance_types", index),
                        finding=f"EKS Auto Mode starts no {type_name}, which is too small",
                        fix="use a larger size",
                    )
