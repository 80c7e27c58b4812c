"""Rules of Karpenter and its controller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.add_ons.pods import NAMESPACE
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.karpenter_options import KarpenterOptions
from reference_constructs.eks.nodes.karpenter_versions import MINIMUM_VERSIONS, PINNED_VERSIONS
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import listed
from settings.rules.pods import daemon_sets
from settings.rules.rule import rule, warning
from settings.rules.subjects import nodes

_NODE = "eks.nodes.<name>"
# Of the pods of its Helm chart.
_LABELS: Final = {"app.kubernetes.io/name": "karpenter", "app.kubernetes.io/instance": "karpenter"}
_TOLERATIONS: Final = ({"key": "CriticalAddonsOnly", "operator": "Exists"},)
_VERSION_SOURCE: Final = "Compatibility, karpenter.sh; constructs/reference_constructs/eks/nodes/karpenter_versions.py"


@rule("Getting started, karpenter.sh: the controller; EKS Pod Identity restrictions", keys=("eks.nodes",))
def karpenter_has_nodes_for_its_controller(environment: Environment) -> Iterator[Problem]:
    """The controller starts all other nodes, and cannot start the first one; on Fargate it would get no credentials."""
    found = [node for _, node in nodes(environment)]
    can_hold = any("pod_identity" in node.capabilities and node.is_ready_at_creation for node in found)
    if any(True for _ in _karpenter(environment)) and not can_hold:
        yield Problem(
            path=("eks", "nodes"),
            finding="there is Karpenter, but there are no nodes that its controller can run on",
            fix="add a small managed node group, such as system: {kind: managed}",
        )


@warning("Karpenter's Helm chart, values: podAntiAffinity", keys=(f"{_NODE}.controller_replicas", "eks.nodes"))
def karpenter_replicas_have_nodes(environment: Environment) -> Iterator[Problem]:
    """Each pod of the controller needs a node of its own; the others stay pending, and the Helm release fails."""
    others = [node for _, node in nodes(environment) if not isinstance(node, KarpenterOptions | FargateProfileOptions)]
    groups = [node for node in others if isinstance(node, ManagedNodeGroupOptions)]
    room = sum(node.desired_size for node in groups if node.accepts(_TOLERATIONS))
    for path, node in _karpenter(environment):
        if others and len(groups) == len(others) and node.controller_replicas > room:
            yield Problem(
                path=(*path, "controller_replicas"),
                finding=f"there are {node.controller_replicas} pods of the controller, and managed node groups start "
                f"with {room} {'node' if room == 1 else 'nodes'} that they can run on",
                fix="raise desired_size, or lower controller_replicas",
            )


@rule(
    "EKS Pod Identity restrictions, Amazon EKS User Guide",
    keys=(f"{_NODE}.selectors[].namespace", f"{_NODE}.selectors[].labels"),
)
def fargate_profile_leaves_karpenter_to_nodes(environment: Environment) -> Iterator[Problem]:
    """Fargate has no EKS Pod Identity, so the controller of Karpenter would get no credentials there."""
    if not any(True for _ in _karpenter(environment)):
        return
    for path, node in nodes(environment):
        for index, selector in enumerate(node.selectors if isinstance(node, FargateProfileOptions) else ()):
            # A profile for all of kube-system takes add-ons from the nodes too, which another rule says.
            if selector.labels and selector.matches(NAMESPACE, _LABELS):
                yield Problem(
                    path=(*path, "selectors", index, "labels"),
                    finding="the selector matches the controller of Karpenter in kube-system, which nodes must run",
                    allowed="labels that its pods do not have",
                )


@rule(_VERSION_SOURCE, keys=(f"{_NODE}.version", "eks.kubernetes_version"))
def karpenter_version_is_pinned(environment: Environment) -> Iterator[Problem]:
    """An older version of Karpenter does not know a newer Kubernetes, so none is guessed."""
    for path, node in _karpenter(environment):
        kubernetes = environment.eks.kubernetes_version if environment.eks else ""
        if node.version is None and kubernetes not in PINNED_VERSIONS:
            yield Problem(
                path=(*path, "version"),
                finding=f"no version of Karpenter is pinned for Kubernetes {kubernetes}",
                fix="state the version, from the compatibility matrix of karpenter.sh",
            )


@warning(_VERSION_SOURCE, keys=(f"{_NODE}.version", "eks.kubernetes_version"))
def karpenter_version_fits_kubernetes(environment: Environment) -> Iterator[Problem]:
    """It may not start or replace nodes of a Kubernetes version that it does not know as it should."""
    for path, node in _karpenter(environment):
        kubernetes = environment.eks.kubernetes_version if environment.eks else ""
        least = MINIMUM_VERSIONS.get(kubernetes)
        if node.version is None or least is None:
            continue
        major, minor, _ = map(int, node.version.split("."))
        if (major, minor) < least:
            yield Problem(
                path=(*path, "version"),
                finding=f"Karpenter {node.version} is not for Kubernetes {kubernetes}",
                fix=f"use {least[0]}.{least[1]} or later, such as {PINNED_VERSIONS[kubernetes]}",
            )


@rule(
    "Getting started, karpenter.sh: private clusters",
    keys=(f"{_NODE}.image_repository", "network.nat_gateways", "registry.pull_through_cache"),
)
def karpenter_image_is_reached_without_nat(environment: Environment) -> Iterator[Problem]:
    """Without NAT gateways, no node can pull the controller's image from Amazon ECR Public."""
    for path, node in _without_nat(environment):
        if node.image_repository is None and "ecr-public" not in environment.registry.pull_through_cache:
            yield Problem(
                path=(*path, "image_repository"),
                finding="nat_gateways is none, and the controller's image is in Amazon ECR Public",
                fix="state a repository with a copy of it, or add ecr-public to registry.pull_through_cache",
            )


