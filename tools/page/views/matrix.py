"""Who reaches whom at a glance: a row for each source, a column for each target, ports where they meet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tools.page.connections import Connection, Outside
from tools.page.html import Content, Html, framed, tag
from tools.page.place import Place
from tools.page.ports import ALL
from tools.page.reachability import Reachability
from tools.page.views.tiles import slug

_ALIKE: Final = 3
_MOST: Final = 30

_End = Place | Outside
_Group = tuple[str, tuple[_End, ...]]


def matrix(reachability: Reachability) -> Html:
    """The table; places with the same connections share a row and a column."""
    rows = _groups(reachability, is_source=True)
    columns = _groups(reachability, is_source=False)
    if not rows or not columns:
        return tag("p", "No connections.", class_="empty")
    if max(len(rows), len(columns)) > _MOST:
        said = f"{len(rows)} different sources and {len(columns)} different targets: ask for one below."
        return tag("p", said, class_="quiet")
    by_ends: dict[tuple[_End, _End], list[Connection]] = {}
    for each in reachability.connections:
        by_ends.setdefault((each.source, each.target), []).append(each)
    head = tag(
        "tr",
        tag("td", "from ↓ to →", class_="quiet"),
        [tag("th", tag("span", _link(column)), scope="col", class_="upright") for column in columns],
    )
    body = [
        tag(
            "tr",
            tag("th", _link(row), scope="row"),
            [_cell([c for s in row[1] for t in column[1] for c in by_ends.get((s, t), ())]) for column in columns],
            class_="row",
        )
        for row in rows
    ]
    caption = "Who reaches whom: ports where a row meets a column; ? where the templates do not decide"
    return framed(caption, tag("table", tag("thead", head), tag("tbody", body), class_="matrix", aria_label=caption))


def _groups(reachability: Reachability, *, is_source: bool) -> list[_Group]:
    """Ends in the order of the page, those outside first; three or more alike are one."""
    ends: dict[_End, set[tuple[object, ...]]] = {}
    for each in reachability.connections:
        own, other = (each.source, each.target) if is_source else (each.target, each.source)
        ends.setdefault(own, set()).add((_kind(other), str(each.ports), each.is_certain))
    found: dict[object, list[_End]] = {}
    order = {place: number for number, place in enumerate(reachability.places)}
    for end in sorted(ends, key=lambda one: order.get(one, -1) if isinstance(one, Place) else -1):
        key = (end.kind, end.subnets, frozenset(ends[end])) if isinstance(end, Place) else end
        found.setdefault(key, []).append(end)
    groups: list[_Group] = []
    for alike in found.values():
        if len(alike) < _ALIKE:
            groups += [(each.name, (each,)) for each in alike]
        else:
            groups.append((f"{len(alike)} {_plural(alike)}", tuple(alike)))
    return groups


def _kind(end: _End) -> str:
    return end.kind if isinstance(end, Place) else end.name


def _plural(alike: Sequence[_End]) -> str:
    kind = _kind(alike[0])
    return {"Tasks of a service": "services", "Nodes": "node groups"}.get(kind, f"{kind.lower().removesuffix('s')}s")


def _link(group: _Group) -> Content:
    name, ends = group
    if len(ends) == 1 and isinstance(ends[0], Place):
        shown = "/".join(name.rpartition(": ")[2].split("/")[-2:])
        return tag("a", shown, href=f"#who-{slug(ends[0])}", aria_label=name if shown != name else None)
    return tag("span", name, class_="warn-text" if name.startswith("the internet") else None)


def _cell(found: Sequence[Connection]) -> Html:
    if not found:
        return tag("td")
    said = sorted({_short(each) for each in found})
    shown = said[:3] + (["…"] if len(said) > 3 else [])
    words = "; ".join(dict.fromkeys(str(each.ports) for each in found))
    kind = "all" if any(each.ports.protocol == ALL for each in found) else "some"
    return tag("td", ", ".join(shown), class_=kind, aria_label=words)


def _short(connection: Connection) -> str:
    ports = connection.ports
    mark = "" if connection.is_certain else "?"
    if ports.protocol == ALL:
        return f"all{mark}"
    span = f"{ports.first}" + (f"-{ports.last}" if ports.last != ports.first else "")
    if (ports.first, ports.last) == (0, 65535):
        span = "all"
    return f"{span}{'' if ports.protocol == 'tcp' else ' ' + ports.protocol}{mark}"
