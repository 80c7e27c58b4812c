"""Rules of self-managed nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.eks.nodes.kubelet_settings import seconds_of
from reference_constructs.eks.nodes.self_managed_nodes_options import SelfManagedNodesOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import ascend
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes

_NODE: Final = "eks.nodes.<name>"
_HALF: Final = 50


@rule(
    "Create self-managed Amazon Linux nodes, Amazon EKS User Guide; nodeadm API reference, ClusterDetails",
    keys=(f"{_NODE}.kind", "eks.service_cidr"),
)
def self_managed_nodes_know_the_service_cidr(environment: Environment) -> Iterator[Problem]:
    """Nothing but their user data tells such nodes the addresses of services, which no template can read."""
    if environment.eks is None or environment.eks.service_cidr is not None or environment.eks.ip_family == "ipv6":
        return
    for path, node in _self_managed(environment):
        if not node.image_id:
            yield Problem(
                path=(*path, "kind"),
                finding="kind is self_managed, but eks.service_cidr is not stated",
                fix="state eks.service_cidr; for a cluster that exists, the one it has: "
                "aws eks describe-cluster --query cluster.kubernetesNetworkConfig.serviceIpv4Cidr",
            )


@rule("AWS::AutoScaling::AutoScalingGroup, AWS CloudFormation User Guide", keys=(f"{_NODE}.min_size",))
def self_managed_node_sizes_ascend(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 Auto Scaling refuses a minimum size that is greater than the maximum size."""
    for path, node in _self_managed(environment):
        yield from ascend(path, node, "min_size", "max_size")


@rule("Create Amazon EKS nodes on AWS Outposts, Amazon EKS User Guide", keys=(f"{_NODE}.on_demand_percent_above_base",))
def outpost_has_the_capacity(environment: Environment) -> Iterator[Problem]:
    """An AWS Outpost has no Spot Instances, so that no instance starts."""
    for path, node in _self_managed(environment):
        if node.location == "outpost" and node.uses_spot:
            yield Problem(
                path=(*path, "on_demand_percent_above_base"),
                value=node.on_demand_percent_above_base,
                allowed="100, because location is outpost",
            )


@warning(
    "Create Amazon Linux nodes on AWS Outposts, Amazon EKS User Guide; aws-ebs-csi-driver, docs/outposts.md",
    keys=(f"{_NODE}.volume_type",),
)
def outpost_has_the_volumes(environment: Environment) -> Iterator[Problem]:
    """Outposts racks of the first generation have no gp3 volumes, so that no instance starts there."""
    for path, node in _self_managed(environment):
        if node.location == "outpost" and node.volume_type == "gp3":
            yield Problem(
                path=(*path, "volume_type"),
                finding="location is outpost, and volume_type is gp3",
                fix="remove volume_type, or acknowledge that the rack is of the second generation",
            )


@warning(
    "InstancesDistribution, Amazon EC2 Auto Scaling API Reference: onDemandBaseCapacity",
    keys=(f"{_NODE}.on_demand_base", f"{_NODE}.on_demand_percent_above_base", f"{_NODE}.max_size"),
)
def spot_starts_above_the_base(environment: Environment) -> Iterator[Problem]:
    """Spot Instances start only above the base of On-Demand Instances, which so many nodes never reach."""
    for path, node in _self_managed(environment):
        if node.uses_spot and node.on_demand_base >= node.max_size:
            yield Problem(
                path=(*path, "on_demand_base"),
                finding=f"on_demand_base is {node.on_demand_base}, and max_size is {node.max_size}, so that no node is "
                "a Spot Instance",
                fix="lower on_demand_base, or remove on_demand_percent_above_base",
            )


@warning(
    "GetOutpostSupportedInstanceTypes, AWS Outposts API Reference; DescribeInstanceTypeOfferings, Amazon EC2 API "
    "Reference",
    keys=(f"{_NODE}.architecture", f"{_NODE}.location"),
)
def edge_has_the_architecture(environment: Environment) -> Iterator[Problem]:
    """Which types are there, only AWS says of the Outpost or zone; those known here have no Graviton processor."""
    for path, node in _self_managed(environment):
        if node.location in ("outpost", "wavelength_zone") and node.architecture == "arm64":
            stated = "" if "architecture" in node.model_fields_set else ", the default"
            yield Problem(
                path=(*path, "architecture"),
                finding=f"location is {node.location}, and architecture is arm64{stated}",
                fix="set architecture to x86_64, and use instance_types that are there, or acknowledge that these are",
            )


@warning(
    "Amazon EC2 Auto Scaling, instance refresh: minimum and maximum healthy percentage",
    keys=(f"{_NODE}.max_unavailable_percent", f"{_NODE}.update_strategy"),
)
def self_managed_update_leaves_nodes(environment: Environment) -> Iterator[Problem]:
    """Most nodes are terminated before the first new one is ready."""
    for path, node in _self_managed(environment):
        if node.update_strategy == "minimal" and node.max_unavailable_percent > _HALF:
            yield Problem(
                path=(*path, "max_unavailable_percent"),
                finding=f"an update terminates {node.max_unavailable_percent} percent of the nodes at the same time, "
                "before new ones start",
                fix=f"set {_HALF} or less",
            )


@warning(
    "Graceful node shutdown, Kubernetes; Replace managed node instances with instance refresh, Amazon EC2 Auto Scaling "
    "User Guide; AWS Node Termination Handler",
    keys=(f"{_NODE}.kind", f"{_NODE}.kubelet.<name>"),
)
def self_managed_nodes_stop_their_pods(environment: Environment) -> Iterator[Problem]:
    """Nothing drains such a node: an update, a scale-in, or a Spot interruption ends its pods in the middle of work."""
    for path, node in _self_managed(environment):
        if not seconds_of(node.kubelet.get("shutdownGracePeriod")):
            # Windows nodes take no configuration of the kubelet.
            period = "" if node.is_windows else "state kubelet.shutdownGracePeriod, such as 90s, or "
            yield Problem(
                path=(*path, "kind"),
                finding="no pod is given time to stop before its node is terminated",
                fix=f"{period}acknowledge that AWS Node Termination Handler drains the nodes",
            )


def _self_managed(environment: Environment) -> Iterator[tuple[KeyPath, SelfManagedNodesOptions]]:
    for path, node in instance_nodes(environment):
        if isinstance(node, SelfManagedNodesOptions):
            yield path, node
