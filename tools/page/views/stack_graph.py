"""Stacks as a drawn graph: columns in the order of deployment, lines for what one imports from another.

Many stacks of a family with the same ties are one box. A line that passes a column has a place of its own there, shared
by all lines from the same stack, so that none runs under a box.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import Html, tag
from tools.page.names import short_stack
from tools.page.sources import Sources

_WIDTH: Final = 1180
_BOX: Final = (250, 46)
_GAP: Final = 16
_PASSAGE: Final = 14
_TOP: Final = 34
_FEW: Final = 14
_ALIKE: Final = 3
_LONGEST_NAME: Final = 28


@dataclass
class _Box:
    """One stack, or several alike; without stacks, the place of a line that passes a column."""

    stacks: tuple[str, ...]
    column: int
    before: dict[int, int] = field(default_factory=dict)
    """Index of a box -> how many values are imported from it; 0 where only the order is stated."""

    source: int = -1
    """Of a passage: where its line comes from."""

    y: float = 0

    @property
    def height(self) -> int:
        return _BOX[1] if self.stacks else 0


def stack_graph(sources: Sources, ties: Mapping[tuple[str, str], Sequence[str]]) -> Html:
    """The picture.

    Args:
        sources: The environment.
        ties: (stack, other stack) -> what the first imports from the other.
    """
    boxes = _boxes(sources, ties)
    count = 1 + max(each.column for each in boxes)
    with_passages = _with_passages(boxes)
    columns = [[n for n, each in enumerate(with_passages) if each.column == column] for column in range(count)]
    height = _placed(with_passages, columns)
    gap = min(190, max(80, (_WIDTH - count * _BOX[0]) // max(count - 1, 1)))
    width = count * _BOX[0] + (count - 1) * gap
    lines = [
        _line(with_passages, number, before, imports, gap)
        for number, each in enumerate(with_passages)
        for before, imports in each.before.items()
    ]
    heads = [
        tag("text", f"{column + 1}. {'First' if column == 0 else 'Then'}", x=_x(column, gap), y=14, class_="label")
        for column in range(count)
    ]
    drawn = [_drawn(sources, each, number, gap) for number, each in enumerate(with_passages) if each.stacks]
    words = "; ".join(
        f"{_name(sources, each)} after {', '.join(_name(sources, boxes[one]) for one in each.before)}"
        for each in boxes
        if each.before
    )
    said = f"Stacks in the order of deployment: {words or 'none waits for another'}"
    picture = tag(
        "svg",
        heads,
        lines,
        drawn,
        viewBox=f"-1 0 {width + 2} {height:.0f}",
        width=width + 2,
        height=f"{height:.0f}",
        role="group",
        aria_label=said,
        class_="stack-graph",
    )
    caption = "Lines are what the right one imports from the left one; dashed, the order alone."
    return tag(
        "figure",
        tag("figcaption", caption, class_="quiet"),
        tag("div", picture, class_="scroll picture", tabindex=0, role="group", aria_label="Graph of stacks"),
    )


def _direct(sources: Sources, stack: str, ties: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """Stacks that it imports from, and those before it that nothing else says are."""
    before = sources.graph.stacks_before(stack)
    last = {each for each in before if not any(each in sources.graph.stacks_before(other) for other in before)}
    return [each for each in sources.graph.templates if each in last or (stack, each) in ties]


def _boxes(sources: Sources, ties: Mapping[tuple[str, str], Sequence[str]]) -> list[_Box]:
    graph = sources.graph
    direct = {stack: _direct(sources, stack, ties) for stack in graph.templates}
    depth: dict[str, int] = {}
    for stack in sorted(graph.templates, key=lambda each: len(graph.stacks_before(each))):
        depth[stack] = max((depth[each] + 1 for each in direct[stack] if each in depth), default=0)
    groups: defaultdict[object, list[str]] = defaultdict(list)
    for stack in graph.templates:
        family = "-".join(short_stack(graph, stack).split("-")[:2])
        is_needed = any(stack in each for each in direct.values())
        key = stack if is_needed or len(graph.templates) <= _FEW else (depth[stack], tuple(direct[stack]), family)
        groups[key].append(stack)
    listed: list[tuple[str, ...]] = []
    for alike in groups.values():
        listed += [tuple(alike)] if len(alike) >= _ALIKE else [(each,) for each in alike]
    home = {stack: number for number, alike in enumerate(listed) for stack in alike}
    boxes = [_Box(alike, depth[alike[0]]) for alike in listed]
    for box in boxes:
        for other in direct[box.stacks[0]]:
            box.before[home[other]] = len(ties.get((box.stacks[0], other), ()))
    return boxes


def _with_passages(boxes: Sequence[_Box]) -> list[_Box]:
    """The boxes, and after them the passages of lines through columns between."""
    found = [_Box(each.stacks, each.column) for each in boxes]
    passages: dict[tuple[int, int], int] = {}
    for number, box in enumerate(boxes):
        for before, imports in box.before.items():
            last = before
            for column in range(boxes[before].column + 1, box.column):
                if (before, column) not in passages:
                    passages[before, column] = len(found)
                    found.append(_Box((), column, before={last: imports}, source=before))
                last = passages[before, column]
                entry = found[last].before
                entry[next(iter(entry))] = max(imports, *entry.values())
            found[number].before[last] = imports
    return found


def _placed(boxes: Sequence[_Box], columns: Sequence[list[int]]) -> float:
    """Give each its height on the page, near to those before it; the answer is the height of the picture."""
    bottoms = []
    for column in columns:
        wanted = {n: _middle([boxes[b].y + boxes[b].height / 2 for b in boxes[n].before]) for n in column}
        column.sort(key=lambda n: (wanted[n], n))
        y = float(_TOP)
        for n in column:
            boxes[n].y = y
            y += boxes[n].height + (_GAP if boxes[n].stacks else _PASSAGE)
        bottoms.append(y)
    for column, bottom in zip(columns, bottoms, strict=True):
        for n in column:
            boxes[n].y += (max(bottoms) - bottom) / 2
    return max(bottoms)


def _middle(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0


def _x(column: int, gap: int) -> int:
    return column * (_BOX[0] + gap)


def _line(boxes: Sequence[_Box], number: int, before: int, imports: int, gap: int) -> Html:
    box, other = boxes[number], boxes[before]
    x1, y1 = _x(other.column, gap) + _BOX[0], other.y + other.height / 2
    x2, y2 = _x(box.column, gap), box.y + box.height / 2
    # A passage is as wide as its column.
    end = f" L{x2 + _BOX[0]},{y2:.1f}" if not box.stacks else ""
    bend = (x2 - x1) / 2
    path = f"M{x1},{y1:.1f} C{x1 + bend:.0f},{y1:.1f} {x2 - bend:.0f},{y2:.1f} {x2},{y2:.1f}{end}"
    source = other.source if not other.stacks else before
    kinds = ["tie", "" if imports else "order", "strong" if imports > 4 else ""]
    return tag("path", d=path, class_=" ".join(filter(None, kinds)), data_from=source, data_to=number)


def _name(sources: Sources, box: _Box) -> str:
    names = [short_stack(sources.graph, each) for each in box.stacks]
    if len(names) == 1:
        return names[0]
    return f"{len(names)} × {'-'.join(names[0].split('-')[:2])}"  # noqa: RUF001 - times


def _drawn(sources: Sources, box: _Box, number: int, gap: int) -> Html:
    costs = {each.name: each.cost.expected for each in sources.estimate.stacks}
    resources = sum(len(sources.graph.templates[each].get("Resources", {})) for each in box.stacks)
    longest = max(sources.time.stack_time(each) for each in box.stacks)
    name = _name(sources, box)
    shown = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    facts = f"{resources} resources · {money(sum(costs[each] for each in box.stacks))} · {minutes(longest)}"
    x, y = _x(box.column, gap), box.y
    class_ = "box many" if len(box.stacks) > 1 else "box"
    return tag(
        "a",
        tag("rect", x=x, y=f"{y:.1f}", width=_BOX[0], height=_BOX[1], rx=7, class_=class_),
        tag("text", shown, x=x + 12, y=f"{y + 19:.1f}", class_="name"),
        tag("text", facts, x=x + 12, y=f"{y + 36:.1f}", class_="label small"),
        href=f"#{slug_of_stack(box.stacks[0])}",
        aria_label=f"{name}: {facts}",
        data_box=number,
    )


def slug_of_stack(stack: str) -> str:
    """Where the page says more of it."""
    return f"stack-{stack.lower()}"
