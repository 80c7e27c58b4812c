"""The EKS cluster of an environment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from environments.fields import (
    Architecture,
    Cidr,
    IamPrincipalArn,
    InstanceType,
    Percent,
    ResourceName,
    Settings,
)

# Those in standard support, and the next three, which are a year: what is further off is a slip.
KubernetesVersion = Annotated[str, Field(pattern=r"^1\.3[5-9]$", examples=["1.36"])]
# Kubernetes "Labels and Selectors": optional DNS prefix, then at most 63 characters.
LabelKey = Annotated[
    str,
    Field(
        pattern=r"^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$",
        examples=["example.com/team"],
    ),
]
LabelValue = Annotated[str, Field(pattern=r"^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$", examples=["shop"])]
# A node's label may be empty; EKS takes no empty one in a selector (FargateProfileSelector, Amazon EKS API Reference).
SelectorLabelValue = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$", examples=["shop"])
]
Namespace = Annotated[str, Field(pattern=r"^[a-z0-9*?]([a-z0-9*?-]{0,61}[a-z0-9*?])?$", examples=["kube-system"])]
AccessPolicy = Literal[
    "AmazonEKSClusterAdminPolicy", "AmazonEKSAdminPolicy", "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy", "AmazonEKSViewPolicy",
]  # fmt: skip
OptionalAddOn = Literal["aws-ebs-csi-driver", "eks-node-monitoring-agent", "metrics-server"]

# The columns of `reference_constructs/eks/add_on_versions.py`, which may not be read here; a test compares.
PINNED_KUBERNETES_VERSIONS = ("1.35", "1.36")


class EndpointSettings(Settings):
    """Who reaches the Kubernetes API server."""

    access: Literal["private", "public_and_private", "public"] = "private"
    """`private`: from the VPC only. `public_and_private`: also from `public_access_cidrs`; nodes stay inside.
    `public`: from `public_access_cidrs` only, and nodes leave the VPC to reach their own control plane, so
    the addresses of the NAT gateways must be on the list."""

    public_access_cidrs: tuple[Cidr, ...] = ()
    """Addresses that reach the public endpoint. Must be stated when there is one; `0.0.0.0/0` is the whole
    internet."""

    private_access_cidrs: tuple[Cidr, ...] = ()
    """Addresses that reach the private endpoint besides nodes and pods, which always do: a VPN, a bastion, a
    peered network. Without any, use a node as the way in (README)."""


class AccessEntrySettings(Settings):
    """An IAM principal that may use the Kubernetes API."""

    principal_arn: IamPrincipalArn
    """ARN of the IAM role or user, without the session part."""

    policy: AccessPolicy = "AmazonEKSViewPolicy"
    """What it may do; least by default."""

    namespaces: tuple[Namespace, ...] = ()
    """Only in these namespaces; none means the whole cluster."""


class TaintSettings(Settings):
    """A mark that keeps pods off a node unless they tolerate it."""

    key: LabelKey
    """Key of the taint."""

    value: LabelValue = ""
    """Value of the taint."""

    effect: Literal["NO_SCHEDULE", "PREFER_NO_SCHEDULE", "NO_EXECUTE"] = "NO_SCHEDULE"
    """What happens to a pod that does not tolerate it."""


class NodeGroupSettings(Settings):
    """EC2 nodes that EKS creates, updates and replaces."""

    operating_system: Literal["al2023", "bottlerocket"] = "al2023"
    """Amazon Linux 2023, or Bottlerocket, which has no shell and a read-only root."""

    architecture: Architecture = "arm64"
    """Processor architecture; the instance types must be of it."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=20)] = ("m7g.large",)
    """One or more types of like size. Several make Spot capacity likelier. A change replaces the group."""

    capacity_type: Literal["on_demand", "spot"] = "on_demand"
    """How the instances are bought. Changing it replaces the group."""

    min_size: Annotated[int, Field(ge=0, le=450)] = 1
    """Fewest nodes."""

    desired_size: Annotated[int, Field(ge=0, le=450)] = 2
    """Nodes at creation."""

    max_size: Annotated[int, Field(ge=1, le=450)] = 4
    """Most nodes."""

    volume_gib: Annotated[int, Field(ge=20, le=16384)] = 50
    """Size of the encrypted gp3 volume that holds images and pods."""

    max_unavailable_percent: Percent = 33
    """Nodes that an update may replace at the same time."""

    labels: dict[LabelKey, LabelValue] = {}
    """Kubernetes labels of the nodes."""

    taints: Annotated[tuple[TaintSettings, ...], Field(max_length=50)] = ()
    """Kubernetes taints of the nodes."""


class FargateSelectorSettings(Settings):
    """Which pods run on Fargate."""

    namespace: Namespace
    """Their namespace; `*` and `?` are wildcards."""

    labels: Annotated[dict[LabelKey, SelectorLabelValue], Field(max_length=5)] = {}
    """Labels that they must all have."""


class FargateProfileSettings(Settings):
    """Pods that run without nodes of ours."""

    selectors: Annotated[tuple[FargateSelectorSettings, ...], Field(min_length=1, max_length=5)]
    """A pod that matches one of these runs on Fargate. Changing them replaces the profile."""


class EksSettings(Settings):
    """The EKS cluster. A cluster with node groups, with Fargate profiles, or with both."""

    kubernetes_version: KubernetesVersion = "1.36"
    """Minor version. Upgrade one minor at a time; there is no way back after the first week."""

    deployed_kubernetes_version: KubernetesVersion | None = None
    """Minor version that runs now. State it before an upgrade, and one that AWS would refuse is refused here."""

    endpoint: EndpointSettings = EndpointSettings()
    """Who reaches the Kubernetes API server."""

    access_entries: dict[ResourceName, AccessEntrySettings] = {}
    """Who may use the Kubernetes API, by a name of your choice. The creator of the cluster gets nothing."""

    node_groups: dict[ResourceName, NodeGroupSettings] = {}
    """Managed node groups by name."""

    fargate_profiles: dict[ResourceName, FargateProfileSettings] = {}
    """Fargate profiles by name."""

    add_ons: tuple[OptionalAddOn, ...] | None = None
    """EKS add-ons besides those without which no pod runs. Unset: all that make sense for the compute that
    the cluster has; the first two need nodes."""

    add_on_versions: Literal["pinned", "default"] = "pinned"
    """`pinned`: the versions in `reference_constructs/eks/add_on_versions.py`, the same today and tomorrow.
    `default`: whatever EKS installs by default for the Kubernetes version on the day."""
