"""Node pools of one's own in EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from manifests.manifest import Manifest, ManifestFile, Values
from manifests.node_pools import NodeClassKind, network_of, node_pool
from reference_constructs.eks.nodes.auto_mode_options import AutoModeOptions, AutoModePoolOptions
from settings import Environment

_NODE_CLASS: Final = NodeClassKind(group="eks.amazonaws.com", kind="NodeClass", labels="eks.amazonaws.com")
# The rest of the 21 days that an instance can be old, after at most 20 as a node.
_TERMINATION_GRACE_PERIOD: Final = "24h"


def auto_mode_files(environment: Environment, values: Values) -> Iterator[ManifestFile]:
    """A NodeClass and a NodePool for each pool, and what turns network policies on."""
    for options in environment.eks.nodes.values() if environment.eks else ():
        if isinstance(options, AutoModeOptions):
            documents = list(_documents(environment, options, values))
            if documents:
                about = ["EKS Auto Mode: network policies, and node pools of your own.", "kubectl apply --filename ..."]
                yield ManifestFile(path="auto-mode.yaml", about=about, documents=documents)


def _documents(environment: Environment, options: AutoModeOptions, values: Values) -> Iterator[Manifest]:
    if not _has_vpc_cni(environment):
        yield _network_policies()
    for name, pool in options.node_pools.items():
        yield _node_class(name, pool, environment, values)
        yield node_pool(
            name,
            pool,
            _NODE_CLASS,
            expire_after_hours=pool.expire_after_hours,
            termination_grace_period=_TERMINATION_GRACE_PERIOD,
        )


def _has_vpc_cni(environment: Environment) -> bool:
    """Whether the add-on has that ConfigMap for other nodes, and configures it itself."""
    eks = environment.eks
    return eks is not None and any(row.name == "vpc-cni" for row in eks.installed_add_ons(eks.nodes.values()))


def _network_policies() -> Manifest:
    """Without it a NetworkPolicy is accepted and does nothing ("Use Network Policies with EKS Auto Mode")."""
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
        "data": {"enable-network-policy-controller": "true"},
    }


def _network_of_pods(values: Values) -> dict[str, Any]:
    """Subnets for pods alone, by zone of the node; the two go together ("Create a Node Class for Amazon EKS")."""
    return {
        "podSubnetSelectorTerms": [{"id": each} for each in values["PodSubnets"].split(",")],
        "podSecurityGroupSelectorTerms": [{"id": values["ClusterSecurityGroup"]}],
    }


def _node_class(name: str, pool: AutoModePoolOptions, environment: Environment, values: Values) -> Manifest:
    storage = {"size": f"{pool.volume_gib}Gi"}
    if environment.customer_managed_keys:
        storage["kmsKeyID"] = values["VolumeKey"]
    return {
        "apiVersion": "eks.amazonaws.com/v1",
        "kind": "NodeClass",
        "metadata": {"name": name},
        "spec": {
            "role": values["AutoModeNodeRole"],
            **network_of(values),
            **(_network_of_pods(values) if environment.pod_prefix_lengths else {}),
            "networkPolicy": pool.network_policy,
            "ephemeralStorage": storage,
            "tags": environment.resource_tags,
        },
    }
