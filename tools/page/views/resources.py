"""Every resource, by type."""

from __future__ import annotations

from collections import defaultdict

from assembly import Resource
from tools.page.html import NONE, Html, code, details, table, tag
from tools.page.names import kind_of, name_of, short_stack
from tools.page.sources import Sources


def resources(sources: Sources) -> Html:
    """The section."""
    by_type: defaultdict[str, list[Resource]] = defaultdict(list)
    for each in sources.graph.resources:
        by_type[kind_of(each)].append(each)
    return tag(
        "div",
        [
            details(
                [kind, tag("span", f" {len(found)}", class_="quiet")],
                table(
                    kind,
                    ("Stack", "Name", "Logical ID"),
                    [(short_stack(sources.graph, e.stack), name_of(e), code(e.logical_id)) for e in found],
                    numbers=NONE,
                ),
                class_="group row",
            )
            for kind, found in sorted(by_type.items())
        ],
    )
