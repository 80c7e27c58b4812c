"""Options of everything that starts EC2 instances."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

Architecture = Literal["arm64", "x86_64"]
LinuxOperatingSystem = Literal["al2023", "bottlerocket"]
WindowsOperatingSystem = Literal[
    "windows_2019_core",
    "windows_2019_full",
    "windows_2022_core",
    "windows_2022_full",
    "windows_2025_core",
    "windows_2025_full",
]
VolumeType = Literal["gp2", "gp3"]
# The variants of AMIs with drivers: NVIDIA GPUs; AWS Inferentia and AWS Trainium.
Accelerator = Literal["nvidia", "neuron"]
CapacityReservationId = Annotated[
    str,
    Field(
        pattern=r"^cr-[0-9a-f]{8}([0-9a-f]{9})?$",
        examples=["cr-0123456789abcdef0"],
        json_schema_extra=in_words("ID of a Capacity Reservation or a Capacity Block"),
    ),
]
OperatingSystem = Literal[LinuxOperatingSystem, WindowsOperatingSystem]
InstanceType = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9-]+\.[a-z0-9-]+$",
        examples=["t4g.medium"],
        json_schema_extra=in_words("name of an EC2 instance type"),
    ),
]


class InstanceOptions(Options):
    """EC2 instances of one operating system and one processor architecture."""

    operating_system: OperatingSystem = "al2023"
    """Operating system of the instances; each subclass describes those that it has."""

    architecture: Architecture = "arm64"
    """Processor architecture of the instance types. The default is Arm, because AWS Graviton processors cost less for
    the same work."""

    instance_types: Annotated[tuple[InstanceType, ...], Field(min_length=1, max_length=20)] = ("m7g.large",)
    """Instance types of similar size, in order of preference. With several instance types, Spot capacity is more likely
    to be available."""

    @property
    def is_windows(self) -> bool:
        """Whether the operating system is a Windows Server."""
        return self.operating_system.startswith("windows")

    @property
    def uses_spot(self) -> bool:
        """Whether any of the instances can be Spot Instances."""
        return False
