"""Which values the keys of a container of an environment file take."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from reference_constructs.ecs.container_options import CAPABILITIES_ON_FARGATE
from settings.ecs import ContainerSettings, ServiceSettings

NOT_ON_FARGATE: Final = (
    "Fargate adds no such capability: remove what needs it, or run the task on EC2 capacity, and add it to capabilities"
)


def accepts(key: str, value: object) -> bool:
    """Whether a key of a container takes a value; rules between keys are not asked.

    Args:
        key: Name of the key.
        value: As JSON has it.
    """
    return _takes(ContainerSettings, key, value)


def accepts_volume(name: str, volume: object) -> bool:
    """Whether a task takes a volume; rules between keys are not asked.

    Args:
        name: Name of the volume.
        volume: Its keys.
    """
    return _takes(ServiceSettings, "volumes", {name: volume})


def accepts_of_a_task(key: str, value: object) -> bool:
    """Whether a key of a task takes a value; rules between keys are not asked.

    Args:
        key: Name of the key.
        value: As JSON has it.
    """
    return _takes(ServiceSettings, key, value)


def _takes(options: type[BaseModel], key: str, value: object) -> bool:
    field = options.model_fields[key]
    kind: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(kind).validate_json(json.dumps(value))
    except ValidationError:
        return False
    return True


def is_on_fargate(capability: str) -> bool:
    """Whether Fargate lets a container have a Linux capability.

    Args:
        capability: Its name, without CAP_.
    """
    return capability in CAPABILITIES_ON_FARGATE
