"""What a connection is, and a path through what forwards: load balancers, Amazon CloudFront, and VPC Lattice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tools.page.forwarding import Forwarding
from tools.page.place import Place
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
    doubt: str = field(compare=False, default="")
    """Why it is not certain, where the way does not say it."""

    @property
    def way(self) -> str:
        """The route, and what must be true for it."""
        return ", ".join(filter(None, (self.route, self.doubt)))


@dataclass(frozen=True)
class Path:
    """Outside, through something that forwards, to a place."""

    first: Connection
    """Of the one outside, to what forwards last, or to what stands before that."""

    second: Connection
    forwarding: Forwarding
    through: tuple[Place, ...] = ()
    """What forwards, from the first to the last."""

    @property
    def is_certain(self) -> bool:
        """Whether the templates decide every part of it."""
        return self.first.is_certain and self.second.is_certain


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
