"""Options of Karpenter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

from reference_constructs.eks.nodes.karpenter_versions import PINNED_VERSIONS
from reference_constructs.eks.nodes.node_options import Capability, NodeNeed, NodeOptions
from reference_constructs.eks.nodes.node_pool_options import NodePoolOptions
from reference_constructs.options import in_words
from reference_constructs.value_types import ResourceName

# What Karpenter can do, and what is written here does not.
_NOT_HERE: Final[Mapping[NodeNeed, str]] = {
    "windows": "the AMI families here are Amazon Linux 2023 and Bottlerocket",
    "custom_ami": "the AMI families here are Amazon Linux 2023 and Bottlerocket",
    "kubelet_configuration": "the EC2NodeClass is made here",
    "instance_metadata": "the hop limit is 1, so that pods cannot take the role of the node",
    "security_groups_for_pods": "the role of the control plane does not allow it",
    "public_subnets": "nodes are in private subnets",
}
AmiAlias = Annotated[
    str,
    Field(
        pattern=r"^(al2023@(v[0-9]{8}|latest)|bottlerocket@(v[0-9]+\.[0-9]+\.[0-9]+|latest))$",
        examples=["bottlerocket@v1.50.0"],
        json_schema_extra=in_words(
            "`al2023@` or `bottlerocket@` with `latest` or a release, such as `al2023@v20260801` or "
            "`bottlerocket@v1.50.0`"
        ),
    ),
]


class KarpenterPoolOptions(NodePoolOptions):
    """Node pool of Karpenter, with an EC2NodeClass of its own."""

    ami_alias: AmiAlias = "al2023@latest"
    """Operating system and release of the AMI. With `latest`, nodes are replaced whenever AWS releases an AMI, as far
    as `max_unavailable_percent` and disruption budgets allow it; state a release to decide yourself."""

    max_pods: Annotated[int, Field(ge=1, le=250)] | None = None
    """Maximum number of pods on each node, those of DaemonSets among them. With `null`, it is the number for which the
    network interfaces of the instance type have addresses."""

    expire_after_hours: Annotated[int, Field(ge=1, le=8760)] = 720
    """Number of hours after which a node is replaced, even if no AMI is newer."""

    @property
    def operating_system(self) -> str:
        """Family of the AMI: `al2023` or `bottlerocket`."""
        return self.ami_alias.partition("@")[0]


class KarpenterOptions(NodeOptions):
    """Karpenter: a controller in the cluster starts and ends EC2 instances as pods need them.

    The stack creates its permissions, the role of the nodes, and the interruption queue. The controller, the NodePools,
    and the EC2NodeClasses are installed with what `make manifests` writes.
    """

    kind: Literal["karpenter"] = "karpenter"
    """Kind of nodes: Karpenter. A cluster has at most one entry of this kind, and other nodes for the controller."""

    node_pools: Annotated[dict[ResourceName, KarpenterPoolOptions], Field(min_length=1)]
    """Node pools, by name. Each becomes a NodePool and an EC2NodeClass."""

    version: (
        Annotated[
            str,
            Field(
                pattern=r"^1\.[0-9]{1,3}\.[0-9]{1,3}$",
                examples=["1.14.1"],
                json_schema_extra=in_words("version of Karpenter from 1.0.0, without `v`"),
            ),
        ]
        | None
    ) = None
    """Version of Karpenter. With `null`, it is the one that is pinned for the Kubernetes version."""

    image_repository: (
        Annotated[
            str,
            Field(
                pattern=r"^[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)+$",
                examples=["111122223333.dkr.ecr.eu-west-1.amazonaws.com/karpenter/controller"],
                json_schema_extra=in_words("repository of an image with the host name of its registry, without tag"),
            ),
        ]
        | None
    ) = None
    """Repository with a copy of the controller's image, under the tag of its version. With `null`, the image comes
    through the pull through cache of `ecr-public`, if `registry.pull_through_cache` has it, or from Amazon ECR
    Public."""

    controller_replicas: Annotated[int, Field(ge=1, le=3)] = 2
    """Number of pods of the controller, each on a node of its own that Karpenter has not started. Only one works at a
    time."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What pods can do on nodes that Karpenter starts."""
        return frozenset({"daemon_sets", "pod_identity", "session_manager"})

    @property
    def is_ready_at_creation(self) -> bool:
        """Nodes exist only once the controller is installed."""
        return False

    @property
    def uses_spot(self) -> bool:
        """Whether any of the nodes can be Spot Instances."""
        return any("spot" in pool.capacity_types for pool in self.node_pools.values())

    def version_for(self, kubernetes_version: str) -> str:
        """The version to install.

        Args:
            kubernetes_version: Of the control plane.

        Raises:
            ValueError: If none is stated, and none is pinned for the Kubernetes version.
        """
        if self.version is not None:
            return self.version
        if kubernetes_version not in PINNED_VERSIONS:
            raise ValueError(
                f"no version of Karpenter is pinned for Kubernetes {kubernetes_version}, only for "
                f"{', '.join(PINNED_VERSIONS)}: add it to karpenter_versions.py, or state a version"
            )
        return PINNED_VERSIONS[kubernetes_version]

    def lacks(self, need: NodeNeed) -> str:
        """Why these nodes cannot do something that Karpenter can; empty if they can."""
        pools = self.node_pools.values()
        chosen: Mapping[NodeNeed, tuple[bool, str]] = {
            "al2023": (any(pool.operating_system == "al2023" for pool in pools), "has an ami_alias of al2023"),
            "bottlerocket": (
                any(pool.operating_system == "bottlerocket" for pool in pools),
                "has an ami_alias of bottlerocket",
            ),
            "arm64": (any("arm64" in pool.architectures for pool in pools), "has the architecture arm64"),
            "spot": (self.uses_spot, "has the capacity type spot"),
            "gpu": (any(pool.has_gpus for pool in pools), "allows instance types with GPUs"),
            "neuron": (any(pool.has_neuron for pool in pools), "allows instance types with Neuron devices"),
        }
        is_offered, what = chosen.get(need, (True, ""))
        return _NOT_HERE.get(need, "") if is_offered else f"none of node_pools {what}"
