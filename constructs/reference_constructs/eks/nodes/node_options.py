"""What all kinds of nodes have in common: the kind, and what pods can do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from reference_constructs.compute.instance_options import InstanceOptions
from reference_constructs.eks.kubernetes_values import LabelKey, LabelValue, TaintOptions
from reference_constructs.options import Options

# What rules and add-ons ask of nodes. Each kind says what it supports, so nobody has to ask which kind it is.
Capability = Literal["daemon_sets", "pod_identity", "session_manager"]

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


class NodeOptions(Options):
    """Options of one kind of node. Each kind is a subclass with a `kind` of its own."""

    capabilities: ClassVar[frozenset[Capability]] = frozenset()
    """What pods can do on nodes of this kind ("Amazon EKS User Guide", Compute)."""

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

    capabilities: ClassVar[frozenset[Capability]] = frozenset({"daemon_sets", "pod_identity", "session_manager"})

    volume_gib: Annotated[int, Field(ge=20, le=16384)] = 50
    """Size, in GiB, of the encrypted gp3 volume that holds images and the ephemeral storage of pods."""

    labels: dict[LabelKey, LabelValue] = {}
    """Kubernetes labels of the nodes."""

    taints: Annotated[tuple[TaintOptions, ...], Field(max_length=50)] = ()
    """Kubernetes taints of the nodes."""

    @property
    def max_nodes(self) -> int:
        """Maximum number of nodes at a time; 0 where their number does not depend on the options."""
        return 0

    max_pods: Annotated[int, Field(ge=1, le=250)] | None = None
    """Maximum number of pods on each node, those of DaemonSets among them. With `null`, Amazon EKS chooses the number
    for which the network interfaces of the instance type have addresses, at most 110, or 250 from 30 vCPU on. A smaller
    number saves addresses of the private subnets."""
