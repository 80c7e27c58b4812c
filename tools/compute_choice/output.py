"""The choice as text."""

from __future__ import annotations

from collections.abc import Iterator

from tools.compute_choice.block import block
from tools.compute_choice.choice import Choice
from tools.compute_choice.ways import Cost, costs

_HEADINGS = ("", "Monthly cost", "1 year", "3 years", "What", "Operations", "Break-even packing")
_FIRST_TEXT = 4


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
        numbers = [row[i].rjust(widths[i]) for i in range(1, _FIRST_TEXT)]
        texts = [row[i].ljust(widths[i]) for i in range(_FIRST_TEXT, len(row))]
        yield "  ".join([row[0].ljust(widths[0]), *numbers, *texts]).rstrip()


def _row(choice: Choice, cost: Cost) -> tuple[str, ...]:
    rate = choice.answers.operations_rate
    worth = f", ${cost.operations_hours * rate:,.0f}" if rate else ""
    return (
        cost.way.value,
        _dollars(cost),
        *(_dollars(_committed(choice, cost, years)) for years in (1, 3)),
        cost.what,
        f"{cost.operations_hours:g} h{worth}",
        "" if cost.break_even is None else f"{cost.break_even:.0%}",
    )


def _committed(choice: Choice, cost: Cost, years: int) -> Cost | None:
    """The same with a commitment; None where there is nothing to commit to."""
    if cost.way.is_spot:
        return None
    return costs(cost.way, choice.answers.model_copy(update={"commitment_years": years}))


def _dollars(cost: Cost | None) -> str:
    if cost is None:
        return ""
    return "no price" if cost.monthly is None else f"${cost.monthly:,.2f}"
