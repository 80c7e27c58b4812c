"""Network ACLs: which connections their numbered entries let through, in both directions.

An ACL keeps no state: it is asked for the packets of a connection and for those that come back, and in each subnet of
the two ("Control subnet traffic with network access control lists", Amazon VPC). Those that come back are for a port
that the client chooses. Ports and addresses are cut where entries begin and end, so that each part is let through whole
or not at all; only an entry for one type of ICMP is a part of a part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from assembly import Graph, Resource
from tools.page.addresses import Block, blocks, common
from tools.page.names import name_of
from tools.page.ports import ALL, LAST_PORT, OTHER, Ports

_NUMBERS: Final = {"1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}
_WITH_PORTS: Final = ("tcp", "udp")
_PROTOCOLS: Final = (*_WITH_PORTS, "icmp", "icmpv6", OTHER)
# The operating system of a client chooses among these; Linux among the second.
_CHOSEN: Final = (1024, LAST_PORT)
_CHOSEN_BY_LINUX: Final = (32768, 60999)
_LAST_ENTRY: Final = 32767


@dataclass(frozen=True)
class _Entry:
    number: int
    is_outbound: bool
    protocol: str
    first: int
    last: int
    block: Block | None
    allows: bool
    is_part: bool
    """Whether it is about a part of what is asked for: one type of ICMP, or one of the other protocols."""

    def is_about(self, ports: Ports) -> bool:
        return self.protocol in (ALL, ports.protocol) and self.first <= ports.first and ports.last <= self.last


@dataclass(frozen=True)
class Acl:
    """One network ACL."""

    name: str
    entries: tuple[_Entry, ...]

    def edges(self, protocol: str) -> Iterator[int]:
        """Where entries about ports of a protocol begin, and what comes after their end."""
        for each in self.entries:
            if each.protocol in (ALL, protocol):
                yield from (each.first, each.last + 1)

    def allowed(self, ports: Ports, addresses: Sequence[Block], *, is_outbound: bool, is_strict: bool) -> list[Block]:
        """Those of the addresses with which packets for these ports pass; with `is_strict`, all types of ICMP do."""
        left, passing = list(addresses), list[Block]()
        for entry in self.entries:
            if entry.is_outbound != is_outbound or entry.block is None or not entry.is_about(ports):
                continue
            if entry.is_part and entry.allows == is_strict:
                continue
            if entry.allows:
                passing += common(left, [entry.block])
            if not (entry.is_part and entry.allows):
                left = [rest for each in left for rest in each.without([entry.block])]
        return passing


class NetworkAcls:
    """Those of the templates, and the default ones of their VPCs where an entry is added to them."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph

    def of(self, subnet: str) -> Acl | None:
        """That of a subnet, by its resolved id; None where everything passes, as in the default one."""
        found = self._graph.subnets.all.get(subnet)
        vpc = self._graph.find(found.get("VpcId")) if found else None
        default = vpc.attribute("DefaultNetworkAcl") if vpc else ""
        return self._all.get(self._associated.get(subnet, default))

    @cached_property
    def are_there(self) -> bool:
        """Whether any subnet has one that is not as AWS makes it."""
        return bool(self._all)

    @cached_property
    def _associated(self) -> dict[str, str]:
        return {
            str(each.get("SubnetId")): str(each.get("NetworkAclId"))
            for each in self._graph.of_type("AWS::EC2::SubnetNetworkAclAssociation")
        }

    @cached_property
    def _all(self) -> dict[str, Acl]:
        by_acl: dict[str, list[_Entry]] = {each.reference: [] for each in self._graph.of_type("AWS::EC2::NetworkAcl")}
        for each in self._graph.of_type("AWS::EC2::NetworkAclEntry"):
            by_acl.setdefault(str(each.get("NetworkAclId")), []).append(_entry(each))
        return {key: self._acl(key, entries) for key, entries in by_acl.items()}

    def _acl(self, key: str, entries: list[_Entry]) -> Acl:
        found = self._graph.find(key)
        if found is None or found.type != "AWS::EC2::NetworkAcl":
            # The default one lets everything through with its entries of the number 100.
            entries = [*entries, *_everything(100)]
        return Acl(name_of(found) if found else key, tuple(sorted(entries, key=lambda each: each.number)))


