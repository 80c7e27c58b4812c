"""What rules of every subject say of sizes, of lists and of Regions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from settings.problems import KeyPath, Problem
from settings.spelling import meant


def ascend(path: KeyPath, **sizes: int) -> Iterator[Problem]:
    """Each is at most the next."""
    for smaller, larger in pairwise(sizes):
        if sizes[smaller] > sizes[larger]:
            yield Problem(
                path=(*path, smaller), value=sizes[smaller], allowed=f"at most {larger}, which is {sizes[larger]}"
            )


def come_once(path: KeyPath, values: Sequence[str]) -> Iterator[Problem]:
    """None is twice in the list."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(path=(*path, index), finding=f"{value!r} is listed twice", fix="remove one of the two")


def are_in_the_region(region: str, arns: Iterable[tuple[KeyPath, str]]) -> Iterator[Problem]:
    """Each ARN is of that Region."""
    for path, arn in arns:
        if arn.split(":")[3] != region:
            yield Problem(path=path, value=arn, allowed=f"an ARN in the Region {region}")


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """The question, or nothing where no word is near."""
    near = meant(word, words)
    return f"did you mean {listed(near, 'or')}?" if near else ""


def listed(names: Iterable[object], conjunction: str = "and") -> str:
    """Names as a sentence lists them: `a, b, and c`."""
    *others, last = map(str, names)
    if not others:
        return last
    return f"{', '.join(others)}{',' if len(others) > 1 else ''} {conjunction} {last}"
