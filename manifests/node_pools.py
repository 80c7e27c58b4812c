"""NodePools, which EKS Auto Mode and Karpenter have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from manifests.manifest import Manifest, Values
from reference_constructs.eks.kubernetes_values import TaintOptions
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions

_ARCHITECTURES: Final = {"arm64": "arm64", "x86_64": "amd64"}
_CAPACITY_TYPES: Final = {"on_demand": "on-demand", "spot": "spot"}
_CONSOLIDATION: Final = {
    "when_empty": "WhenEmpty",
    "when_empty_or_underutilized": "WhenEmptyOrUnderutilized",
}


@dataclass(frozen=True, kw_only=True)
class NodeClassKind:
    """What differs between the two that start nodes.

    Attributes:
        group: API group of the node class.
        kind: Kind of the node class.
        labels: Domain of the labels of instances, such as `instance-family`.
    """

    group: str
    kind: str
    labels: str


def node_pool(
    name: str,
    pool: NodePoolOptions,
    node_class: NodeClassKind,
    *,
    expire_after_hours: int,
    requirements: Sequence[Manifest] = (),
    termination_grace_period: str | None = None,
) -> Manifest:
    """A NodePool whose nodes are of the node class of the same name.

    Args:
        name: Name of the pool.
        pool: Its options.
        node_class: Kind of the node class.
        expire_after_hours: Age at which a node is replaced.
        requirements: Further ones.
        termination_grace_period: After which a node ends even if pods of it do not want to; None waits for them.
    """
    spec: Manifest = {
        "nodeClassRef": {"group": node_class.group, "kind": node_class.kind, "name": name},
        "requirements": [*requirements, *_requirements(pool, node_class.labels)],
        "expireAfter": f"{expire_after_hours}h",
    }
    if termination_grace_period is not None:
        spec["terminationGracePeriod"] = termination_grace_period
    if pool.taints:
        spec["taints"] = [_taint(each) for each in pool.taints]
    limits = {"cpu": str(pool.cpu_limit)}
    if pool.memory_limit_gib is not None:
        limits["memory"] = f"{pool.memory_limit_gib}Gi"
    return {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": {"name": name},
        "spec": {
            "template": {**({"metadata": {"labels": dict(pool.labels)}} if pool.labels else {}), "spec": spec},
            "disruption": {
                "consolidationPolicy": _CONSOLIDATION[pool.consolidation],
                "consolidateAfter": f"{pool.consolidate_after_seconds}s",
                "budgets": [{"nodes": f"{pool.max_unavailable_percent}%"}],
            },
            "limits": limits,
        },
    }


def network_of(values: Values) -> dict[str, Any]:
    """Where nodes are, by ID: subnets of another stack, or of a VPC that exists, need no tags for it."""
    return {
        "subnetSelectorTerms": [{"id": each} for each in values["NodeSubnets"].split(",")],
        "securityGroupSelectorTerms": [{"id": values["ClusterSecurityGroup"]}],
    }


def requirement(key: str, operator: str, *values: str) -> Manifest:
    """One requirement of a NodePool."""
    return {"key": key, "operator": operator, "values": list(values)}


def _requirements(pool: NodePoolOptions, labels: str) -> Iterator[Manifest]:
    yield requirement("kubernetes.io/arch", "In", *(_ARCHITECTURES[each] for each in pool.architectures))
    yield requirement("karpenter.sh/capacity-type", "In", *(_CAPACITY_TYPES[each] for each in pool.capacity_types))
    if pool.instance_types:
        yield requirement("node.kubernetes.io/instance-type", "In", *pool.instance_types)
    elif pool.instance_families:
        yield requirement(f"{labels}/instance-family", "In", *pool.instance_families)
    else:
        yield requirement(f"{labels}/instance-category", "In", *pool.instance_categories)
        yield requirement(f"{labels}/instance-generation", "Gt", str(pool.min_instance_generation - 1))
    if pool.max_vcpus is not None:
        yield requirement(f"{labels}/instance-cpu", "Lt", str(pool.max_vcpus + 1))
    if pool.availability_zones is not None:
        yield requirement("topology.kubernetes.io/zone", "In", *pool.availability_zones)


def _taint(taint: TaintOptions) -> Mapping[str, str]:
    return {"key": taint.key, **({"value": taint.value} if taint.value else {}), "effect": taint.kubernetes_effect}