@warning(
    "Sync an upstream registry with an Amazon ECR private registry, considerations",
    keys=(f"{_NODE}.image_repository", "network.nat_gateways"),
)
def karpenter_image_was_pulled_before(environment: Environment) -> Iterator[Problem]:
    """The first pull of an image through the cache needs a route to the internet; only later ones do without."""
    for path, node in _without_nat(environment):
        if node.image_repository is None and "ecr-public" in environment.registry.pull_through_cache:
            yield Problem(
                path=(*path, "image_repository"),
                finding="nat_gateways is none, and the controller's image is pulled through the cache",
                fix="pull it once through the cache from where the internet is reached, then acknowledge this; or "
                "state a repository with a copy of it",
            )


@rule(
    "Access an AWS service using an interface VPC endpoint, AWS PrivateLink Guide: considerations",
    keys=(f"{_NODE}.image_repository", "region", "network.nat_gateways", "network.existing.internet_access"),
)
def karpenter_image_is_in_the_region_without_nat(environment: Environment) -> Iterator[Problem]:
    """A VPC endpoint leads to Amazon ECR in its own Region, and without NAT gateways nothing leads elsewhere."""
    for path, node in _karpenter(environment) if environment.network.without_internet else ():
        host = (node.image_repository or "").partition("/")[0]
        # A host without the name of a Region may be a registry of one's own, in the VPC.
        if ".dkr.ecr." in host and f".dkr.ecr.{environment.region}." not in host:
            yield Problem(
                path=(*path, "image_repository"),
                finding=f"{environment.network.without_internet}, and the repository is not in {environment.region}",
                fix=f"copy the image to a repository in {environment.region}",
            )


@rule(
    "EC2NodeClasses, karpenter.sh: spec.kubelet; DaemonSet, Kubernetes", keys=(f"{_NODE}.node_pools.<name>.max_pods",)
)
def karpenter_node_holds_the_daemon_sets(environment: Environment) -> Iterator[Problem]:
    """Without vpc-cni, kube-proxy, and the others on it, a node has no network, no storage, or no credentials."""
    names = daemon_sets(environment)
    for path, node in _karpenter(environment):
        for name, pool in node.node_pools.items():
            if pool.max_pods is not None and pool.max_pods < len(names):
                yield Problem(
                    path=(*path, "node_pools", name, "max_pods"),
                    finding=f"{pool.max_pods} pods fit on each node, but {listed(names)} run {len(names)}",
                    fix="use a larger max_pods",
                )


@warning("EC2NodeClasses, karpenter.sh: spec.amiSelectorTerms", keys=(f"{_NODE}.node_pools.<name>.ami_alias",))
def karpenter_ami_is_pinned_where_protected(environment: Environment) -> Iterator[Problem]:
    """All nodes are replaced when AWS releases an AMI, tested or not; Karpenter advises against it in production."""
    for path, node in _karpenter(environment) if environment.protected else ():
        latest = [name for name, pool in node.node_pools.items() if pool.ami_alias.endswith("@latest")]
        if latest:
            yield Problem(
                path=(*path, "node_pools", latest[0], "ami_alias"),
                finding=f"protected is true, and {listed(latest)} {'follows' if len(latest) == 1 else 'follow'} the "
                "latest AMI",
                fix="state a release, and change it when you have tested the next one",
            )


def _karpenter(environment: Environment) -> Iterator[tuple[KeyPath, KarpenterOptions]]:
    for path, node in nodes(environment):
        if isinstance(node, KarpenterOptions):
            yield path, node


def _without_nat(environment: Environment) -> Iterator[tuple[KeyPath, KarpenterOptions]]:
    if environment.network.nat_gateways == "none":
        yield from _karpenter(environment)
