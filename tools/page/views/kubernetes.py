"""Objects that are to be in the cluster."""

from __future__ import annotations

from collections import defaultdict

from tools.page.html import NONE, Html, details, table, tag
from tools.page.sources import Manifest, Sources


def kubernetes(sources: Sources) -> Html:
    """The section."""
    if not sources.manifests:
        said = "Not asked for." if sources.manifests is None else "No manifests: no cluster, or no overlay for it."
        return tag("p", said)
    by_namespace: defaultdict[str, list[Manifest]] = defaultdict(list)
    for each in sources.manifests:
        by_namespace[each.namespace or "of the cluster"].append(each)
    return tag(
        "div",
        tag("p", f"{len(sources.manifests)} objects, as `make kubernetes-render` prints them.", class_="quiet"),
        [
            details(
                [tag("strong", namespace), tag("span", f" {len(found)} objects", class_="quiet")],
                table(
                    f"Objects of {namespace}",
                    ("Kind", "Name", "From"),
                    [(each.kind, each.name, each.source) for each in found],
                    numbers=NONE,
                ),
                is_open=len(by_namespace) < 4,
            )
            for namespace, found in sorted(by_namespace.items())
        ],
    )
