"""Rules of how many pods fit on the nodes of the EKS cluster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from facts import LARGE_NODE_VCPUS, PODS_ON_SMALL_NODES, instance_types
from reference_constructs.eks.add_ons.catalog import AddOn
from reference_constructs.eks.add_ons.pods import Pods
from reference_constructs.eks.nodes.karpenter_options import KarpenterPoolOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import is_on, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes, node_pools, nodes

_SOURCE = "Choosing an Amazon EC2 instance type, maximum Pods; amazon-vpc-cni-k8s, misc/eni-max-pods.txt"
# "Instances built on the AWS Nitro System", previous generations: all others with enough memory for pods.
XEN = (
    "t2.",
    "m4.",
    "c4.",
    "r4.",
    "m3.",
    "c3.",
    "r3.",
    "i2.",
    "i3.",
    "d2.",
    "p2.",
    "p3.2",
    "p3.8",
    "p3.16",
    "g3",
    "x1",
    "h1.",
)
_KEYS = ("eks.nodes.<name>.instance_types[]", "eks.nodes.<name>.max_pods")
_SIZES = ("eks.nodes", "eks.nodes.<name>.desired_size")


@rule(f"{_SOURCE}; DaemonSet, Kubernetes", keys=_KEYS)
def node_holds_the_daemon_sets(environment: Environment) -> Iterator[Problem]:
    """Without vpc-cni, kube-proxy, and the others on it, a node has no network, no storage, or no credentials."""
    names = daemon_sets(environment)
    for path, node in instance_nodes(environment):
        for index, name in enumerate(node.instance_types if not node.is_windows else ()):
            room = _pods_on(node, name)
            if room is not None and room < len(names):
                yield Problem(
                    path=(*path, "max_pods") if node.max_pods else (*path, "instance_types", index),
                    finding=f"{room} pods fit on each {name}, but {listed(names)} run {len(names)}",
                    fix="use a larger max_pods" if node.max_pods else "use larger instance types",
                )


@rule(f"{_SOURCE}; Troubleshoot Amazon EKS add-ons", keys=(*_KEYS, *_SIZES))
def nodes_hold_the_add_ons(environment: Environment) -> Iterator[Problem]:
    """An add-on some of whose pods stay pending is degraded, which fails the deployment."""
    room, needed = _room(environment), _replicas(environment)
    if room is not None and 0 <= room < needed.total():
        yield _too_small(room, needed)


@warning(_SOURCE, keys=(*_KEYS, *_SIZES))
def nodes_have_room_for_pods(environment: Environment) -> Iterator[Problem]:
    """Pods of your own would stay pending until there are more nodes, and no add-on adds nodes."""
    room, needed = _room(environment), _replicas(environment)
    if room is not None and room == needed.total():
        yield _too_small(room, needed)


@rule("Assign more IP addresses to Amazon EKS nodes with prefixes, considerations", keys=("eks.nodes.<name>.max_pods",))
def max_pods_is_what_eks_allows(environment: Environment) -> Iterator[Problem]:
    """Managed node groups have at most 110 pods on each node, and 250 from 30 vCPU on."""
    for path, node in instance_nodes(environment):
        small = [
            name
            for name in node.instance_types
            if name in instance_types() and instance_types()[name].vcpus <= LARGE_NODE_VCPUS
        ]
        if node.max_pods and node.max_pods > PODS_ON_SMALL_NODES and small:
            yield Problem(
                path=(*path, "max_pods"),
                value=node.max_pods,
                allowed=f"at most {PODS_ON_SMALL_NODES} with {listed(small)}",
            )


@warning(f"{_SOURCE}; Assign more IP addresses to Amazon EKS nodes with prefixes", keys=_KEYS)
def pods_have_an_address(environment: Environment) -> Iterator[Problem]:
    """Kubernetes would schedule pods on the node that get no address, and do not start there."""
    if environment.eks is None or environment.eks.ip_family == "ipv6":
        return
    has_prefixes = is_on(environment.eks.network_settings.get("ENABLE_PREFIX_DELEGATION"))
    for path, node in instance_nodes(environment):
        for name in node.instance_types:
            # Prefixes of Windows nodes have a setting of their own.
            if node.is_windows or (has_prefixes and not name.startswith(XEN)):
                continue
            room = instance_types()[name].max_pods if name in instance_types() else None
            if room is not None and node.max_pods is not None and room < node.max_pods <= PODS_ON_SMALL_NODES:
                yield Problem(
                    path=(*path, "max_pods"),
                    finding=f"max_pods is {node.max_pods}, but a {name} has addresses for {room} pods",
                    fix=f"lower max_pods to {room}, or "
                    + (
                        "use instances on the Nitro System, which alone have prefixes"
                        if has_prefixes
                        else "set ENABLE_PREFIX_DELEGATION in eks.add_ons.vpc-cni.configuration.env"
                    ),
                )


def _installed(environment: Environment) -> Iterator[tuple[AddOn, Pods]]:
    """Add-ons, and pods of theirs."""
    if environment.eks is not None:
        for row in environment.eks.installed_add_ons(environment.eks.nodes.values()):
            for pods in row.pods:
                yield row, pods


def daemon_sets(environment: Environment) -> list[str]:
    """Add-ons that have a pod on each node."""
    return [row.name for row, pods in _installed(environment) if pods.replicas is None]


def _replicas(environment: Environment) -> Counter[str]:
    """Pods of Deployments on nodes, by add-on."""
    counts: Counter[str] = Counter()
    if environment.eks is not None:
        all_nodes = list(environment.eks.nodes.values())
        for row, pods in _installed(environment):
            if not any(node.takes(row.namespace, pods.labels) for node in all_nodes):
                counts[row.name] += pods.replicas_with(environment.eks.configuration_of(row, all_nodes))
    return counts


def _room(environment: Environment) -> int | None:
    """Pods that fit beside the DaemonSets on the nodes after creation, or None where a fact is missing."""
    room = None
    if any(node.accepts(()) and not isinstance(node, InstanceNodeOptions) for _, node in nodes(environment)):
        # It starts as many nodes as there are pods for.
        return None
    for _, node in instance_nodes(environment):
        sizes = [_pods_on(node, name) for name in node.instance_types]
        if None in sizes:
            return None
        if node.accepts(()):
            smallest = min(size for size in sizes if size is not None)
            room = (room or 0) + node.initial_nodes * (smallest - len(daemon_sets(environment)))
    return room


def _pods_on(node: InstanceNodeOptions, instance_type: str) -> int | None:
    known = instance_types().get(instance_type)
    return node.max_pods or (known.max_pods if known else None)


def _too_small(room: int, needed: Counter[str]) -> Problem:
    names = listed(name for name in needed if needed[name])
    return Problem(
        path=("eks", "nodes"),
        finding=f"{room} pods fit on the nodes beside those of DaemonSets, and those of {names} are {needed.total()}",
        fix="raise desired_size, or use larger instance types",
    )


@warning(
    f"{_SOURCE}; EC2NodeClasses, karpenter.sh: spec.kubelet.maxPods",
    keys=("eks.nodes.<name>.node_pools.<name>.max_pods",),
)
def pods_of_karpenter_have_an_address(environment: Environment) -> Iterator[Problem]:
    """Kubernetes would schedule pods on the node that get no address, and do not start there."""
    eks = environment.eks
    if eks is None or eks.ip_family == "ipv6" or is_on(eks.network_settings.get("ENABLE_PREFIX_DELEGATION")):
        return
    for path, _, pool in node_pools(environment):
        if not isinstance(pool, KarpenterPoolOptions) or pool.max_pods is None:
            continue
        rooms = {
            name: each.max_pods
            for name, each in instance_types().items()
            if pool.allows_type(name) and each.architecture in pool.architectures
        }
        least = min(rooms, key=lambda name: (rooms[name], name), default="")
        if least and rooms[least] < pool.max_pods <= PODS_ON_SMALL_NODES:
            yield Problem(
                path=(*path, "max_pods"),
                finding=f"max_pods is {pool.max_pods}, but a {least}, which the pool allows, has addresses for "
                f"{rooms[least]} pods",
                fix="allow larger instance types only, or set ENABLE_PREFIX_DELEGATION in "
                "eks.add_ons.vpc-cni.configuration.env",
            )