def _entry(resource: Resource) -> _Entry:
    number = str(resource.get("Protocol"))
    protocol = _NUMBERS.get(number, ALL if number == ALL else OTHER)
    ports: dict[str, Any] = resource.get("PortRange") or {}
    kind = int((resource.get("Icmp") or {}).get("Type", -1))
    has_ports = protocol in _WITH_PORTS and bool(ports)
    return _Entry(
        number=int(resource.get("RuleNumber", _LAST_ENTRY)),
        is_outbound=str(resource.get("Egress", False)).lower() == "true",
        protocol=protocol,
        first=int(ports.get("From", 0)) if has_ports else 0,
        last=int(ports.get("To", LAST_PORT)) if has_ports else LAST_PORT,
        block=Block.of(resource.get("CidrBlock", resource.get("Ipv6CidrBlock"))),
        allows=str(resource.get("RuleAction")).lower() == "allow",
        is_part=protocol == OTHER or (protocol in ("icmp", "icmpv6") and kind >= 0),
    )


def _everything(number: int) -> Iterator[_Entry]:
    for block in blocks(("0.0.0.0/0", "::/0")):
        for is_outbound in (False, True):
            yield _Entry(number, is_outbound, ALL, 0, LAST_PORT, block, allows=True, is_part=False)


@dataclass(frozen=True)
class Crossing:
    """A connection between subnets: what the ACL of each lets through; None lets everything through."""

    of_source: Acl | None
    of_target: Acl | None
    origins: tuple[Block, ...]
    destinations: tuple[Block, ...]

    def passing(self, ports: Ports) -> list[tuple[Ports, bool]]:
        """What of the ports passes, and whether it does with every port that a client on Linux may choose."""
        if self.of_source is None and self.of_target is None:
            return [(ports, True)]
        found = [(piece, verdict) for piece in self._pieces(ports) if (verdict := self._verdict(piece)) is not None]
        merged = list(_merged(found))
        if ports.protocol == ALL and merged == [(Ports(each), True) for each in _PROTOCOLS]:
            return [(ports, True)]
        return merged

    @property
    def _acls(self) -> list[Acl]:
        return [each for each in (self.of_source, self.of_target) if each]

    def _pieces(self, ports: Ports) -> Iterator[Ports]:
        for protocol in _PROTOCOLS if ports.protocol == ALL else (ports.protocol,):
            yield from self._cut(Ports(protocol, ports.first, ports.last))

    def _cut(self, ports: Ports) -> Iterator[Ports]:
        edges = {ports.first, ports.last + 1}
        if ports.protocol in _WITH_PORTS:
            edges |= {e for acl in self._acls for e in acl.edges(ports.protocol) if ports.first < e <= ports.last}
        ordered = sorted(edges)
        for first, after in pairwise(ordered):
            yield Ports(ports.protocol, first, after - 1)

    def _verdict(self, ports: Ports) -> bool | None:
        """None: nothing passes."""
        back = list(self._cut(Ports(ports.protocol, *_CHOSEN))) if ports.protocol in _WITH_PORTS else [ports]
        first, last = _CHOSEN_BY_LINUX
        usual = [
            each for each in back if ports.protocol not in _WITH_PORTS or (each.first <= last and first <= each.last)
        ]
        if not any(self._passes(ports, [each], is_strict=False) for each in back):
            return None
        return self._passes(ports, usual, is_strict=True)

    def _passes(self, ports: Ports, back: Iterable[Ports], *, is_strict: bool) -> bool:
        """Whether some addresses connect, and answers for all of these ports come back."""
        origins, destinations = list(self.origins), list(self.destinations)
        if self.of_source:
            destinations = self.of_source.allowed(ports, destinations, is_outbound=True, is_strict=is_strict)
            for each in back:
                destinations = self.of_source.allowed(each, destinations, is_outbound=False, is_strict=is_strict)
        if self.of_target:
            origins = self.of_target.allowed(ports, origins, is_outbound=False, is_strict=is_strict)
            for each in back:
                origins = self.of_target.allowed(each, origins, is_outbound=True, is_strict=is_strict)
        return bool({each.version for each in origins} & {each.version for each in destinations})


def _merged(found: list[tuple[Ports, bool]]) -> Iterator[tuple[Ports, bool]]:
    """Pieces one after the other with the same verdict are one."""
    held: tuple[Ports, bool] | None = None
    for ports, verdict in found:
        if held and held[1] == verdict and held[0].protocol == ports.protocol and held[0].last + 1 == ports.first:
            held = (Ports(ports.protocol, held[0].first, ports.last), verdict)
            continue
        if held:
            yield held
        held = (ports, verdict)
    if held:
        yield held
