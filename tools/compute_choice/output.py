"""The choice as text."""

from __future__ import annotations

from collections.abc import Iterator

from tools.compute_choice.block import block
from tools.compute_choice.choice import Choice
from tools.compute_choice.ways import Cost, costs

_HEADINGS = ("", "Monthly cost", "Fewest tasks", "Most tasks", "1 year", "3 years", "What", "Operations", "Break-even")
_FIRST_TEXT = 6


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
    # Columns in which nothing stands are left out.
    used = [column for column in range(len(_HEADINGS)) if any(row[column] for row in rows[1:])]
    widths = {column: max(len(row[column]) for row in rows) for column in used}
    for row in rows:
        cells = [
            row[column].rjust(widths[column]) if 0 < column < _FIRST_TEXT else row[column].ljust(widths[column])
            for column in used
        ]
        yield "  ".join(cells).rstrip()


def _row(choice: Choice, cost: Cost) -> tuple[str, ...]:
    rate = choice.answers.operations_rate
    worth = f", ${cost.operations_hours * rate:,.0f}" if rate else ""
    return (
        cost.way.value,
        _dollars(cost),
        *(_dollars(_with(choice, cost, number)) for number in (choice.answers.least, choice.answers.most)),
        *(_dollars(_committed(choice, cost, years)) for years in (1, 3)),
        cost.what,
        f"{cost.operations_hours:g} h{worth}",
        "" if cost.break_even is None else f"{cost.break_even:.0%}",
    )


def _with(choice: Choice, cost: Cost, tasks: float) -> Cost | None:
    """The same with so many tasks all the time; None where that is the average."""
    if tasks in (0, choice.answers.tasks_average):
        return None
    update = {"tasks_average": tasks, "tasks_min": None, "tasks_max": None}
    return costs(cost.way, choice.answers.model_copy(update=update))


def _committed(choice: Choice, cost: Cost, years: int) -> Cost | None:
    """The same with a commitment; None where there is nothing to commit to."""
    if cost.way.is_spot:
        return None
    return costs(cost.way, choice.answers.model_copy(update={"commitment_years": years}))


def _dollars(cost: Cost | None) -> str:
    if cost is None:
        return ""
    return "no price" if cost.monthly is None else f"${cost.monthly:,.2f}"
