"""Options of EKS Auto Mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Final, Literal

from pydantic import AfterValidator, Field

from reference_constructs.eks.nodes.node_options import Capability, NodeNeed, NodeOptions
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from reference_constructs.value_types import ResourceName

BuiltInNodePool = Literal["general-purpose", "system"]
# Names that Amazon EKS itself uses: of the built-in node pools, and of their node class.
_TAKEN: Final = ("default", "general-purpose", "system")


def _not_taken(name: str) -> str:
    if name in _TAKEN:
        raise ValueError(f"a name other than {', '.join(_TAKEN)}, which Amazon EKS uses itself")
    return name


AutoModePoolName = Annotated[ResourceName, AfterValidator(_not_taken)]

_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "public_subnets": "nodes are in private subnets",
    "local_zones": "subnets are in the Availability Zones of the Region",
}
# The built-in node pools: "Enable or Disable Built-in NodePools".
_BUILT_IN_LABELS: Final[Mapping[str, Sequence[str]]] = {
    "kubernetes.io/os": ("linux",),
    "eks.amazonaws.com/compute-type": ("auto",),
    "karpenter.sh/capacity-type": ("on-demand",),
}
_CRITICAL_ADD_ONS_ONLY: Final = "CriticalAddonsOnly"


class AutoModePoolOptions(NodePoolOptions):
    """Node pool of EKS Auto Mode, with a node class of its own."""

    expire_after_hours: Annotated[int, Field(ge=1, le=480)] = 336
    """Number of hours after which a node is replaced. Amazon EKS replaces each node within 21 days in any case; the
    rest of them is for pods to end."""

    network_policy: Literal["DefaultAllow", "DefaultDeny"] = "DefaultAllow"
    """What applies to pods without a network policy: they can talk to everybody, or to nobody."""


class AutoModeOptions(NodeOptions):
    """EKS Auto Mode: Amazon EKS starts, patches, and ends EC2 instances as pods need them.

    Network, storage, and load balancing are built in.
    """

    # "Amazon EKS add-ons", considerations for Auto Mode.
    built_in_add_ons: ClassVar[frozenset[str]] = frozenset(
        {
            *("vpc-cni", "kube-proxy", "coredns", "eks-pod-identity-agent", "aws-ebs-csi-driver"),
            "eks-node-monitoring-agent",
        }
    )

    kind: Literal["auto_mode"] = "auto_mode"
    """Kind of nodes: EKS Auto Mode. A cluster has at most one entry of this kind."""

    built_in_node_pools: tuple[BuiltInNodePool, ...] = ("general-purpose", "system")
    """Node pools of Amazon EKS to enable. Both have On-Demand Instances of the categories C, M, and R.
    `general-purpose` is x86_64 only. `system` is x86_64 and Arm, and has the taint `CriticalAddonsOnly`. They cannot be
    changed; with an empty list, all pods run on `node_pools`."""

    node_pools: dict[AutoModePoolName, AutoModePoolOptions] = {}
    """Node pools of your own, by name. Each becomes a NodePool and a NodeClass, which `make manifests` writes for you
    to apply: AWS CloudFormation cannot create Kubernetes objects."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What pods can do on nodes of EKS Auto Mode."""
        return frozenset({"daemon_sets", "pod_identity"})

    @property
    def is_ready_at_creation(self) -> bool:
        """Node pools of one's own exist only once their manifests are applied."""
        return bool(self.built_in_node_pools)

    @property
    def uses_spot(self) -> bool:
        """Whether any of the nodes can be Spot Instances."""
        return any("spot" in pool.capacity_types for pool in self.node_pools.values())

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that EKS Auto Mode can; empty if they can."""
        pools = self.node_pools.values()
        if need == "arm64" and not any("arm64" in pool.architectures for pool in pools):
            return "none of node_pools has the architecture arm64"
        if need == "spot" and not self.uses_spot:
            return "none of node_pools has the capacity type spot"
        if need == "gpu" and not any(pool.has_gpus for pool in pools):
            return "none of node_pools allows instance types with GPUs"
        if need == "neuron" and not any(pool.has_neuron for pool in pools):
            return "none of node_pools allows instance types with Neuron devices"
        return _NOT_HERE.get(need, "")

    def accepts(self, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object] = {}) -> bool:
        """Whether a built-in node pool starts a node for a pod; those of one's own come later."""
        return any(_starts_node(pool, tolerations, node_selector) for pool in self.built_in_node_pools)


def _starts_node(
    pool: BuiltInNodePool, tolerations: Sequence[Mapping[str, object]], node_selector: Mapping[str, object]
) -> bool:
    known: dict[str, Sequence[str]] = {
        **_BUILT_IN_LABELS,
        "karpenter.sh/nodepool": (pool,),
        "kubernetes.io/arch": ("amd64",) if pool == "general-purpose" else ("amd64", "arm64"),
    }
    tolerated = pool == "general-purpose" or any(
        each.get("operator") == "Exists" and each.get("key") in (None, "", _CRITICAL_ADD_ONS_ONLY)
        for each in tolerations
    )
    # Nodes have no labels but those that Amazon EKS gives them, which all have a domain.
    return tolerated and all(
        value in known[key] if key in known else "/" in key for key, value in node_selector.items()
    )
