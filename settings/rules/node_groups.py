"""Rules of managed node groups: their updates, repairs, warm pools, and what is theirs alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from facts import instance_types
from reference_constructs.eks.nodes.fargate_profile_options import FargateProfileOptions
from reference_constructs.eks.nodes.managed_node_group_options import ManagedNodeGroupOptions
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import come_once, is_on, listed
from settings.rules.rule import rule, warning
from settings.rules.subjects import instance_nodes, managed_node_groups, nodes, some_node_supports

_NODE: Final = "eks.nodes.<name>"
_WARM_POOLS: Final = "Use warm pools with managed node groups, Amazon EKS User Guide"
_HIBERNATED_GIB: Final = {"linux": 150, "windows": 16}
_DEFAULT_PERCENT: Final = ManagedNodeGroupOptions.model_fields["max_unavailable_percent"].default


@rule("NodegroupUpdateConfig, Amazon EKS API Reference; aws_eks_v2.Nodegroup", keys=(f"{_NODE}.max_unavailable",))
def node_update_is_of_nodes_that_there_are(environment: Environment) -> Iterator[Problem]:
    """The CDK refuses a number that is greater than the maximum number of nodes."""
    for path, node in managed_node_groups(environment):
        if node.max_unavailable and node.max_unavailable > node.max_size:
            yield Problem(
                path=(*path, "max_unavailable"),
                value=node.max_unavailable,
                allowed=f"at most max_size, which is {node.max_size}",
            )


@rule("NodegroupUpdateConfig, Amazon EKS API Reference", keys=(f"{_NODE}.max_unavailable",))
def node_update_has_one_maximum(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS takes a number or a percentage."""
    for path, node in managed_node_groups(environment):
        if node.max_unavailable and node.max_unavailable_percent != _DEFAULT_PERCENT:
            yield Problem(
                path=(*path, "max_unavailable"),
                finding="there are max_unavailable and max_unavailable_percent",
                fix="remove one of the two",
            )


