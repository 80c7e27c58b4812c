"""Who can reach this, and what can it reach?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from tools.page.connections import Connection, Outside, Path
from tools.page.html import NONE, Content, Html, badge, bullets, details, table, tag
from tools.page.limits import limits
from tools.page.places import Place
from tools.page.sources import Sources
from tools.page.views.matrix import matrix
from tools.page.views.topology import slug


def reach(sources: Sources) -> Html:
    """The section."""
    found = sources.reachability
    options = [tag("option", "Everything", value="")] + [
        tag("option", f"{each.name} ({each.kind})", value=f"who-{slug(each)}") for each in found.places
    ]
    return tag(
        "div",
        _answer(sources),
        _exposure(sources),
        matrix(found),
        tag("p", tag("label", "Who can reach ", for_="who"), tag("select", options, id="who"), class_="ask"),
        [_place(sources, each) for each in found.places],
        _limits(sources),
    )


def _answer(sources: Sources) -> Html:
    """In a sentence for each source outside: what it reaches, and what stands in front."""
    found = sources.reachability
    direct: defaultdict[Outside, dict[Place, list[Connection]]] = defaultdict(dict)
    for each in found.connections:
        if isinstance(each.source, Outside) and isinstance(each.target, Place):
            direct[each.source].setdefault(each.target, []).append(each)
    behind: defaultdict[tuple[Outside, Place], list[Place]] = defaultdict(list)
    for path in found.paths:
        ends = (path.first.source, path.second.source, path.second.target)
        if isinstance(ends[0], Outside) and isinstance(ends[1], Place) and isinstance(ends[2], Place):
            behind[ends[0], ends[1]].append(ends[2])
    sentences = [
        [_end(outside), " reaches ", [_reached(sources, outside, *each, behind) for each in targets.items()]]
        for outside, targets in direct.items()
    ]
    reached = {place for targets in direct.values() for place in targets} | {
        p for many in behind.values() for p in many
    }
    untouched = len(found.places) - len(reached)
    others = f"Nobody outside of the VPCs reaches {untouched} of the {len(found.places)} places."
    none = "Nobody outside of the VPCs reaches anything."
    last = [badge("closed", "good"), " ", others if reached else none]
    return tag("div", [tag("p", each) for each in [*sentences, last]], class_="answer")


def _reached(
    sources: Sources,
    outside: Outside,
    target: Place,
    connections: Sequence[Connection],
    behind: Mapping[tuple[Outside, Place], list[Place]],
) -> Content:
    ports = " and ".join(dict.fromkeys(str(each.ports) for each in connections))
    acl = sources.web_acls.get(target.resource)
    through = list(dict.fromkeys(behind.get((outside, target), ())))
    shown = [[", " if number else "", _end(each)] for number, each in enumerate(through[:6])]
    more = f" and {len(through) - 6} more" if len(through) > 6 else ""
    return [
        _end(target),
        f" on {ports}",
        None if all(each.is_certain for each in connections) else [" ", badge("possible", "warn")],
        f", with AWS WAF in front ({acl})" if acl else None,
        [", and through it ", shown, more] if through else None,
        ". ",
    ]


def _exposure(sources: Sources) -> Html | None:
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
    rows += [_path_row(path) for path in sources.reachability.paths]
    if not rows:
        return None
    return table(
        "From outside of the VPCs", ("Who", "reaches", "Port", "Way", "Rule that lets it in"), rows, numbers=NONE
    )


def _path_row(path: Path) -> Sequence[Content]:
    is_certain = path.first.is_certain and path.second.is_certain
    return (
        _end(path.first.source),
        _end(path.second.target),
        tag("span", _hop(path), class_="keep"),
        [
            f"through {path.second.source.name}, {path.forwarding.said}",
            ", with the address of the client" if path.forwarding.keeps_clients else None,
            None if is_certain else [" ", badge("possible", "warn")],
        ],
        path.second.lets_in,
    )


def _hop(path: Path) -> str:
    if path.forwarding.listener_port < 0:
        return str(path.second.ports)
    return f"{path.forwarding.protocol} {path.forwarding.listener_port} → {path.forwarding.port}"


def _limits(sources: Sources) -> Html:
    said = limits(sources.graph, sources.reachability)
    return tag(
        "div",
        tag("h3", "How this is known, and what is not decided"),
        tag(
            "p",
            "Computed from security groups, listeners, target groups, routes, network ACLs, and endpoint policies. ",
            "“Possible” marks what the templates do not decide. An address that somebody else was given, such as ",
            "that of a VPN, is the address of whoever has it.",
            class_="quiet",
        ),
        bullets(f"{each}." for each in said) if said else None,
    )


def _end(end: Place | Outside) -> Content:
    if isinstance(end, Place):
        return tag("a", end.name, href=f"#who-{slug(end)}")
    return badge(end.name, "warn keep" if end.name.startswith("the internet") else "keep")


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
