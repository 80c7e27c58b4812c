"""Which keys the containers and the tasks of an environment file have, and which values they take.

What this repository does not offer yet is carried over from the day on that it is, without a change here.
"""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from settings.ecs import ContainerSettings, TaskSettings


def offers(key: str) -> bool:
    """Whether containers of an environment file have a key.

    Args:
        key: Its name.
    """
    return key in ContainerSettings.model_fields


def offers_volumes() -> bool:
    """Whether tasks have volumes, and containers mount them."""
    return "volumes" in TaskSettings.model_fields and offers("mounts")


def accepts(key: str, value: object) -> bool:
    """Whether a key of a container takes a value; rules between keys are not asked.

    Args:
        key: Name of the key.
        value: As JSON has it.
    """
    if not offers(key):
        return False
    field = ContainerSettings.model_fields[key]
    # What a field takes is its annotation and its metadata; Annotated takes both only as they are written.
    kind: Any = Annotated[field.annotation, field]
    try:
        TypeAdapter(kind).validate_json(json.dumps(value))
    except ValidationError:
        return False
    return True
