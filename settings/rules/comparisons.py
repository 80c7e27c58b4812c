"""What rules of every subject say of sizes and of lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Network
from itertools import pairwise

from pydantic import BaseModel

from settings.problems import KeyPath, Problem
from settings.spelling import meant

_NOT_ON_THE_INTERNET = tuple(
    map(
        IPv4Network,
        (
            *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15"),
            *("127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4"),
        ),
    )
)


def ascend(path: KeyPath, options: BaseModel, *sizes: str) -> Iterator[Problem]:
    """Each of these options is at most the next."""
    for index, (smaller, next_size) in enumerate(pairwise(sizes)):
        value = getattr(options, smaller)
        if value > getattr(options, next_size):
            exceeded = [each for each in sizes[index + 1 :] if value > getattr(options, each)]
            limits = [
                f"{each}, which is {getattr(options, each)}{'' if each in options.model_fields_set else ' by default'}"
                for each in exceeded
            ]
            yield Problem(path=(*path, smaller), value=value, allowed=f"at most {', and '.join(limits)}")


def come_once(path: KeyPath, values: Sequence[str]) -> Iterator[Problem]:
    """None is twice in the list."""
    for index, value in enumerate(values):
        if value in values[:index]:
            yield Problem(path=(*path, index), finding=f"{value!r} is listed twice", fix="remove one of the two")


def is_private(block: IPv4Network) -> bool:
    """Whether no address of the block is on the internet (RFC 6890); the examples of RFC 5737 count as if."""
    return any(block.subnet_of(each) for each in _NOT_ON_THE_INTERNET)


def is_on(value: object) -> bool:
    """Whether a program in Go takes the text for true (`strconv.ParseBool`), such as the VPC CNI plugin."""
    return value in ("1", "t", "T", "true", "TRUE", "True")


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
