"""Where a file has a wrong value, its environment has none, so that the rest can still be checked.

Reading such a field raises `AttributeError`: a rule that needs it ends, and the others go on. A stand-in value would
not do, because nothing can be made to raise at `is None`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

UNKNOWN: Final = object()
"""Stands for a wrong value while the file is validated."""


def has_unknown(value: object) -> bool:
    """Whether a value is unknown, or anything in it."""
    if isinstance(value, BaseModel) and any(value.__dict__.get(field, UNKNOWN) is UNKNOWN for field in _fields(value)):
        return True
    return value is UNKNOWN or any(has_unknown(part) for part in _parts(value))


def remove_unknown(value: object) -> None:
    """Remove unknown fields from a model and from all that it holds."""
    if isinstance(value, BaseModel):
        for field in _fields(value):
            if value.__dict__.get(field) is UNKNOWN:
                del value.__dict__[field]
                value.__pydantic_fields_set__.discard(field)
    for part in _parts(value):
        remove_unknown(part)


def _fields(model: BaseModel) -> Iterator[str]:
    yield from type(model).model_fields


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, BaseModel):
        yield from value.__dict__.values()
    elif isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, tuple):
        yield from value
