"""Parameters that are alike: `make test-fast` tries some of them, `make test` all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def sampled(parameters: Iterable[tuple[Any, ...]], *, one_of: int) -> list[Any]:
    """The same parameters, those marked `thorough` that the fast tests leave out.

    Args:
        parameters: The arguments of each run of a test.
        one_of: How many runs there are for each that the fast tests try.
    """
    return [
        pytest.param(*each, marks=[pytest.mark.thorough] if index % one_of else [])
        for index, each in enumerate(parameters)
    ]
