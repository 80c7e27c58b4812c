"""Figures that tests have measured; a run ends by printing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

FIGURES: dict[str, dict[str, str | int]] = defaultdict(dict)


def record(what: str, **figures: str | int) -> None:
    """Add figures to a line of the summary; underscores in their names are printed as blanks."""
    record_all(what, {name.replace("_", " "): figure for name, figure in figures.items()})


def record_all(what: str, figures: Mapping[str, str | int]) -> None:
    """As `record`, for names that are no Python names."""
    FIGURES[what] |= figures


def lines() -> list[str]:
    """One for each thing that was measured."""
    width = max(map(len, FIGURES), default=0)
    return [
        f"{what:{width}}  " + ", ".join(f"{figure} {name}" for name, figure in figures.items())
        for what, figures in FIGURES.items()
    ]
