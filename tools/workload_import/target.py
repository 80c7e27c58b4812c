"""Which values the keys of a container of an environment file take."""

from __future__ import annotations

import json
from typing import Annotated, Any, Final

from pydantic import TypeAdapter, ValidationError

from reference_constructs.ecs.container_options import CAPABILITIES_ON_FARGATE
from settings.ecs import ContainerSettings

NOT_ON_FARGATE: Final = (
    "Fargate adds no such capability: remove what needs it, or run the task on EC2 capacity, and add it to capabilities"
)


def accepts(key: str, value: object) -> bool:
    """Whether a key of a container takes a value; rules between keys are not asked.

    Args:
        key: Name of the key.
        value: As JSON has it.
    """
    field = ContainerSettings.model_fields[key]
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
