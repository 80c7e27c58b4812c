"""What it costs a month, as `make cost` says."""

from __future__ import annotations

from collections.abc import Sequence

from tools.cost.estimate import Estimate, ResourceCost, StackCost, Status
from tools.cost.lines import Line
from tools.cost.report import money, span
from tools.page.html import NONE, Content, Html, details, table, tag
from tools.page.names import kind_of, name_of, short_stack
from tools.page.sources import Sources

_NUMBERS = frozenset({1, 3, 4})


def cost(sources: Sources) -> Html:
    """The section."""
    estimate, graph = sources.estimate, sources.graph
    most = max((each.cost.expected for each in estimate.stacks), default=0) or 1
    sums: list[Sequence[Content]] = [
        (short_stack(graph, each.name), money(each.cost.expected), span(each.cost), _bar(each.cost.expected / most))
        for each in sorted(estimate.stacks, key=lambda each: -each.cost.expected)
    ]
    sums.append((tag("b", "Total"), tag("b", money(estimate.cost.expected)), span(estimate.cost), ""))
    return tag(
        "div",
        tag(
            "p",
            "List prices in US dollars without tax, discounts, free tiers, and data transfer; 730 hours a month. ",
            "Lines that depend on usage are not in the sum, unless a usage file says how much (marked *).",
            class_="quiet",
        ),
        table("By stack", ("Stack", "Monthly cost", "Range", "Share"), sums, numbers=frozenset({1, 2})),
        [
            _stack(sources, each)
            for each in sorted(estimate.stacks, key=lambda each: -each.cost.expected)
            if any(one.lines for one in each.resources)
        ],
        _unpriced(estimate),
    )


def _bar(part: float) -> Html:
    width = f"{max(part, 0.004) * 100:.1f}%"
    bar = tag("rect", class_="bar", x="0", y="0", height="12", width=width)
    return tag("svg", bar, class_="bars", role="img", aria_label=f"{part:.0%} of the largest", height="12")


def _stack(sources: Sources, stack: StackCost) -> Html:
    rows = [_line(each, line) for each in stack.resources for line in each.lines]
    free = sum(each.status is Status.FREE for each in stack.resources)
    return details(
        [short_stack(sources.graph, stack.name), " ", tag("b", money(stack.cost.expected)), f", {free} resources free"],
        table(
            f"Lines of {short_stack(sources.graph, stack.name)}",
            ("Name", "Monthly quantity", "Unit", "Monthly cost", "Range"),
            rows,
            numbers=_NUMBERS,
        ),
    )


def _line(cost: ResourceCost, line: Line) -> Sequence[Content]:
    name = [
        tag("strong", name_of(cost.resource)),
        f" {line.name}",
        tag("span", f" {kind_of(cost.resource)}", class_="quiet"),
    ]
    if line.price is None:
        return name, "", "", "no price", line.note
    if line.quantity is None:
        return name, "", line.price.unit, "depends on usage", f"${line.price.usd:.6f}".rstrip("0").ljust(5, "0")
    star = "*" if line.is_assumed else ""
    quantity = f"{line.quantity.expected:,.2f}".rstrip("0").rstrip(".")
    return name, quantity, line.price.unit, f"{money(line.cost.expected)}{star}", span(line.cost)


def _unpriced(estimate: Estimate) -> Html | None:
    rows = sorted({(f"{what}", reason) for _, what, reason in estimate.without_price()})
    return table("Not in the sum", ("What", "Why"), rows, numbers=NONE) if rows else None
