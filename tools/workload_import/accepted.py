"""What the rules of environment files say of what an import made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from facts import availability_zones
from settings.loader import check
from settings.problems import Problem, notation
from settings.rules import find_warnings

# What every file has to state, and no import can know.
HEAD: Final[Mapping[str, object]] = {
    "name": "imported",
    "region": "eu-west-1",
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "tags": {"owner": "owner", "cost_centre": "import"},
}


def head(region: str) -> Mapping[str, object]:
    """What is stated for the block of a Region, as far as its Availability Zones are known.

    Args:
        region: The Region; empty if nothing says it.
    """
    zones = availability_zones().get(region, ())[:2]
    return {**HEAD, "region": region, "availability_zones": list(zones)} if zones else HEAD


def objections(block: Mapping[str, object], region: str = "") -> tuple[list[str], list[str]]:
    """Why a file with the block is refused, and what such a file is warned of.

    Args:
        block: Keys of an environment file.
        region: The Region that what is imported is in.
    """
    environment, problems = check({**head(region), **block})
    return list(_texts(problems)), [] if problems else list(_texts(find_warnings(environment)))


def _texts(problems: Iterable[Problem]) -> Iterator[str]:
    """The same reason once, with all keys that it is about."""
    by_reason: dict[str, list[str]] = {}
    for problem in problems:
        value = "" if problem.finding else f" ({notation(problem.value)})"
        parts = (
            problem.finding or "the value is not allowed",
            *(f"{label}: {text}" for label, text in (("allowed", problem.allowed), ("fix", problem.fix)) if text),
        )
        by_reason.setdefault("; ".join(parts), []).append(f"{problem.key}{value}")
    for reason, keys in by_reason.items():
        yield f"{', '.join(keys)}: {reason}"
