"""What EKS Auto Mode consists of."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.relation import Misfit, relation

CAPABILITIES = {
    "compute": "ComputeConfig.Enabled",
    "block storage": "StorageConfig.BlockStorage.Enabled",
    "load balancing": "KubernetesNetworkConfig.ElasticLoadBalancing.Enabled",
}

_BUILT_IN = ("general-purpose", "system")


@relation("Enable EKS Auto Mode on an existing cluster; ComputeConfigRequest, Amazon EKS API Reference")
def auto_mode_is_on_or_off_as_a_whole(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a cluster that has some of the three capabilities of EKS Auto Mode and not the others."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        states = {name: cluster.get(path) is True for name, path in CAPABILITIES.items()}
        off = [name for name, is_on in states.items() if not is_on]
        if off and any(states.values()):
            yield Misfit(
                resource=cluster,
                finding=f"EKS Auto Mode is on without {' and '.join(off)}",
                fix=f"enable {' and '.join(off)}, or disable all three",
            )


@relation("ComputeConfigRequest, Amazon EKS API Reference: nodePools, nodeRoleArn")
def built_in_node_pools_have_a_role(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses built-in node pools without a role for their nodes, and such a role without node pools."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        if cluster.get("ComputeConfig.Enabled") is not True:
            continue
        pools, role = cluster.list("ComputeConfig.NodePools"), cluster.get("ComputeConfig.NodeRoleArn")
        if bool(pools) != bool(role):
            yield Misfit(
                resource=cluster,
                finding=f"there are {len(pools)} built-in node pools and {'a' if role else 'no'} role for their nodes",
                fix="state both NodePools and NodeRoleArn, or neither",
            )


@relation("ComputeConfigRequest, Amazon EKS API Reference: nodePools")
def built_in_node_pools_are_known(graph: Graph) -> Iterator[Misfit]:
    """Amazon EKS refuses a node pool that is not built in; others are made by manifests."""
    for cluster in graph.of_type("AWS::EKS::Cluster"):
        unknown = [str(each) for each in cluster.list("ComputeConfig.NodePools") if each not in _BUILT_IN]
        if unknown:
            finding = f"{', '.join(unknown)} is no built-in node pool"
            yield Misfit(resource=cluster, finding=finding, fix=f"name {' or '.join(_BUILT_IN)}")
