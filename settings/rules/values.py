"""What rules of every part say of sizes and of lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from settings.problems import KeyPath, Problem


def values_ascend(path: KeyPath, **sizes: int) -> Iterator[Problem]:
    """Each at most the next."""
    for smaller, larger in pairwise(sizes):
        if sizes[smaller] > sizes[larger]:
            yield Problem(
                path=(*path, smaller), value=sizes[smaller], allowed=f"at most {larger}, which is {sizes[larger]}"
            )


def values_come_once(path: KeyPath, values: Sequence[str], *, called: str) -> Iterator[Problem]:
    """None stands before in the list."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(path=(*path, index), value=value, allowed=f"every {called} once")
