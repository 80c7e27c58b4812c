"""Attribute-based instance type selection, as the properties of CloudFormation that have it."""

from __future__ import annotations

from typing import Any, Final

from reference_constructs.compute.instance_options import Accelerator
from reference_constructs.compute.instance_requirements_options import InstanceRequirementsOptions

_MANUFACTURERS: Final[dict[Accelerator, str]] = {"nvidia": "nvidia", "neuron": "amazon-web-services"}


def instance_requirements(
    options: InstanceRequirementsOptions, *, accelerator: Accelerator | None = None
) -> dict[str, Any]:
    """The keywords of `InstanceRequirementsProperty` of an Auto Scaling group and `...RequestProperty` of Amazon ECS.

    Both are an `InstanceRequirementsRequest` of Amazon EC2. Without `max: 0`, accelerators are not excluded
    (AcceleratorCountRequest, Amazon EC2 API Reference).

    Args:
        options: What is required.
        accelerator: Whose the accelerators are, if any are required.
    """
    manufacturers = [_MANUFACTURERS[accelerator]] if accelerator and options.gpus_max else None
    return {
        "v_cpu_count": _range(options.vcpus_min, options.vcpus_max),
        "memory_mib": _range(options.memory_mib_min, options.memory_mib_max),
        "accelerator_count": {**({"min": options.gpus_min} if options.gpus_min else {}), "max": options.gpus_max},
        "accelerator_manufacturers": manufacturers,
        "cpu_manufacturers": list(options.cpu_manufacturers) if options.cpu_manufacturers else None,
        "instance_generations": list(options.instance_generations),
        "burstable_performance": options.burstable_performance,
        "bare_metal": options.bare_metal,
        "local_storage": options.local_storage,
        "allowed_instance_types": list(options.allowed_instance_types) or None,
        "excluded_instance_types": list(options.excluded_instance_types) or None,
    }


def _range(least: int, most: int | None) -> dict[str, int]:
    return {"min": least, **({} if most is None else {"max": most})}
