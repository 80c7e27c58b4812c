"""Who can reach this, and what can it reach?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from tools.page.connections import Connection, Outside, Path
from tools.page.distributions import DISTRIBUTION
from tools.page.html import NONE, Content, Html, badge, bullets, details, joined, table, tag
from tools.page.lattice import SERVICE
from tools.page.limits import limits
from tools.page.place import Place
from tools.page.sources import Sources
from tools.page.views.matrix import matrix
from tools.page.views.tiles import slug

_SHORT: Final = 24
_POSSIBLE: Final = badge("possible", "warn")
_FORWARDING: Final = {"Load balancer": "load balancers", DISTRIBUTION: "Amazon CloudFront", SERVICE: "VPC Lattice"}
# What is reached, port, way, whether it is certain, and the rule that lets it in.
_Row = tuple[Html, str, str, bool, str]


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
    behind: defaultdict[tuple[Outside, Place], list[Path]] = defaultdict(list)
    for path in found.paths:
        if isinstance(path.first.source, Outside):
            behind[path.first.source, path.through[0]].append(path)
    # Who reaches the same shares a sentence, as IPv4 and IPv6 do.
    alike: defaultdict[Html, list[Outside]] = defaultdict(list)
    for outside, targets in direct.items():
        alike[joined([_reached(sources, *each, behind[outside, each[0]]) for each in targets.items()])].append(outside)
    sentences = [
        [[[" and " if each is not ends[0] else None, _end(each)] for each in ends], _verb(ends), said]
        for said, ends in alike.items()
    ]
    reached = {place for targets in direct.values() for place in targets}
    reached |= {path.second.target for path in found.paths if isinstance(path.second.target, Place)}
    untouched = len(found.places) - len(reached)
    others = f"Nobody outside of the VPCs reaches {untouched} of the {len(found.places)} places."
    none = "Nobody outside of the VPCs reaches anything."
    last = [badge("closed", "good"), " ", others if reached else none] if untouched else None
    return tag("div", [tag("p", each) for each in [*sentences, last] if each], class_="answer")


def _verb(ends: Sequence[Outside]) -> str:
    return " reaches " if len(ends) == 1 else " reach "


def _reached(sources: Sources, target: Place, connections: Sequence[Connection], behind: Sequence[Path]) -> Content:
    ports = " and ".join(dict.fromkeys(str(each.ports) for each in connections))
    acl = sources.web_acls.get(target.resource)
    through = list(dict.fromkeys(each.second.target for each in behind))
    is_certain = all(each.is_certain for each in connections)
    certain = {each.second.target for each in behind if each.is_certain}
    shown = [
        [", " if number else "", _end(each), [" ", _POSSIBLE] if certain and each not in certain else None]
        for number, each in enumerate(through[:6])
    ]
    more = f" and {len(through) - 6} more" if len(through) > 6 else ""
    return [
        _end(target),
        f" on {ports}",
        None if is_certain else [" ", _POSSIBLE],
        f", with AWS WAF in front ({acl})" if acl else None,
        [", and through it ", shown, more] if through else None,
        [" ", _POSSIBLE] if through and not certain and is_certain else None,
        ". ",
    ]


def _exposure(sources: Sources) -> Html | None:
    alike: defaultdict[_Row, list[Place | Outside]] = defaultdict(list)
    for each in sorted(sources.reachability.connections, key=lambda one: not one.is_certain):
        if isinstance(each.source, Outside):
            row = (_end(each.target), str(each.ports), each.way, each.is_certain, each.lets_in)
            alike[row].append(each.source)
    for path in sources.reachability.paths:
        alike[_path_row(path)].append(path.first.source)
    rows: list[Sequence[Content]] = [
        (
            _ends(list(dict.fromkeys(ends))),
            target,
            tag("span", port, class_="keep") if "→" in port else port,
            [way, None if certain else [" ", _POSSIBLE]],
            lets_in,
        )
        for (target, port, way, certain, lets_in), ends in alike.items()
    ]
    if not rows:
        return None
    return table(
        "From outside of the VPCs", ("Who", "reaches", "Port", "Way", "Rule that lets it in"), rows, numbers=NONE
    )


def _path_row(path: Path) -> _Row:
    words = [f"through {' and '.join(each.name for each in path.through)}", path.forwarding.said]
    if path.forwarding.keeps_clients:
        words.append("with the address of the client")
    if path.second.doubt:
        words.append(path.second.doubt)
    return _end(path.second.target), _hop(path), ", ".join(words), path.is_certain, path.second.lets_in


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
            "Computed from security groups, listeners, target groups, routes, network ACLs, endpoint policies, "
            "distributions of Amazon CloudFront, and service networks of VPC Lattice. ",
            "“Possible” marks what the templates do not decide. An address that somebody else was given, such as ",
            "that of a VPN, is the address of whoever has it.",
            class_="quiet",
        ),
        bullets(f"{each}." for each in said) if said else None,
    )


def _end(end: Place | Outside) -> Html:
    if isinstance(end, Place):
        return tag("a", end.name, href=f"#who-{slug(end)}")
    keep = "keep" if len(end.name) <= _SHORT else ""
    return badge(end.name, f"warn {keep}" if end.name.startswith("the internet") else keep)


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
        alike[str(each.ports), each.way, each.lets_in, each.lets_out, each.is_certain].append(end)
    rows = [
        (
            _ends(ends),
            ports,
            [route, None if certain else [" ", _POSSIBLE]],
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
    """Ends with the same way share a row."""
    alike: defaultdict[tuple[str, tuple[Place, ...], str, str, bool], list[Place | Outside]] = defaultdict(list)
    for each in paths:
        key = (str(each.first.ports), each.through, each.forwarding.said, str(each.second.ports), each.is_certain)
        alike[key].append(each.first.source)
    rows = [
        (
            _ends(list(dict.fromkeys(ends))),
            asked,
            [[_end(one), tag("br") if one is not through[-1] else None] for one in through],
            [said, None if certain else [" ", _POSSIBLE]],
            sent,
        )
        for (asked, through, said, sent, certain), ends in alike.items()
    ]
    headings = ("Who", "asks port", "of", "with", "and is sent to port")
    kinds = {one.kind for each in paths for one in each.through}
    names = [name for kind, name in _FORWARDING.items() if kind in kinds]
    return table(f"Through {' and '.join(names)}", headings, rows, numbers=NONE) if rows else None