@rule(
    "NodeRepairConfig, Amazon EKS API Reference",
    keys=(f"{_NODE}.node_repair.max_unhealthy_percent", f"{_NODE}.node_repair.max_parallel_percent"),
)
def node_repair_has_one_maximum(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS takes a number or a percentage."""
    for path, node in managed_node_groups(environment):
        for key in ("max_unhealthy", "max_parallel"):
            number, percent = (getattr(node.node_repair, f"{key}_{unit}") for unit in ("count", "percent"))
            if number is not None and percent is not None:
                yield Problem(
                    path=(*path, "node_repair", f"{key}_percent"),
                    finding=f"there are {key}_count and {key}_percent",
                    fix="remove one of the two",
                )


@rule(_WARM_POOLS, keys=(f"{_NODE}.warm_pool.state", f"{_NODE}.warm_pool.reuse_on_scale_in"))
def warm_pool_is_one_of_bottlerocket(environment: Environment) -> Iterator[Problem]:
    """Amazon EKS refuses to hibernate and to reuse instances with Bottlerocket."""
    for path, node in managed_node_groups(environment):
        if node.warm_pool is None or node.operating_system != "bottlerocket":
            continue
        if node.warm_pool.state == "hibernated":
            yield Problem(
                path=(*path, "warm_pool", "state"),
                finding="operating_system is bottlerocket, and the state of the warm pool is hibernated",
                allowed="stopped or running",
            )
        if node.warm_pool.reuse_on_scale_in:
            yield Problem(
                path=(*path, "warm_pool", "reuse_on_scale_in"),
                finding="operating_system is bottlerocket, and instances return to the warm pool",
                allowed="false",
            )


@rule(f"PutWarmPool, Amazon EC2 Auto Scaling API Reference; {_WARM_POOLS}", keys=(f"{_NODE}.warm_pool",))
def warm_pool_is_on_demand(environment: Environment) -> Iterator[Problem]:
    """An Auto Scaling group that starts Spot Instances cannot have a warm pool."""
    for path, node in managed_node_groups(environment):
        if node.warm_pool is not None and node.uses_spot:
            yield Problem(
                path=(*path, "warm_pool"),
                finding="capacity_type is spot, and there is a warm pool",
                fix="remove one of the two",
            )


@rule(
    "Prerequisites for EC2 instance hibernation, Amazon EC2 User Guide",
    keys=(f"{_NODE}.warm_pool.state", f"{_NODE}.instance_types[]", f"{_NODE}.volume_gib"),
)
def hibernated_instance_has_room_for_its_memory(environment: Environment) -> Iterator[Problem]:
    """Amazon EC2 writes the memory to the root volume, up to a limit for each operating system, and no bare metal's."""
    for path, node in managed_node_groups(environment):
        if node.warm_pool is None or node.warm_pool.state != "hibernated" or node.operating_system == "bottlerocket":
            continue
        most = _HIBERNATED_GIB["windows" if node.is_windows else "linux"]
        for index, name in enumerate(node.instance_types):
            memory = instance_types()[name].memory_mib / 1024 if name in instance_types() else 0
            if ".metal" in name or memory > most:
                yield Problem(
                    path=(*path, "instance_types", index),
                    finding=f"the warm pool is hibernated, and {name} has {memory:g} GiB of memory"
                    f"{' on bare metal' if '.metal' in name else ''}",
                    allowed=f"a virtual instance type with at most {most} GiB",
                )
            elif memory >= node.volume_gib:
                yield Problem(
                    path=(*path, "volume_gib"),
                    value=node.volume_gib,
                    allowed=f"more than {memory:g}, the memory of {name}, because the warm pool is hibernated",
                )


@rule("VPC and subnet requirements, Amazon EKS User Guide", keys=(f"{_NODE}.availability_zones[]",))
def node_zone_is_one_of_the_environment(environment: Environment) -> Iterator[Problem]:
    """Nodes are in subnets of the VPC, which has them in the zones of the environment."""
    for path, node in instance_nodes(environment):
        for index, zone in enumerate(node.availability_zones or ()):
            if zone not in environment.availability_zones:
                yield Problem(
                    path=(*path, "availability_zones", index),
                    value=zone,
                    allowed=listed(environment.availability_zones, "or"),
                )


@warning("Regions and Zones, Amazon EC2 User Guide", keys=(f"{_NODE}.availability_zones",))
def nodes_are_in_several_zones(environment: Environment) -> Iterator[Problem]:
    """All pods are gone with the zone, though the control plane outlives it."""
    found = list(instance_nodes(environment))
    elsewhere = any(node.subnet_ids for _, node in found)
    # A Fargate profile takes its own pods only, so that it is no way out for those of nodes.
    every = [node for _, node in nodes(environment) if not isinstance(node, FargateProfileOptions)]
    if elsewhere or len(found) < len(every) or not some_node_supports(environment, "daemon_sets"):
        # Other nodes, such as those of EKS Auto Mode, are in all zones; those of subnets that exist are not known.
        return
    zones = {zone for _, node in found for zone in node.availability_zones or environment.availability_zones}
    if len(zones) == 1:
        path, _ = found[0]
        yield Problem(
            path=(*path, "availability_zones"),
            finding=f"all nodes of the cluster are in {zones.pop()}",
            fix="add nodes in another zone",
        )


@rule(
    "CreateNodegroup, Amazon EKS API Reference; AttachRolePolicy, AWS IAM API Reference",
    keys=(f"{_NODE}.availability_zones[]", f"{_NODE}.policy_arns[]", f"{_NODE}.security_group_ids[]"),
)
def zone_policy_and_group_come_once(environment: Environment) -> Iterator[Problem]:
    """What is listed twice says nothing more, and AWS refuses it."""
    for path, node in instance_nodes(environment):
        for key in ("availability_zones", "policy_arns", "security_group_ids"):
            yield from come_once((*path, key), getattr(node, key) or ())


@rule("Assign security groups to individual Pods, Amazon EKS User Guide", keys=(f"{_NODE}.needs[]", "eks.needs[]"))
def security_groups_for_pods_are_on(environment: Environment) -> Iterator[Problem]:
    """The VPC CNI plugin gives pods no network interfaces of their own unless it is told to."""
    if environment.eks is None or is_on(environment.eks.network_settings.get("ENABLE_POD_ENI")):
        return
    needed: list[tuple[KeyPath, tuple[str, ...]]] = [
        (path, node.needs) for path, node in instance_nodes(environment) if not node.is_windows
    ]
    # Others, such as Fargate, have them without it.
    if all(isinstance(node, InstanceNodeOptions) for _, node in nodes(environment)):
        needed.append((("eks",), environment.eks.needs))
    for path, needs in needed:
        if "security_groups_for_pods" in needs:
            yield Problem(
                path=(*path, "needs", needs.index("security_groups_for_pods")),
                finding="the VPC CNI plugin does not offer security groups for pods",
                fix='set ENABLE_POD_ENI to "true" in eks.add_ons.vpc-cni.configuration.env',
            )
