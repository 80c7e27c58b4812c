"""What EC2 nodes lack of what workloads can need, by their options: the same for every kind of such nodes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from reference_constructs.eks.nodes.node_options import InstanceNodeOptions, NodeNeed

# "Deploy Windows nodes on EKS clusters", "Learn how EKS Pod Identity grants pods access", and the storage pages of the
# Amazon EKS User Guide.
_OF_LINUX_ONLY: Final[frozenset[NodeNeed]] = frozenset(
    {
        "efs",
        "efs_dynamic",
        "fsx_lustre",
        "fsx_ontap",
        "host_network",
        "network_policies",
        "pod_identity",
        "privileged",
        "s3_mountpoint",
        "security_groups_for_pods",
    }
)
_KEYS: Final[Mapping[NodeNeed, tuple[str, str]]] = {
    "al2023": ("operating_system", "al2023"),
    "bottlerocket": ("operating_system", "bottlerocket"),
    "arm64": ("architecture", "arm64"),
    "gpu": ("accelerator", "nvidia"),
    "neuron": ("accelerator", "neuron"),
}
# "Assign security groups to individual Pods": Nitro instances, and none of the t families.
_BURSTABLE: Final = re.compile(r"t\d")


def what_instances_lack(options: InstanceNodeOptions, need: NodeNeed) -> str:
    """Why EC2 nodes cannot do something, as far as their options decide it; empty if they can.

    Args:
        options: Of the nodes.
        need: What is needed.
    """
    if need in _KEYS:
        key, wanted = _KEYS[need]
        found = getattr(options, key)
        return "" if found == wanted else f"{key} is {'null' if found is None else found}"
    if need == "windows":
        return "" if options.is_windows else f"operating_system is {options.operating_system}"
    if need == "custom_ami":
        return "" if options.image_id else "image_id is null"
    if need == "ipv6" and options.is_windows:
        return "Windows pods have IPv4 addresses only"
    if options.is_windows and need in _OF_LINUX_ONLY:
        return f"operating_system is {options.operating_system}"
    if options.is_windows and need == "kubelet_configuration":
        return "Windows nodes take labels, taints, and max_pods only"
    burstable = [name for name in options.instance_types if _BURSTABLE.match(name)]
    if need == "security_groups_for_pods" and burstable:
        return f"{burstable[0]} has no network interfaces for single pods"
    return ""
