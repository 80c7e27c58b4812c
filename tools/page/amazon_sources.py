"""Services of AWS that connect to places, and whether a rule lets them in: their addresses are not in the templates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tools.page.addresses import PRIVATE
from tools.page.connections import Connection
from tools.page.forwarding import Forwarding
from tools.page.names import readable
from tools.page.place import Place
from tools.page.ports import Ports
from tools.page.rules import Rule
from tools.page.templates import Templates

# What is neither, such as a custom resource that looks one up, may be any prefix list or security group.
_DECIDED: Final = ("AWS::EC2::SecurityGroup", "AWS::EKS::Cluster")
_EVERYBODY: Final = {4: "0.0.0.0/0", 6: "::/0"}


@dataclass(frozen=True)
class AmazonSource:
    """A service that connects from a managed prefix list."""

    name: str
    prefix_list: str
    """Its name."""

    group: str = ""
    """Name of the security group that the service makes for its network interfaces."""


# "Restrict access with VPC origins"
CLOUDFRONT: Final = AmazonSource(
    "Amazon CloudFront", "com.amazonaws.global.cloudfront.origin-facing", "CloudFront-VPCOrigins-Service-SG"
)
# "Control traffic in VPC Lattice using security groups"
LATTICE: Final = AmazonSource("VPC Lattice", "com.amazonaws.{region}.vpc-lattice")


@dataclass(frozen=True)
class _Entry:
    """A rule that lets a service in, or may."""

    rule: Rule
    ports: Ports
    doubt: str = ""
    """Why it is not certain."""


def connections_to(
    templates: Templates,
    source: AmazonSource,
    ends: tuple[Place, Place],
    sent: tuple[Forwarding, ...],
    *,
    why: str,
    route: str,
    version: int = 4,
) -> Iterator[Connection]:
    """How a place of a service reaches another one at a port: by the rule that lets it in most certainly, if any does.

    Args:
        templates: What is read.
        source: The service.
        ends: The place of the service, and the one in a VPC.
        sent: What it forwards there, all of it to one port.
        why: What makes it connect, in words.
        route: By which way.
        version: 4 or 6, of the addresses.
    """
    place, target = ends
    port = Ports("tcp", sent[0].port, sent[0].port)
    for entry in _entries(templates, source, target, port, version=version)[:1]:
        rule = entry.rule
        yield Connection(
            place,
            target,
            entry.ports,
            why,
            rule.said,
            rule.where,
            route,
            sent,
            is_certain=not entry.doubt,
            doubt=entry.doubt,
        )


def _entries(templates: Templates, source: AmazonSource, place: Place, ports: Ports, *, version: int) -> list[_Entry]:
    """How a service may connect to ports of a place; the certain ones first."""
    acls = [acl.name for subnet in place.subnets if (acl := templates.network.acl(subnet))]
    found = []
    for rule in templates.rules.of(place, "Ingress"):
        why = doubts(templates, source, place, rule, version)
        if why is None:
            continue
        if acls:
            why.append(f"network ACL {acls[0]} lets its addresses through")
        within = rule.ports.common(ports)
        for both in within.within(place.ports) if within else ():
            found.append(_Entry(rule, both, f"if {' and '.join(why)}" if why else ""))
    return sorted(found, key=lambda each: bool(each.doubt))


def doubts(templates: Templates, source: AmazonSource, place: Place, rule: Rule, version: int = 4) -> list[str] | None:
    """What must be true for the rule to let the service in; None if it never does."""
    unknown = [] if rule.is_certain else ["rules that are made elsewhere let it in"]
    if rule.peer in ("", _EVERYBODY[version]):
        return unknown
    peer = readable(templates.graph, rule.peer)
    if templates.rules.is_of_unknown_group(rule):
        return [f"{peer} is {source.group}"] if source.group else None
    blocks = [each for each in templates.rules.blocks(rule) if each.version == version]
    if blocks:
        is_near = bool(source.group) and any(
            each.overlaps(own) for each in blocks for own in templates.network.addresses(place)
        )
        is_public = any(each.without(PRIVATE) for each in blocks)
        return [f"{source.name} has addresses in {peer}"] if is_near or is_public else None
    found = templates.graph.find(rule.peer)
    if templates.rules.blocks(rule) or (found is not None and found.type in _DECIDED):
        return None
    name = source.prefix_list.format(region=templates.graph.region(place.resource.stack))
    return [f"{peer} is {readable(templates.graph, name)}, whose entries are not in the templates"]
