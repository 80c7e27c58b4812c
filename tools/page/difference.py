"""What changed between two commits, in the terms of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import NONE, Content, Html, badge, table, tag
from tools.page.names import identifier, kind_of, name_of, short_stack
from tools.page.places import Place
from tools.page.reachability import Outside
from tools.page.sources import Sources


def difference(base: Sources, now: Sources, *, base_name: str) -> Html:
    """The section."""
    return tag(
        "div",
        tag("p", f"From {base_name} to the working tree.", class_="quiet"),
        table(
            "Figures",
            ("Figure", base_name, "now"),
            [
                ("Cost a month", money(base.estimate.cost.expected), money(now.estimate.cost.expected)),
                ("First deployment", minutes(base.time.total(None)), minutes(now.time.total(None))),
                ("Resources", len(base.graph.resources), len(now.graph.resources)),
                ("Accepted findings", *(len(each.findings("suppressedViolations")) for each in (base, now))),
            ],
            numbers=frozenset({1, 2}),
        ),
        _section("Resources", ("Change", "Stack", "Resource"), _resources(base, now)),
        _section("Who reaches whom", ("Change", "Who", "reaches", "Port"), _listed(_reached(base), _reached(now))),
        _section("What roles may do", ("Change", "Role", "May"), _listed(_allowed(base), _allowed(now))),
        _section("Cost", ("Change", "Stack", "Line", "Monthly cost"), _listed(_costs(base), _costs(now))),
        _section("Accepted findings", ("Change", "Rule", "Resource"), _listed(_accepted(base), _accepted(now))),
    )


def _section(title: str, headings: Sequence[str], rows: Sequence[Sequence[Content]]) -> Html:
    if not rows:
        return tag("p", tag("strong", title), ": no change")
    return table(f"{title}: {len(rows)} changes", headings, rows, numbers=NONE)


def _listed(before: set[tuple[str, ...]], after: set[tuple[str, ...]]) -> list[Sequence[Content]]:
    return [
        (badge("new", "warn") if each in after else badge("gone", "good"), *each) for each in sorted(before ^ after)
    ]


def _resources(base: Sources, now: Sources) -> list[Sequence[Content]]:
    before, after = ({identifier(each): each for each in one.graph.resources} for one in (base, now))
    rows: list[Sequence[Content]] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old and new and old.source == new.source:
            continue
        resource, graph = (new, now.graph) if new else (old, base.graph)
        if resource:
            word = badge("changed") if old and new else badge("new", "warn") if new else badge("gone", "good")
            rows.append((word, short_stack(graph, resource.stack), f"{name_of(resource)} ({kind_of(resource)})"))
    return rows


def _end(end: Place | Outside) -> str:
    return end.name


def _reached(sources: Sources) -> set[tuple[str, ...]]:
    return {(_end(each.source), _end(each.target), str(each.ports)) for each in sources.reachability.connections}


def _allowed(sources: Sources) -> set[tuple[str, ...]]:
    return {
        (identity.name, f"{permission.effect} {action} on {resource}")
        for identity in sources.identities
        for permission in identity.permissions
        for action in permission.actions
        for resource in permission.resources
    }


def _costs(sources: Sources) -> set[tuple[str, ...]]:
    return set(_cost_lines(sources))


def _cost_lines(sources: Sources) -> Iterator[tuple[str, ...]]:
    for stack in sources.estimate.stacks:
        for each in stack.resources:
            for line in each.lines:
                if line.is_priced and line.quantity is not None:
                    name = f"{name_of(each.resource)} {line.name}"
                    yield short_stack(sources.graph, stack.name), name, money(line.cost.expected)


def _accepted(sources: Sources) -> set[tuple[str, ...]]:
    return {(each.rule, each.path) for each in sources.findings("suppressedViolations")}
