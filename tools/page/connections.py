"""What a connection is, and a path through a load balancer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.page.forwarding import Forwarding
from tools.page.places import Place
from tools.page.ports import Ports


@dataclass(frozen=True)
class Outside:
    """Addresses outside of the VPCs, a prefix list of others, or whatever has a security group of others."""

    peer: str
    name: str


@dataclass(frozen=True)
class Connection:
    """Somebody can connect to somebody."""

    source: Place | Outside
    target: Place | Outside
    ports: Ports
    lets_out: str = field(compare=False)
    """The rule of the source; empty where nobody asks, as outside."""

    lets_in: str = field(compare=False)
    """The rule of the target."""

    where: str = field(compare=False, default="")
    """The resource that has the rule which lets in, or else out."""

    route: str = field(compare=False, default="")
    forwards: tuple[Forwarding, ...] = field(compare=False, default=())
    """Listeners by which a load balancer connects."""

    is_certain: bool = field(compare=False, default=True)


@dataclass(frozen=True)
class Path:
    """Outside, through a load balancer, to a place."""

    first: Connection
    second: Connection
    forwarding: Forwarding


def largest(found: Iterator[Connection]) -> list[Connection]:
    """Without those whose ports another one contains; the certain ones are preferred, then those that come first."""
    kept: list[Connection] = []
    for each in sorted(found, key=lambda one: not one.is_certain):
        if any(one.target == each.target and one.ports.contains(each.ports) for one in kept):
            continue
        kept = [
            one
            for one in kept
            if one.target != each.target or not each.ports.contains(one.ports) or one.is_certain > each.is_certain
        ]
        kept.append(each)
    return kept
