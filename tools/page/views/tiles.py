"""Tiles of the topology: one for what is of one kind in the same subnets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tools.page.distributions import DISTRIBUTION
from tools.page.html import Html, badge, details, tag
from tools.page.lattice import SERVICE
from tools.page.place import Place
from tools.page.sources import Sources

# A tile names so many at once; where there are more, the first of them.
_MANY = 6
_ALIKE = 3


def tiles(sources: Sources, places: Sequence[Place]) -> Iterator[Html]:
    """What is of one kind, in the same subnets, is one tile; many are one that opens."""
    groups: dict[tuple[str, tuple[str, ...]], list[Place]] = {}
    for each in places:
        groups.setdefault((each.kind, each.subnets), []).append(each)
    for (kind, _), alike in groups.items():
        names = [_named(sources, each) for each in alike]
        label = tag("span", kind, tag("b", f" {len(alike)}") if len(alike) > 1 else None, class_="kind")
        if len(alike) > _MANY:
            names = [*names[:_ALIKE], details(f"{len(alike) - _ALIKE} more", names[_ALIKE:], class_="plain")]
        yield tag("div", label, tag("div", names, class_="names"), class_=f"tile {_colour(kind)}")


def _named(sources: Sources, place: Place) -> Html:
    public = badge("public", "warn") if place.has_public_address or place.allow_list else None
    is_asked = place.kind in ("Load balancer", DISTRIBUTION, SERVICE)
    ports = ", ".join(dict.fromkeys(str(port) for _, port in place.ports or ())) if is_asked else ""
    acl = sources.web_acls.get(place.resource)
    auth = f", auth type {place.resource.get('AuthType', 'NONE')}" if place.kind == SERVICE else ""
    sent = [] if place.is_in_vpc else [each.target.name for each in sources.reachability.outbound(place)]
    onward = f", on to {' and '.join(dict.fromkeys(sent))}" if sent else ""
    facts = [f" ports {ports}" if ports else "", auth, " behind AWS WAF" if acl else "", onward]
    return tag(
        "p",
        tag("a", place.name, href=f"#who-{slug(place)}"),
        tag("span", facts, class_="quiet") if any(facts) else None,
        [" ", public] if public else None,
        class_="name",
    )


def slug(place: Place) -> str:
    """A name for links."""
    end = "-nodes" if place.kind.startswith("Nodes of") else ""
    return f"{place.resource.stack}-{place.resource.logical_id}{end}".lower()


def _colour(kind: str) -> str:
    if kind in ("Load balancer", "Endpoint", DISTRIBUTION, SERVICE):
        return "network"
    return "storage" if kind in ("Mount target", "File system") else "compute"
