"""Stacks in the order of their deployment, and what ties them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from tools.cost.report import money
from tools.deploy_time.report import minutes
from tools.page.html import NONE, Content, Html, badge, code, details, table, tag
from tools.page.names import kind_of, name_of, short_stack
from tools.page.sources import Sources
from tools.page.views.stack_graph import slug_of_stack, stack_graph


def stacks(sources: Sources) -> Html:
    """The section."""
    ties = _ties(sources)
    return tag(
        "div",
        stack_graph(sources, ties),
        _table(sources),
        _imports(sources, ties),
        _exports(sources),
    )


def _ties(sources: Sources) -> Mapping[tuple[str, str], Sequence[str]]:
    """(stack, other stack) -> what the first refers to in the other."""
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for resource in sources.graph.resources:
        for each in sources.graph.direct_prerequisites(resource):
            if each.stack != resource.stack:
                found[resource.stack, each.stack].add(f"{name_of(each)} ({kind_of(each)})")
    return {ends: sorted(what) for ends, what in found.items()}


def _table(sources: Sources) -> Html:
    graph = sources.graph
    costs = {each.name: each.cost.expected for each in sources.estimate.stacks}
    rows: list[Sequence[Content]] = []
    for stack in sorted(graph.templates, key=lambda each: (len(graph.stacks_before(each)), each)):
        types = Counter(kind_of(each) for each in graph.resources if each.stack == stack)
        needs = sorted(short_stack(graph, each) for each in graph.stacks_before(stack))
        listed = tag("ul", [tag("li", f"{number} {kind}") for kind, number in sorted(types.items())])
        rows.append(
            (
                tag("strong", short_stack(graph, stack), id=slug_of_stack(stack)),
                types.total(),
                money(costs[stack]),
                minutes(sources.time.stack_time(stack)),
                [[badge(each), " "] for each in needs] or tag("span", "nothing", class_="quiet"),
                details(f"{len(types)} types", listed, class_="plain"),
            )
        )
    headings = ("Stack", "Resources", "Monthly cost", "Creation", "Waits for", "Of which")
    return table("Stacks", headings, rows, numbers=frozenset({1, 2, 3}))


def _imports(sources: Sources, ties: Mapping[tuple[str, str], Sequence[str]]) -> Html:
    """Each value that a stack imports: an export that is in use can be neither changed nor deleted."""
    if not ties:
        return tag("p", "No stack imports anything from another.", class_="empty")
    rows = [
        (short_stack(sources.graph, user), short_stack(sources.graph, maker), len(what), ", ".join(what))
        for (user, maker), what in sorted(ties.items())
    ]
    return table(
        "What ties stacks: CloudFormation neither changes nor deletes a value while another stack imports it",
        ("Stack", "imports from", "Resources", "Which"),
        rows,
        numbers=frozenset({2}),
    )


def _exports(sources: Sources) -> Html:
    rows = [
        (short_stack(sources.graph, stack), code(name)) for name, (stack, _) in sorted(sources.graph.exports.items())
    ]
    return details(f"{len(rows)} exports", table("Exports", ("Stack", "Name"), rows, numbers=NONE))
