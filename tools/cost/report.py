"""An estimate as a table in the shape of infracost's, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from tools.cost.estimate import Estimate, ResourceCost, StackCost, Status
from tools.cost.lines import Line, Quantity

ASSUMED, OTHER_REGION, NOTED = "*", "†", "‡"
_HEADINGS: Final = ("Name", "Monthly Qty", "Unit", "Monthly Cost", "Range")
_Row = tuple[str, str, str, str, str]


def table(estimate: Estimate) -> str:
    """Name, quantity, unit, and cost of each line, by stack and resource, and the sums."""
    rows: list[_Row] = [_HEADINGS]
    for stack in estimate.stacks:
        rows += [("",) * 5, *_stack_rows(stack)]
    rows += [("",) * 5, ("Total", "", "", money(estimate.cost.expected), span(estimate.cost))]
    return "\n".join([*_aligned(rows), "", *_footer(estimate)])


def markdown(estimate: Estimate) -> str:
    """Stacks and their sums, and under each its lines."""
    head = ["| stack | monthly cost | range |", "|---|---:|---:|"]
    sums = [f"| {each.name} | {money(each.cost.expected)} | {span(each.cost)} |" for each in estimate.stacks]
    sums.append(f"| **total** | **{money(estimate.cost.expected)}** | {span(estimate.cost)} |")
    parts = ["\n".join([*head, *sums])]
    for stack in estimate.stacks:
        rows = [row for row in _stack_rows(stack) if any(row)]
        cells = [f"| {' | '.join(_escaped(cell) for cell in row)} |" for row in rows[1:]]
        if cells:
            titles = f"| {' | '.join(heading.lower() for heading in _HEADINGS)} |"
            parts.append("\n".join([f"### {stack.name}", "", titles, "|---|---:|---|---:|---:|", *cells]))
    return "\n\n".join([*parts, *[line for line in _footer(estimate) if line]]) + "\n"


def as_json(estimate: Estimate) -> str:
    """Everything, for programs."""
    document = {
        "currency": "USD",
        "monthlyCost": _rounded(estimate.cost),
        "monthlyUsageCost": round(estimate.usage_cost, 2),
        "resources": {status.value: len(estimate.having(status)) for status in Status},
        "stacks": [_stack_document(stack) for stack in estimate.stacks],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def money(usd: float) -> str:
    """An amount as it is shown."""
    return f"${usd:,.2f}"


def span(cost: Quantity) -> str:
    """The range of a cost; empty where it has none."""
    low, high = money(cost.least), money(cost.most)
    return "" if low == high else f"{low} - {high}"


def _stack_rows(stack: StackCost) -> Iterator[_Row]:
    yield stack.name, "", "", money(stack.cost.expected), span(stack.cost)
    for each in stack.resources:
        if each.status is not Status.FREE:
            yield from _resource_rows(stack, each)


def _resource_rows(stack: StackCost, cost: ResourceCost) -> Iterator[_Row]:
    yield f"  {cost.resource.logical_id} ({cost.resource.type.removeprefix('AWS::')})", "", "", "", ""
    if not cost.lines:
        yield f"   └─ {cost.reason}", "", "", "no price", ""
    for line in cost.lines:
        corner = "└─" if line is cost.lines[-1] else "├─"
        mark = OTHER_REGION if stack.is_of_another_region(line) else ""
        yield _line_row(line, f"   {corner} {line.name}", mark)


def _line_row(line: Line, name: str, mark: str) -> _Row:
    if line.price is None:
        return name, _quantity(line), "", "no price", ""
    if line.quantity is None:
        return name, "", "", f"depends on usage: {_unit_price(line)}{mark}", ""
    mark += (ASSUMED if line.is_assumed else "") + (NOTED if line.note else "")
    return name, _quantity(line), line.price.unit, f"{money(line.cost.expected)}{mark}", span(line.cost)


def _quantity(line: Line) -> str:
    return "" if line.quantity is None else f"{line.quantity.expected:,.2f}".rstrip("0").rstrip(".")


def _unit_price(line: Line) -> str:
    """Prices of tiny units by the million, as AWS publishes them."""
    if line.price is None:
        return ""
    usd, unit = line.price.usd, line.price.unit
    if usd < 0.0001:
        usd, unit = usd * 1_000_000, f"million {unit}"
    text = f"{usd:.6f}".rstrip("0")
    whole, _, cents = text.partition(".")
    return f"${whole}.{cents.ljust(2, '0')} per {unit if unit.startswith('million') else unit.removesuffix('s')}"


def _aligned(rows: Sequence[_Row]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows if column or row[1:] != ("",) * 4) for column in range(5)]
    # What depends on usage stands over the columns of quantity and unit, as infracost shows it.
    plain = [len(row[3]) for row in rows if not row[3].startswith("depends")]
    widths[3] = max(plain)
    for name, quantity, unit, cost, range_ in rows:
        if cost.startswith("depends"):
            yield f"{name.ljust(widths[0])}  {cost}".rstrip()
        else:
            cells = (name.ljust(widths[0]), quantity.rjust(widths[1]), unit.ljust(widths[2]), cost.rjust(widths[3]))
            yield "  ".join([*cells, range_]).rstrip()


def _footer(estimate: Estimate) -> Iterator[str]:
    counts = {status: len(estimate.having(status)) for status in Status}
    said = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    yield f"{sum(counts.values())} resources: {said}"
    baseline = estimate.cost.expected - estimate.usage_cost
    yield f"Baseline {money(baseline)}, usage* {money(estimate.usage_cost)}, total {money(estimate.cost.expected)}"
    if estimate.usage_cost:
        yield f"{ASSUMED} assumed by the usage file"
    if any(stack.is_of_another_region(line) for stack in estimate.stacks for line in stack.lines):
        regions = ", ".join(sorted({stack.region for stack in estimate.stacks}))
        yield f"{OTHER_REGION} price of us-east-1, since none of {regions} is on file"
    notes = sorted({line.note for line in estimate.lines if line.note and line.is_priced})
    yield from (f"{NOTED} {note}" for note in notes)
    without = sorted({f"{name}: {reason}" for _, name, reason in estimate.without_price()})
    if without:
        yield "Not in the sum:"
        yield from (f"- {each}" for each in without)
    yield "List prices in US dollars without tax, discounts, free tiers, and data transfer; 730 hours a month."


def _stack_document(stack: StackCost) -> dict[str, Any]:
    return {
        "name": stack.name,
        "region": stack.region,
        "monthlyCost": _rounded(stack.cost),
        "resources": [_resource_document(stack, each) for each in stack.resources],
    }


def _resource_document(stack: StackCost, cost: ResourceCost) -> dict[str, Any]:
    return {
        "name": cost.resource.logical_id,
        "resourceType": cost.resource.type,
        "status": cost.status.value,
        **({"reason": cost.reason} if cost.reason else {}),
        "costComponents": [_line_document(stack, line) for line in cost.lines],
    }


def _line_document(stack: StackCost, line: Line) -> dict[str, Any]:
    price = line.price
    return {
        "name": line.name,
        "unit": price.unit if price else None,
        "price": price.usd if price else None,
        "priceRegion": price.region if price else None,
        "priceOfAnotherRegion": stack.is_of_another_region(line),
        "priceAsOf": price.as_of.isoformat() if price else None,
        "monthlyQuantity": _rounded(line.quantity) if line.quantity else None,
        "monthlyCost": _rounded(line.cost) if line.quantity and price else None,
        "usageBased": line.is_assumed or (line.quantity is None and price is not None),
        **({"note": line.note} if line.note else {}),
    }


def _rounded(quantity: Quantity) -> dict[str, float]:
    return {
        "minimum": round(quantity.least, 4),
        "expected": round(quantity.expected, 4),
        "maximum": round(quantity.most, 4),
    }


def _escaped(cell: str) -> str:
    return cell.strip().replace("|", "\\|")
