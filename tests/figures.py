"""Figures that tests have measured; a run ends by printing them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

_FIGURES: dict[str, dict[str, object]] = defaultdict(dict)


def tell(what: str, **figures: object) -> None:
    """Add figures to a line of the summary; underscores in their names are printed as blanks."""
    tell_all(what, {name.replace("_", " "): figure for name, figure in figures.items()})


def tell_all(what: str, figures: Mapping[str, object]) -> None:
    """As `tell`, for names that are no Python names."""
    _FIGURES[what] |= figures


def lines() -> list[str]:
    """One for each thing that was measured."""
    width = max(map(len, _FIGURES), default=0)
    return [
        f"{what:{width}}  " + ", ".join(f"{figure} {name}" for name, figure in figures.items())
        for what, figures in _FIGURES.items()
    ]
