"""What stands in an environment where its file has a wrong value, so that the rest can still be checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from pydantic import BaseModel


class UnknownValueError(Exception):
    """A rule needs a value that is wrong itself."""


class Unknown:
    """Refuses to be compared, read or written: a rule that needs it ends, and the others go on."""

    def _refuse(self, *_: object) -> NoReturn:
        raise UnknownValueError

    # Whatever a rule may do with a number, a text, a range, a list, a mapping or a section.
    __bool__ = __len__ = __iter__ = __contains__ = __getitem__ = __getattr__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __str__ = __repr__ = __format__ = __int__ = __index__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __pow__ = __rpow__ = __neg__ = _refuse
    __eq__ = __ne__ = _refuse


UNKNOWN = Unknown()


def has_unknown(value: object) -> bool:
    """Whether a value is unknown, or anything in it."""
    if isinstance(value, BaseModel):
        return any(has_unknown(field) for _, field in value)
    if isinstance(value, Mapping):
        return any(has_unknown(entry) for entry in value.values())
    return value is UNKNOWN or (isinstance(value, tuple) and any(has_unknown(entry) for entry in value))
