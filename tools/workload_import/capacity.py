"""Capacity that imported tasks need, because Fargate does not have what they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tools.workload_import.block import Block

Entry = dict[str, object]
GPUS: Final = "gpu"
WINDOWS: Final = "windows"
ON_GPUS: Final = (
    "the task runs on Amazon ECS Managed Instances with NVIDIA GPUs (ecs.capacity.gpu), because Fargate has none: "
    "instances are charged while tasks run; an Auto Scaling group with accelerator: nvidia can take their place"
)
ON_WINDOWS: Final = (
    "only EC2 instances of Windows mount Amazon FSx: ecs.capacity.windows is a group of them with instance types and "
    "max_size to choose, whose instances must be joined to the domain of the file system and reach it on TCP port 445"
)


def most_gpus(containers: Mapping[str, Mapping[str, object]]) -> int:
    """The number of GPUs that the containers of a task reserve.

    Args:
        containers: The containers, by name.
    """
    return sum(number for each in containers.values() if isinstance(number := each.get("gpus"), int))


def gpu_capacity(block: Block, number: int) -> Entry:
    """The keys of a task on instances with GPUs, which are added to the block.

    Args:
        block: Where the task will be.
        number: How many GPUs it reserves.
    """
    existing = block.ecs.get("capacity", {}).get(GPUS, {}).get("instance_requirements")
    before = existing.get("gpus_max", 0) if isinstance(existing, dict) else 0
    requirements = {"gpus_min": 1, "gpus_max": max(number, before)}
    group: Entry = {"kind": "managed_instances", "accelerator": "nvidia", "instance_requirements": requirements}
    block.add("capacity", GPUS, group, source=())
    return {"capacity_provider_strategy": [{"capacity_provider": GPUS}]}


def windows_capacity(block: Block, operating_system: str) -> Entry:
    """The keys of a task on instances of Windows, which are added to the block.

    Args:
        block: Where the task will be.
        operating_system: That of the task.
    """
    group: Entry = {
        "operating_system": operating_system.replace("windows_server_", "windows_"),
        "architecture": "x86_64",
        "instance_types": ["m7i.large", "m6i.large"],
        "max_size": 4,
        "volume_gib": 100,
    }
    block.add("capacity", WINDOWS, group, source=())
    return {"capacity_provider_strategy": [{"capacity_provider": WINDOWS}]}
