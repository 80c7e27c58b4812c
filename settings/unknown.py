"""Where a file has a wrong value, its environment has none, so that the rest can still be checked.

Reading such a field raises `AttributeError`: a rule that needs it ends, and the others go on. A stand-in value would
not do, because nothing can be made to raise at `is None`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from pydantic import BaseModel

UNKNOWN: Final = object()
"""Stands for a wrong value while the file is validated."""


def has_unknown(value: object) -> bool:
    """Whether a value is unknown, or anything in it."""
    if value is UNKNOWN:
        return True
    if isinstance(value, BaseModel) and not type(value).model_fields.keys() <= value.__dict__.keys():
        return True
    return any(map(has_unknown, _parts(value)))


def remove_unknown(value: object) -> None:
    """Remove unknown fields from a model and from all that it holds."""
    if isinstance(value, BaseModel):
        for field in type(value).model_fields:
            if value.__dict__.get(field) is UNKNOWN:
                del value.__dict__[field]
                value.__pydantic_fields_set__.discard(field)
    for part in _parts(value):
        remove_unknown(part)


def _parts(value: object) -> Iterable[object]:
    # Most of an environment is these, and whether something is a mapping takes long to ask.
    if value is None or isinstance(value, str | int):
        return ()
    if isinstance(value, BaseModel):
        return value.__dict__.values()
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple) else ()
