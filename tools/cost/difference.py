"""What a change costs: two estimates, resource by resource."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.cost.estimate import Estimate
from tools.cost.lines import Quantity, total
from tools.cost.report import money, span

_CENT: Final = 0.005


@dataclass(frozen=True)
class Difference:
    """What a resource costs more or less; it may be new, or gone."""

    stack: str
    name: str
    type: str
    before: float | None
    after: float | None

    @property
    def change(self) -> float:
        """US dollars a month."""
        return (self.after or 0) - (self.before or 0)


def differences(before: Estimate, after: Estimate) -> list[Difference]:
    """Resources that cost more or less than before, the largest change first."""
    old, new = _costs(before), _costs(after)
    places = dict.fromkeys([*old, *new])
    found = [Difference(*place, old.get(place), new.get(place)) for place in places]
    changed = [each for each in found if abs(each.change) >= _CENT]
    return sorted(changed, key=lambda each: (-abs(each.change), each.stack, each.name))


def _costs(estimate: Estimate) -> dict[tuple[str, str, str], float]:
    return {
        (stack.name, each.resource.logical_id, each.resource.type): total(each.lines).expected
        for stack in estimate.stacks
        for each in stack.resources
    }


def text(before: Estimate, after: Estimate) -> str:
    """The differences, and the sums before and after, for a terminal."""
    rows = list(_rows(before, after))
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [f"{row[0].rjust(widths[0])}  {row[1].ljust(widths[1])}  {row[2]}".rstrip() for row in rows]
    return "\n".join([*lines, *([""] if lines else []), summary(before.cost, after.cost)])


def markdown(before: Estimate, after: Estimate) -> str:
    """The differences as a comment on a pull request."""
    rows = [f"| {name} | {stack} | {change} |" for change, name, stack in _rows(before, after)]
    head = ["| resource | stack | change a month |", "|---|---|---:|"] if rows else []
    return "\n".join([f"**{summary(before.cost, after.cost)}**", "", *head, *rows]).rstrip() + "\n"


def summary(before: Quantity, after: Quantity) -> str:
    """One sentence."""
    change = after.expected - before.expected
    if abs(change) < _CENT:
        return f"Monthly cost stays {money(after.expected)}"
    verb = "rises" if change > 0 else "falls"
    limits = f" (range {span(after)})" if span(after) else ""
    return (
        f"Monthly cost {verb} by {money(abs(change))}, from {money(before.expected)} to {money(after.expected)}{limits}"
    )


def _rows(before: Estimate, after: Estimate) -> Iterator[tuple[str, str, str]]:
    for each in differences(before, after):
        sign = "+" if each.change > 0 else "-"
        state = " (new)" if each.before is None else " (gone)" if each.after is None else ""
        name = f"{each.name} ({each.type.removeprefix('AWS::')}){state}"
        yield f"{sign}{money(abs(each.change))}", name, each.stack
