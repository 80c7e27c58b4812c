"""The choice as text."""

from __future__ import annotations

from collections.abc import Iterator

from tools.compute_choice.block import block
from tools.compute_choice.choice import Choice
from tools.compute_choice.ways import Cost

_HEADINGS = ("", "Monthly cost", "What", "Operations", "Break-even packing")


def text(choice: Choice) -> str:
    """Exclusions, the table, the sentence, what would change it, and the block to paste."""
    return "\n".join(_lines(choice))


def _lines(choice: Choice) -> Iterator[str]:
    if choice.excluded:
        yield "Excluded:"
        for way, reasons in choice.excluded.items():
            yield f"  {way.value}: {'; '.join(reasons)}"
        yield ""
    yield from _table(choice)
    yield ""
    yield choice.sentence()
    if choice.prices_of_elsewhere():
        yield choice.prices_of_elsewhere()
    changes = list(choice.what_would_change_it())
    if changes:
        yield ""
        yield "What would change the answer:"
        yield from (f"  - {each}" for each in changes)
    if choice.best:
        yield ""
        yield "To paste into an environment file (image and names are yours to replace):"
        yield ""
        yield block(choice.best, choice.answers).rstrip()


def _table(choice: Choice) -> Iterator[str]:
    rows = [_HEADINGS, *(_row(choice, each) for each in choice.possible)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    for row in rows:
        cells = (row[0].ljust(widths[0]), row[1].rjust(widths[1]), *(row[i].ljust(widths[i]) for i in (2, 3, 4)))
        yield "  ".join(cells).rstrip()


def _row(choice: Choice, cost: Cost) -> tuple[str, str, str, str, str]:
    rate = choice.answers.operations_rate
    worth = f", ${cost.operations_hours * rate:,.0f}" if rate else ""
    return (
        cost.way.value,
        "no price" if cost.monthly is None else f"${cost.monthly:,.2f}",
        cost.what,
        f"{cost.operations_hours:g} h{worth}",
        "" if cost.break_even is None else f"{cost.break_even:.0%}",
    )
