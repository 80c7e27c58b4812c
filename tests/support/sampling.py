"""Parameters that are alike: `make test-fast` tries some of them, `make test` all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(parameters: Iterable[Any], *, one_of: int) -> list[Any]:
    """The same parameters, of which all but the first of so many are marked `thorough`.

    Args:
        parameters: Values, or tuples of values.
        one_of: How many there are for each that the fast tests try.
    """
    return [
        pytest.param(
            *(each if isinstance(each, Pair) else (each,)),
            marks=[pytest.mark.thorough] if index % one_of else [],
        )
        for index, each in enumerate(parameters)
    ]


class Pair(tuple[Any, Any]):
    """Two parameters of one test, not one parameter that is a tuple."""

    __slots__ = ()
