"""Something that connections begin or end at: where it stands, its security groups, and which ports it opens."""

from __future__ import annotations

from dataclasses import dataclass

from assembly import Graph, Resource
from tools.page.names import name_of, short_stack


@dataclass(frozen=True)
class Place:
    """One thing, or several alike, with network interfaces."""

    resource: Resource
    kind: str
    """Such as `Tasks`."""

    name: str
    groups: tuple[str, ...]
    """Resolved references to its security groups; empty where it has none, so that everything passes."""

    subnets: tuple[str, ...]
    has_public_address: bool = False
    ports: tuple[tuple[str, int], ...] | None = None
    """(protocol, port) that it opens at all, such as those of listeners; None where only its groups say."""

    allow_list: tuple[str, ...] = ()
    """CIDR blocks of a public endpoint beside its interfaces, as that of an Amazon EKS cluster."""

    opens_connections: bool = True
    has_ipv6: bool = True
    """Where its subnets have IPv6."""

    vpc: str = ""
    """Resolved id of its VPC, where neither subnets nor security groups say."""

    is_in_vpc: bool = True
    """Whether rules and routes of a VPC decide about it; not of Amazon CloudFront and services of VPC Lattice."""


def place_name(graph: Graph, resource: Resource) -> str:
    """A service that has a stack of its own is called as that."""
    stack, name = short_stack(graph, resource.stack), name_of(resource)
    return stack if name == "Service" else f"{stack}: {name}"


def texts(values: object) -> tuple[str, ...]:
    """Those of a list."""
    return tuple(map(str, values)) if isinstance(values, list) else ()
