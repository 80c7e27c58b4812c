"""Stacks in the order of their deployment, and what ties them."""

from __future__ import annotations

from collections import Counter, defaultdict

from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import NONE, Html, badge, details, table, tag
from tools.page.names import kind_of, name_of, readable, short_stack
from tools.page.sources import Sources

_ALIKE = 4


def stacks(sources: Sources) -> Html:
    """The section."""
    graph = sources.graph
    depth: dict[str, int] = {}
    for stack in sorted(graph.templates, key=lambda each: len(graph.stacks_before(each))):
        depth[stack] = max((depth[each] + 1 for each in graph.stacks_before(stack) if each in depth), default=0)
    waves: defaultdict[int, list[str]] = defaultdict(list)
    for stack in graph.templates:
        waves[depth[stack]].append(stack)
    columns = [
        tag(
            "div",
            tag("h3", f"{number + 1}. {'First' if number == 0 else 'Then'}"),
            _cards(sources, waves[number]),
            class_="wave",
        )
        for number in sorted(waves)
    ]
    return tag(
        "div",
        tag("div", columns, class_="waves", tabindex=0, role="group", aria_label="Stacks in the order of deployment"),
        _ties(sources),
    )


def _cards(sources: Sources, names: list[str]) -> list[Html]:
    """Stacks with as many resources of the same types, and the same stacks before them, are one card that opens."""
    alike: defaultdict[tuple[object, ...], list[str]] = defaultdict(list)
    for stack in names:
        types = Counter(each.type for each in sources.graph.resources if each.stack == stack)
        alike[tuple(sorted(types.items())), tuple(sorted(_direct(sources, stack)))].append(stack)
    drawn = []
    for stacks_ in alike.values():
        cards = [_card(sources, each) for each in stacks_]
        if len(cards) < _ALIKE:
            drawn += cards
            continue
        costs = {each.name: each.cost.expected for each in sources.estimate.stacks}
        total = money(sum(costs[each] for each in stacks_))
        title = f"{len(cards)} alike, such as {short_stack(sources.graph, stacks_[0])}: {total} a month"
        drawn.append(details(title, cards, class_="group"))
    return drawn


def _card(sources: Sources, stack: str) -> Html:
    graph = sources.graph
    resources = [each for each in graph.resources if each.stack == stack]
    cost = next(each.cost for each in sources.estimate.stacks if each.name == stack)
    types = Counter(kind_of(each) for each in resources)
    needs = sorted(short_stack(graph, each) for each in _direct(sources, stack))
    return tag(
        "article",
        tag("h4", short_stack(graph, stack)),
        tag(
            "p",
            f"{len(resources)} resources, {money(cost.expected)} a month, {minutes(sources.time.stack_time(stack))}",
        ),
        tag("p", "needs ", [[badge(each), " "] for each in needs], class_="quiet") if needs else None,
        details(
            "resources by type",
            tag("ul", [tag("li", f"{n} {kind}") for kind, n in sorted(types.items())]),
            class_="plain",
        ),
        class_="card",
    )


def _direct(sources: Sources, stack: str) -> set[str]:
    before = sources.graph.stacks_before(stack)
    return {each for each in before if not any(each in sources.graph.stacks_before(other) for other in before)}


def _ties(sources: Sources) -> Html:
    """Each value that a stack imports: an export that is in use can be neither changed nor deleted."""
    graph = sources.graph
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for resource in graph.resources:
        for each in graph.direct_prerequisites(resource):
            if each.stack != resource.stack:
                found[resource.stack, each.stack].add(f"{name_of(each)} ({kind_of(each)})")
    rows = [
        (short_stack(graph, user), short_stack(graph, maker), len(what), ", ".join(sorted(what)))
        for (user, maker), what in sorted(found.items())
    ]
    exports = [
        (short_stack(graph, stack), tag("code", name), readable(graph, value if isinstance(value, str) else name))
        for name, (stack, value) in sorted(graph.exports.items())
    ]
    return joined_tables(
        table(
            "What ties stacks: CloudFormation neither changes nor deletes a value while another stack imports it",
            ("Stack", "imports from", "Resources", "Which"),
            rows,
            numbers=frozenset({2}),
        ),
        details(
            f"{len(exports)} exports",
            table("Exports", ("Stack", "Name"), [row[:2] for row in exports], numbers=NONE),
        ),
    )


def joined_tables(*parts: Html) -> Html:
    """One below the other."""
    return tag("div", parts)
