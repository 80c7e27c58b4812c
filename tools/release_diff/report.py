"""The comparison as one table, and the sentence under it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.release_diff.comparison import Change, Effect

_HEADINGS = ("effect", "", "stack", "logical id", "type", "old one", "because")


def table(changes: Sequence[Change]) -> str:
    """One line for each resource that does not stay untouched, worst first; `!` marks what is protected and goes."""
    rows = [_HEADINGS, *[_row(change) for change in changes]]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join(lines)


def summary(changes: Sequence[Change]) -> str:
    """How many of each, and the verdict."""
    counts = ", ".join(f"{sum(change.effect is effect for change in changes)} {effect}" for effect in Effect)
    return "\n".join([counts, *_verdict(sum(change.is_protected for change in changes))])


def _verdict(protected: int) -> Iterator[str]:
    if protected:
        yield f"{protected} of what holds data or traffic would be replaced or deleted (!)"
    else:
        yield "Nothing that holds data or traffic is replaced or deleted."


def _row(change: Change) -> tuple[str, ...]:
    return (
        change.effect,
        "!" if change.is_protected else "",
        change.stack,
        change.logical_id,
        change.resource_type,
        change.policy or "",
        ", ".join(change.because),
    )
