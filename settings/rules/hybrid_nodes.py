"""Rules of EKS Hybrid Nodes and their networks."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from reference_constructs.eks.nodes.hybrid_nodes_options import HybridNodesOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_SOURCE = "Prepare networking for hybrid nodes, Amazon EKS User Guide"
_REMOTE = ("eks", "remote_networks")
_CIDRS = (f"{'.'.join(_REMOTE)}.node_cidrs[]", f"{'.'.join(_REMOTE)}.pod_cidrs[]")
# Both are what EKS chooses where nothing is stated (KubernetesNetworkConfigRequest, Amazon EKS API Reference).
_CHOSEN_BY_EKS = (IPv4Network("10.100.0.0/16"), IPv4Network("172.20.0.0/16"))


@rule(_SOURCE, keys=("eks.nodes.<name>.kind", "eks.access_entries.<name>.type", ".".join(_REMOTE)))
def hybrid_nodes_have_remote_networks(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS admits hybrid nodes from the remote networks of the cluster only."""
    for path, node in nodes(environment):
        if isinstance(node, HybridNodesOptions) and environment.eks and environment.eks.remote_networks is None:
            yield Problem(
                path=(*path, "kind"),
                finding="there are hybrid nodes, but no remote_networks",
                fix="add eks.remote_networks with the node_cidrs of the machines",
            )
    if environment.eks is not None and environment.eks.remote_networks is None:
        for name, entry in environment.eks.access_entries.items():
            if entry.type == "HYBRID_LINUX":
                yield Problem(
                    path=("eks", "access_entries", name, "type"),
                    finding="the entry admits hybrid nodes, but there are no remote_networks",
                    fix="add eks.remote_networks with the node_cidrs of the machines",
                )


@rule(
    "Amazon EKS Hybrid Nodes overview; Manage compute resources by using nodes, Amazon EKS User Guide",
    keys=(".".join(_REMOTE), "eks.nodes.<name>.kind", "region"),
)
def hybrid_nodes_are_offered_in_the_region(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS has no hybrid nodes in the AWS GovCloud (US) Regions and in the China Regions."""
    if environment.eks is None or not environment.region.startswith(("us-gov-", "cn-")):
        return
    finding = f"but Amazon EKS has no hybrid nodes in {environment.region}"
    hybrid = [path for path, node in nodes(environment) if isinstance(node, HybridNodesOptions)]
    for path in hybrid:
        yield Problem(
            path=(*path, "kind"), finding=f"there are hybrid nodes, {finding}", fix="use nodes of another kind"
        )
    if environment.eks.remote_networks is not None and not hybrid:
        yield Problem(path=_REMOTE, finding=f"there are remote_networks, {finding}", fix="remove remote_networks")


@rule(
    f"{_SOURCE}; RemoteNetworkConfigRequest, Amazon EKS API Reference",
    keys=(*_CIDRS, "network.cidr", "network.pod_cidr", "network.existing.cidrs"),
)
def remote_network_is_apart_from_the_vpc(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a remote network that overlaps the VPC: traffic would not leave it."""
    for path, cidr in _remote_cidrs(environment):
        for block in environment.network.cidrs:
            if cidr.overlaps(block):
                yield _overlap(path, cidr, block, environment.network.says_of(block))


@rule(f"{_SOURCE}; RemoteNetworkConfigRequest, Amazon EKS API Reference", keys=(*_CIDRS, "eks.service_cidr"))
def remote_network_is_apart_from_services(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses a remote network that overlaps the services: traffic to some machines would go to those."""
    stated = environment.eks.service_cidr if environment.eks else None
    for path, cidr in _remote_cidrs(environment):
        if stated is not None and cidr.overlaps(stated):
            yield _overlap(path, cidr, stated, "service_cidr")


@warning(
    "KubernetesNetworkConfigRequest, Amazon EKS API Reference: serviceIpv4Cidr", keys=(*_CIDRS, "eks.service_cidr")
)
def remote_network_is_apart_from_what_eks_chooses(environment: Environment) -> Iterator[Problem]:
    """Without service_cidr, Amazon EKS chooses one of two, and refuses the remote network if it is that one."""
    if environment.eks is None or environment.eks.service_cidr is not None:
        return
    for path, cidr in _remote_cidrs(environment):
        for chosen in _CHOSEN_BY_EKS:
            if cidr.overlaps(chosen):
                yield Problem(
                    path=path,
                    finding=f"{cidr} overlaps {chosen}, which Amazon EKS may choose for services",
                    fix="state eks.service_cidr, before the cluster is created",
                )


@rule(_SOURCE, keys=_CIDRS)
def remote_networks_are_apart(environment: Environment) -> Iterator[Problem]:
    """Hybrid nodes and their pods must have addresses of their own, or replies go to the wrong ones."""
    seen: list[IPv4Network] = []
    for path, cidr in _remote_cidrs(environment):
        for other in seen:
            if cidr.overlaps(other):
                yield _overlap(path, cidr, other, "another remote network")
        seen.append(cidr)


@warning(
    "Hybrid nodes prerequisites; Create a cluster for hybrid nodes, Amazon EKS User Guide",
    keys=("eks.endpoint.access", ".".join(_REMOTE)),
)
def endpoint_of_hybrid_nodes_is_public_or_private(environment: Environment) -> Iterator[Problem]:
    """The name of such an endpoint has public addresses on premises, which keeps hybrid nodes from joining."""
    if environment.eks is None or environment.eks.remote_networks is None:
        return
    if environment.eks.endpoint.access == "public_and_private":
        yield Problem(
            path=("eks", "endpoint", "access"),
            finding="access is public_and_private, and there are remote_networks",
            fix="set access to private or public, or acknowledge that your resolver gives the private addresses",
        )


def _remote_cidrs(environment: Environment) -> Iterator[tuple[KeyPath, IPv4Network]]:
    remote = environment.eks.remote_networks if environment.eks else None
    if remote is not None:
        for key, cidrs in (("node_cidrs", remote.node_cidrs), ("pod_cidrs", remote.pod_cidrs)):
            for index, cidr in enumerate(cidrs):
                yield (*_REMOTE, key, index), cidr


def _overlap(path: KeyPath, cidr: IPv4Network, other: IPv4Network, what: str) -> Problem:
    return Problem(path=path, finding=f"{cidr} overlaps {other}, {what}", fix="use another CIDR block")
