"""The AMI of EC2 instances of an ECS cluster: the SSM parameter that always names the newest."""

from __future__ import annotations

from typing import Final

from reference_constructs.compute.instance_options import Accelerator, Architecture, OperatingSystem

# "Retrieving Amazon ECS-optimized Linux AMI metadata" and "Bottlerocket AMIs for Amazon ECS".
_LINUX: Final[dict[tuple[OperatingSystem, Architecture, Accelerator | None], str]] = {
    ("al2023", "arm64", None): "/aws/service/ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id",
    ("al2023", "x86_64", None): "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id",
    ("al2023", "x86_64", "nvidia"): "/aws/service/ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id",
    ("al2023", "x86_64", "neuron"): "/aws/service/ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id",
    ("bottlerocket", "arm64", None): "/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id",
    ("bottlerocket", "x86_64", None): "/aws/service/bottlerocket/aws-ecs-2/x86_64/latest/image_id",
    ("bottlerocket", "arm64", "nvidia"): "/aws/service/bottlerocket/aws-ecs-2-nvidia/arm64/latest/image_id",
    ("bottlerocket", "x86_64", "nvidia"): "/aws/service/bottlerocket/aws-ecs-2-nvidia/x86_64/latest/image_id",
}


def has_image(
    operating_system: OperatingSystem, architecture: Architecture, accelerator: Accelerator | None = None
) -> bool:
    """Whether there is an AMI for Amazon ECS."""
    if operating_system.startswith("windows"):
        return architecture == "x86_64" and accelerator is None
    return (operating_system, architecture, accelerator) in _LINUX


def image_parameter(
    operating_system: OperatingSystem, architecture: Architecture, accelerator: Accelerator | None = None
) -> str:
    """Name of the SSM parameter of the AMI.

    Args:
        operating_system: Of the instances.
        architecture: Of their processors.
        accelerator: Whose drivers the AMI has.

    Raises:
        ValueError: If there is no AMI for Amazon ECS.
    """
    if not has_image(operating_system, architecture, accelerator):
        wanted = f"{operating_system} on {architecture}{f' with {accelerator}' if accelerator else ''}"
        raise ValueError(f"there is no AMI of Amazon ECS for {wanted}")
    if operating_system.startswith("windows"):
        # "Retrieving Amazon ECS-optimized Windows AMI metadata".
        _, year, edition = operating_system.split("_")
        return f"/aws/service/ami-windows-latest/Windows_Server-{year}-English-{edition.title()}-ECS_Optimized/image_id"
    return _LINUX[operating_system, architecture, accelerator]
