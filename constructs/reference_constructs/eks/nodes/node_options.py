"""What all kinds of nodes have in common: the kind, and what pods can do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field, JsonValue

from reference_constructs.compute.instance_options import (
    Accelerator,
    CapacityReservationId,
    InstanceOptions,
    OperatingSystem,
    VolumeType,
)
from reference_constructs.eks.kubernetes_values import LabelKey, LabelValue, TaintOptions
from reference_constructs.eks.nodes.kubelet_settings import KubeletSettings
from reference_constructs.eks.nodes.node_values import (
    BootstrapCommands,
    BottlerocketSettings,
    ImageId,
    NodeConfigPart,
    SubnetId,
    TagValue,
    VolumeKeyArn,
)
from reference_constructs.options import Options
from reference_constructs.value_types import AvailabilityZone, ManagedPolicyArn, SecurityGroupId, TagKey

# What rules and add-ons ask of nodes. Each kind says what it supports, so nobody has to ask which kind it is.
# All of them are for Linux pods, but for the last.
Capability = Literal["daemon_sets", "pod_identity", "session_manager", "windows_pods"]

# What workloads can need, by the names of `facts/node_capabilities.yaml`.
NodeNeed = Literal[
    "al2023",
    "bottlerocket",
    "windows",
    "arm64",
    "gpu",
    "neuron",
    "spot",
    "custom_ami",
    "launch_template",
    "warm_pool",
    "kubelet_configuration",
    "large_pods",
    "daemon_sets",
    "privileged",
    "host_network",
    "ebs",
    "efs",
    "efs_dynamic",
    "fsx_lustre",
    "fsx_ontap",
    "s3_mountpoint",
    "pod_identity",
    "instance_metadata",
    "session_manager",
    "ssh",
    "security_groups_for_pods",
    "network_policies",
    "ipv6",
    "public_subnets",
    "local_zones",
    "outposts",
    "wavelength",
]

# Where EC2 nodes can run. Beyond the Region, subnets are created beforehand.
NodeLocation = Literal["region", "local_zone", "outpost", "wavelength_zone"]


class NodeOptions(Options):
    """Options of one kind of node. Each kind is a subclass with a `kind` of its own."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What pods can do on these nodes ("Amazon EKS User Guide", Compute)."""
        return frozenset()

    built_in_add_ons: ClassVar[frozenset[str]] = frozenset()
    """Add-ons whose work nodes of this kind do by themselves, so that their pods do not run there."""

    needs: tuple[NodeNeed, ...] = ()
    """What workloads need of these nodes, by the names in `docs/node-capabilities.md`. Nodes that cannot do it are
    refused. It changes no template."""

    @property
    def is_ready_at_creation(self) -> bool:
        """Whether pods can run here once the stack exists, before anybody has applied a manifest."""
        return True

    def lacks(self, need: NodeNeed) -> str:  # noqa: ARG002 - kinds with options read it
        """Why these nodes cannot do something that their kind can; empty if they can.

        Args:
            need: What is needed.
        """
        return ""

    def takes(self, namespace: str, labels: Mapping[str, str]) -> bool:  # noqa: ARG002 - kinds that take pods read them
        """Whether every pod of the namespace with these labels runs here, whatever other nodes there are.

        Args:
            namespace: Namespace of the pods.
            labels: Labels of the pods.
        """
        return False

    def accepts(
        self,
        tolerations: Sequence[Mapping[str, object]],  # noqa: ARG002 - kinds with taints read it
        node_selector: Mapping[str, object] = {},  # noqa: ARG002 - kinds with labels read it
    ) -> bool:
        """Whether a pod can be scheduled here right after the cluster was created, beside other pods.

        Args:
            tolerations: Of the pod, as Kubernetes writes them.
            node_selector: Labels that the node must have for the pod.
        """
        return False


