"""What the rules of environment files say of what an import made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from settings.loader import check
from settings.problems import Problem
from settings.rules import find_warnings

# What every file has to state, and no import can know.
HEAD: Final[Mapping[str, object]] = {
    "name": "imported",
    "region": "eu-west-1",
    "availability_zones": ["eu-west-1a", "eu-west-1b"],
    "tags": {"owner": "owner", "cost_centre": "import"},
}


def objections(block: Mapping[str, object]) -> tuple[list[str], list[str]]:
    """Why a file with the block is refused, and what such a file is warned of.

    Args:
        block: Keys of an environment file.
    """
    environment, problems = check({**HEAD, **block})
    return list(_texts(problems)), [] if problems else list(_texts(find_warnings(environment)))


def _texts(problems: object) -> Iterator[str]:
    for problem in problems if isinstance(problems, list) else list(problems):  # type: ignore[call-overload]
        assert isinstance(problem, Problem)  # noqa: S101 - narrows what both kinds of rules yield
        first, *details = problem.lines()
        kept = [each for each in details if each.startswith(("allowed: ", "fix: "))]
        yield "; ".join([first, *kept])
