"""The public parameters that name the newest AMI of EC2 nodes."""

from __future__ import annotations

from typing import Final

from reference_constructs.compute.instance_options import Accelerator, Architecture
from reference_constructs.eks.nodes.node_options import InstanceNodeOptions

# What Amazon EKS has AMIs for: "Retrieve recommended Amazon Linux AMI IDs".
_AL2023: Final[dict[tuple[Architecture, Accelerator | None], str]] = {
    ("arm64", None): "arm64/standard",
    ("x86_64", None): "x86_64/standard",
    ("arm64", "nvidia"): "arm64/nvidia",
    ("x86_64", "nvidia"): "x86_64/nvidia",
    ("x86_64", "neuron"): "x86_64/neuron",
}
# "Retrieve recommended Bottlerocket AMI IDs"; the Neuron driver is in the standard AMI.
_BOTTLEROCKET: Final[dict[tuple[Architecture, Accelerator | None], str]] = {
    ("arm64", None): "/arm64",
    ("x86_64", None): "/x86_64",
    ("arm64", "nvidia"): "-nvidia/arm64",
    ("x86_64", "nvidia"): "-nvidia/x86_64",
    ("x86_64", "neuron"): "/x86_64",
}


def node_image_parameter(options: InstanceNodeOptions, kubernetes_version: str) -> str:
    """Name of the parameter of AWS Systems Manager that names the AMI.

    Args:
        options: Of the nodes: operating system, architecture, and accelerator.
        kubernetes_version: Minor version, such as `1.36`.

    Raises:
        ValueError: If Amazon EKS has no such AMI.
    """
    system, architecture, accelerator = options.operating_system, options.architecture, options.accelerator
    key = (architecture, accelerator)
    if system == "al2023" and key in _AL2023:
        path = f"/aws/service/eks/optimized-ami/{kubernetes_version}/amazon-linux-2023"
        return f"{path}/{_AL2023[key]}/recommended/image_id"
    if system == "bottlerocket" and key in _BOTTLEROCKET:
        return f"/aws/service/bottlerocket/aws-k8s-{kubernetes_version}{_BOTTLEROCKET[key]}/latest/image_id"
    if options.is_windows and key == ("x86_64", None):
        # "Retrieve recommended Microsoft Windows AMI IDs".
        _, year, edition = system.split("_")
        image = f"Windows_Server-{year}-English-{edition.title()}-EKS_Optimized-{kubernetes_version}"
        return f"/aws/service/ami-windows-latest/{image}/image_id"
    words = [system, architecture, *([accelerator] if accelerator else [])]
    raise ValueError(f"Amazon EKS has no AMI for {', '.join(words)}")