class InstanceNodeOptions(NodeOptions, InstanceOptions):
    """Nodes that are EC2 instances of the account."""

    operating_system: OperatingSystem = "al2023"
    """Operating system: Amazon Linux 2023, Bottlerocket, or Windows Server, as Server Core or with the desktop (full).
    Bottlerocket has no shell and a read-only root file system. Windows nodes run Windows pods only, are of
    architecture `x86_64`, and have a role of their own; CoreDNS and the add-ons run elsewhere. The default is Amazon
    Linux 2023, because more software supports it."""

    accelerator: Accelerator | None = None
    """Variant of the AMI, for instance types with accelerators: with NVIDIA drivers, or with the Neuron driver for AWS
    Inferentia and AWS Trainium. Bottlerocket has the Neuron driver in its standard AMI. On Amazon Linux 2023, pods also
    need the device plugin of NVIDIA, and everywhere that of Neuron."""

    image_id: ImageId | None = None
    """ID of an AMI of your own, which must be made for Amazon EKS and for the operating system of these nodes. It is
    started with complete user data, which requires `eks.service_cidr` in a cluster of the IPv4 family. With `null`, it
    is the AMI of Amazon EKS."""

    availability_zones: Annotated[tuple[AvailabilityZone, ...], Field(min_length=1, max_length=6)] | None = None
    """Availability Zones of these nodes, some of those of the environment. With `null`, they are in all of them."""

    subnet_ids: Annotated[tuple[SubnetId, ...], Field(min_length=1, max_length=16)] | None = None
    """IDs of existing subnets for these nodes, instead of those of the environment: in a Local Zone, on an Outpost, or
    of a network team. They are in the VPC of the environment, and have a route to AWS. The control plane does not use
    them. They replace `availability_zones`. In public subnets, managed nodes have the public IP addresses that the
    subnets assign (`MapPublicIpOnLaunch`), without which Amazon EKS refuses the subnets; self-managed nodes have none,
    and so no way to the internet."""

    location: NodeLocation = "region"
    """Where `subnet_ids` are; each subclass describes the places that it can run at."""

    volume_gib: Annotated[int, Field(ge=20, le=16384)] = 50
    """Size, in GiB, of the encrypted volume that holds images and the ephemeral storage of pods."""

    volume_type: VolumeType | None = None
    """Type of the volumes. With `null`, it is gp3 in the Region, and gp2 elsewhere: Outposts racks of the first
    generation and many Local Zones have no gp3."""

    labels: dict[LabelKey, LabelValue] = {}
    """Kubernetes labels of the nodes."""

    taints: Annotated[tuple[TaintOptions, ...], Field(max_length=50)] = ()
    """Kubernetes taints of the nodes."""

    tags: Annotated[dict[TagKey, TagValue], Field(max_length=40)] = {}
    """Tags of these nodes, their volumes, and their Auto Scaling group or node group, in addition to those of the
    environment."""

    max_pods: Annotated[int, Field(ge=1, le=250)] | None = None
    """Maximum number of pods on each node, those of DaemonSets among them. With `null`, Amazon EKS chooses the number
    for which the network interfaces of the instance type have addresses, at most 110, or 250 from 30 vCPU on. A smaller
    number saves addresses of the private subnets."""

    kubelet: KubeletSettings = {}
    """Further fields of the kubelet configuration (`KubeletConfiguration`), such as
    `systemReserved: {memory: 500Mi}`."""

    node_config: dict[NodeConfigPart, JsonValue] = {}
    """Further parts of the configuration of nodeadm on Amazon Linux 2023 (`NodeConfig`): `containerd`, `instance`, and
    `featureGates`."""

    bottlerocket_settings: BottlerocketSettings = {}
    """Further settings of Bottlerocket, by the names of its settings reference, such as
    `kernel: {lockdown: integrity}`."""

    pre_bootstrap_commands: BootstrapCommands = ()
    """Commands that each node runs at its first start, before it joins the cluster, in this order. On Amazon Linux
    2023, Bash runs them together, and ends at the first that fails, while the node joins all the same; on Windows,
    PowerShell does, before the script of the AMI. Bottlerocket has no shell. Everybody who can describe the launch
    template can read them. A change of them replaces the nodes."""

    volume_key_arn: VolumeKeyArn | None = None
    """ARN of a KMS key that exists and encrypts the volumes of these nodes, also of another account. Its policy must
    let `AWSServiceRoleForAutoScaling` of this account use it, and create grants; else no node starts. With `null`, it
    is the key of the stack with `customer_managed_keys`, and `aws/ebs` without."""

    policy_arns: Annotated[tuple[ManagedPolicyArn, ...], Field(max_length=8)] = ()
    """ARNs of further managed policies of the role of the nodes. With any, these nodes have a role of their own instead
    of the role that nodes share. What a pod may do belongs in its own role instead: EKS Pod Identity."""

    security_group_ids: Annotated[tuple[SecurityGroupId, ...], Field(max_length=15)] = ()
    """IDs of further security groups of the nodes, in addition to the cluster security group. A network interface can
    have five security groups, unless the quota is raised."""

    capacity_reservation_id: CapacityReservationId | None = None
    """ID of a Capacity Reservation, or of a Capacity Block for ML, in which the instances are started. They must be of
    its instance type and in its Availability Zone."""

    placement_group: Literal["cluster", "partition", "spread"] | None = None
    """Strategy of a placement group for these nodes. `cluster`: close together in one Availability Zone, for a network
    with low latency. `partition`: in groups that share no hardware. `spread`: each on hardware of its own, at most
    seven in each Availability Zone."""

    efa_interfaces: Annotated[int, Field(ge=1, le=32)] | None = None
    """Number of Elastic Fabric Adapters of each node, one for each network card: the first also has an IP address, the
    others are EFA-only. The nodes get a security group that admits them to each other. Pods also need the device plugin
    of EFA."""

    @property
    def capabilities(self) -> frozenset[Capability]:
        """What Linux pods can do here; on Windows nodes there are none, and Windows pods have no Pod Identity."""
        if self.is_windows:
            return frozenset({"session_manager", "windows_pods"})
        return frozenset({"daemon_sets", "pod_identity", "session_manager"})

    @property
    def has_own_role(self) -> bool:
        """Whether the nodes cannot have the role that the others share.

        EKS maps a role to one Kubernetes identity, and that of Windows nodes has more rights ("Create access entries").
        """
        return self.is_windows or bool(self.policy_arns)

    @property
    def volume_type_of_location(self) -> VolumeType:
        """The type of the volumes: what is stated, or what every place of the kind has."""
        return self.volume_type or ("gp3" if self.location == "region" else "gp2")

    @property
    def initial_nodes(self) -> int:
        """Number of nodes at creation."""
        return 0

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes at a time; 0 where their number does not depend on the options."""
        return 0
