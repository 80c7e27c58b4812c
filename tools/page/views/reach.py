"""Who can reach this, and what can it reach?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tools.page.html import NONE, Content, Html, badge, details, table, tag
from tools.page.places import Place
from tools.page.reachability import Connection, Outside, Path
from tools.page.sources import Sources
from tools.page.views.topology import slug

_LIMITS = (
    "Computed from security groups, listeners, target groups, routes, and endpoint policies. Not looked at: network "
    "ACLs, firewalls, AWS WAF, policies inside of a cluster, and what is behind a transit gateway or a peering. "
    "“Possible” marks what the templates do not decide."
)


def reach(sources: Sources) -> Html:
    """The section."""
    found = sources.reachability
    options = [tag("option", "Everything", value="")] + [
        tag("option", f"{each.name} ({each.kind})", value=f"who-{slug(each)}") for each in found.places
    ]
    return tag(
        "div",
        tag("p", _LIMITS, class_="quiet"),
        _exposure(sources),
        tag("p", tag("label", "Who can reach ", for_="who"), tag("select", options, id="who"), class_="ask"),
        [_place(sources, each) for each in found.places],
    )


def _exposure(sources: Sources) -> Html:
    rows: list[Sequence[Content]] = [
        (
            _end(each.source),
            _end(each.target),
            str(each.ports),
            [each.route, None if each.is_certain else [" ", badge("possible", "warn")]],
            each.lets_in,
        )
        for each in sorted(sources.reachability.connections, key=lambda one: not one.is_certain)
        if isinstance(each.source, Outside)
    ]
    rows += [
        (
            _end(path.first.source),
            _end(path.second.target),
            f"{path.first.ports} → {path.second.ports.first}",
            [
                f"through {path.second.source.name}, {path.forwarding.said}",
                None if path.first.is_certain and path.second.is_certain else [" ", badge("possible", "warn")],
            ],
            path.second.lets_in,
        )
        for path in sources.reachability.paths
    ]
    if not rows:
        return tag("p", badge("nothing", "good"), " is reachable from outside of the VPCs.", class_="answer")
    return table(
        "From outside of the VPCs", ("Who", "reaches", "Port", "Way", "Rule that lets it in"), rows, numbers=NONE
    )


def _end(end: Place | Outside) -> Content:
    if isinstance(end, Place):
        return tag("a", end.name, href=f"#who-{slug(end)}")
    return badge(end.name, "warn" if end.name.startswith("the internet") else "")


def _place(sources: Sources, place: Place) -> Html:
    found = sources.reachability
    inbound, outbound = found.inbound(place), found.outbound(place)
    paths = [each for each in found.paths if each.second.target == place]
    title = [
        badge(place.kind),
        " ",
        tag("strong", place.name),
        tag("span", f" {_count(inbound, 'source')}, {_count(outbound, 'target')}", class_="quiet"),
    ]
    return tag(
        "details",
        tag("summary", title),
        _table("Who can reach it", "Who", inbound, is_inbound=True) or tag("p", "Nobody can connect to it."),
        _paths(paths),
        _table("What it can reach", "What", outbound, is_inbound=False) or tag("p", "It can connect to nobody."),
        id=f"who-{slug(place)}",
        class_="group place",
    )


def _count(found: Sequence[Connection], word: str) -> str:
    ends = {each.source if word == "source" else each.target for each in found}
    return f"{len(ends)} {word}{'' if len(ends) == 1 else 's'}"


def _table(caption: str, who: str, found: Sequence[Connection], *, is_inbound: bool) -> Html | None:
    """Ends with the same rules share a row."""
    alike: defaultdict[tuple[str, str, str, str, bool], list[Place | Outside]] = defaultdict(list)
    for each in found:
        end = each.source if is_inbound else each.target
        alike[str(each.ports), each.route, each.lets_in, each.lets_out, each.is_certain].append(end)
    rows = [
        (
            _ends(ends),
            ports,
            [route, None if certain else [" ", badge("possible", "warn")]],
            lets_in or "not asked",
            lets_out or "not asked",
        )
        for (ports, route, lets_in, lets_out, certain), ends in alike.items()
    ]
    headings = (who, "Port", "Way", "Rule that lets it in", "Rule that lets it out")
    return table(caption, headings, rows, numbers=NONE) if rows else None


def _ends(ends: Sequence[Place | Outside]) -> Content:
    listed = [[_end(each), tag("br") if each is not ends[-1] else None] for each in ends]
    return listed if len(ends) < 4 else details(f"{len(ends)} of them", listed, class_="plain")


def _paths(paths: Sequence[Path]) -> Html | None:
    rows = [
        (
            _end(each.first.source),
            str(each.first.ports),
            _end(each.second.source),
            each.forwarding.said,
            str(each.second.ports),
        )
        for each in paths
    ]
    headings = ("Who", "asks port", "of", "with", "and is sent to port")
    return table("Through load balancers", headings, rows, numbers=NONE) if rows else None
