"""Options of attribute-based instance type selection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from reference_constructs.options import Options, in_words

InstanceTypePattern = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9.*-]{1,30}$",
        examples=["m7*"],
        json_schema_extra=in_words("name of an EC2 instance type, in which `*` stands for any characters"),
    ),
]
Inclusion = Literal["included", "excluded", "required"]


class InstanceRequirementsOptions(Options):
    """Attributes that instance types must have (`InstanceRequirements`), instead of a list of instance types."""

    vcpus_min: Annotated[int, Field(ge=1, le=896)] = 2
    """Minimum number of vCPUs."""

    vcpus_max: Annotated[int, Field(ge=1, le=896)] | None = None
    """Maximum number of vCPUs. With `null`, there is no limit."""

    memory_mib_min: Annotated[int, Field(ge=512, le=33_554_432)] = 4096
    """Minimum memory, in MiB."""

    memory_mib_max: Annotated[int, Field(ge=512, le=33_554_432)] | None = None
    """Maximum memory, in MiB. With `null`, there is no limit."""

    gpus_min: Annotated[int, Field(ge=0, le=16)] = 0
    """Minimum number of NVIDIA GPUs or, in a group with `accelerator: neuron`, of Neuron devices
    (`AcceleratorCount`)."""

    gpus_max: Annotated[int, Field(ge=0, le=16)] = 0
    """Maximum number of them. The default is 0, because without a limit instance types with accelerators can be
    selected for tasks that do not use them."""

    cpu_manufacturers: (
        Annotated[tuple[Literal["amazon-web-services", "amd", "intel"], ...], Field(min_length=1, max_length=3)] | None
    ) = None
    """Manufacturers of the processors. `amazon-web-services` is AWS Graviton. With `null`, any that has the
    architecture."""

    instance_generations: Annotated[tuple[Literal["current", "previous"], ...], Field(min_length=1, max_length=2)] = (
        "current",
    )
    """Generations of instance types."""

    burstable_performance: Inclusion = "excluded"
    """Whether burstable instance types, such as T4g, are included."""

    bare_metal: Inclusion = "excluded"
    """Whether bare metal instance types are included."""

    local_storage: Inclusion = "included"
    """Whether instance types with instance store volumes are included."""

    allowed_instance_types: Annotated[tuple[InstanceTypePattern, ...], Field(max_length=400)] = ()
    """Instance types to select from, if they have all the attributes. An empty list allows all."""

    excluded_instance_types: Annotated[tuple[InstanceTypePattern, ...], Field(max_length=400)] = ()
    """Instance types not to select."""
