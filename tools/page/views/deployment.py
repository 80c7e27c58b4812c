"""A first deployment as a Gantt chart, and the path that decides how long it takes."""

from __future__ import annotations

from tools.deploy_time.model import Model, StackTime
from tools.deploy_time.report import minutes
from tools.page.html import Html, details, joined, table, tag
from tools.page.names import short_stack
from tools.page.sources import Sources

_WIDTH, _LEFT, _ROW = 1180, 260, 26


def deployment(sources: Sources) -> Html:
    """The section."""
    model = sources.time
    one, all_ = model.total(1), model.total(None)
    bound = sum(step.seconds for step in model.shortest_possible)
    return tag(
        "div",
        tag(
            "p",
            tag("b", minutes(one)),
            f" with one stack at a time, {minutes(all_)} with all that can go side by side; no order is faster than "
            f"{minutes(bound)}. From times that people published; sums are upper bounds.",
        ),
        _gantt(sources, model, None, "Side by side"),
        _gantt(sources, model, 1, "One at a time, as cdk deploy does by itself"),
        tag("h3", "The path"),
        [_steps(sources, model, each) for each in model.chain(None)],
    )


def _gantt(sources: Sources, model: Model, concurrency: int | None, caption: str) -> Html:
    times = model.schedule(concurrency)
    chain = {each.stack for each in model.chain(concurrency)}
    total = max(model.total(concurrency), 1)
    scale = (_WIDTH - _LEFT - 80) / total
    step = next((each for each in (60, 120, 300, 600, 1200, 1800) if total / each <= 8), 3600)
    height = len(times) * _ROW + 30
    ticks = [
        [
            tag("line", x1=_x(second, scale), x2=_x(second, scale), y1=20, y2=height, class_="tick"),
            tag("text", f"{second // 60} min", x=_x(second, scale), y=14, class_="label"),
        ]
        for second in range(0, int(total) + 1, step)
    ]
    bars = [_bar(sources, each, number, scale, each.stack in chain) for number, each in enumerate(times)]
    said = f"{caption}: " + ", ".join(
        f"{short_stack(sources.graph, each.stack)} from {minutes(each.start)} to {minutes(each.end)}" for each in times
    )
    picture = tag(
        "svg", ticks, bars, viewBox=f"-12 0 {_WIDTH} {height}", width=_WIDTH, height=height, role="img", aria_label=said
    )
    return tag(
        "figure",
        tag("figcaption", caption, tag("span", " (marked: the path)", class_="quiet")),
        tag("div", picture, class_="scroll", tabindex=0, role="group", aria_label=caption),
    )


def _x(second: float, scale: float) -> str:
    return f"{_LEFT + second * scale:.1f}"


def _bar(sources: Sources, time: StackTime, number: int, scale: float, is_on_path: bool) -> Html:
    y, width = 24 + number * _ROW, max((time.end - time.start) * scale, 2)
    end = float(_x(time.end, scale)) + 6
    name = short_stack(sources.graph, time.stack)
    shown = name if len(name) <= 32 else f"{name[:31]}…"
    return joined(
        [
            tag("text", shown, x=0, y=y + 13, class_="name"),
            tag(
                "rect",
                x=_x(time.start, scale),
                y=y,
                width=f"{width:.1f}",
                height=18,
                rx=3,
                class_="bar path" if is_on_path else "bar",
            ),
            tag("text", minutes(time.end - time.start), x=f"{end:.1f}", y=y + 13, class_="label"),
        ]
    )


def _steps(sources: Sources, model: Model, time: StackTime) -> Html:
    rows = [
        (
            step.name,
            step.type.removeprefix("AWS::"),
            minutes(step.seconds),
            "published" if step.is_measured else "assumed",
        )
        for step in model.path_of_stack(time.stack)
    ]
    title = f"{short_stack(sources.graph, time.stack)}, {minutes(time.end - time.start)}"
    return details(
        title,
        table(f"Path in {title}", ("Resource", "Type", "Time", "Source"), rows, numbers=frozenset({2})),
        class_="group",
    )
