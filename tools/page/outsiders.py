"""Who is outside of the VPCs: addresses that rules name, prefix lists, and security groups of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from assembly import Graph
from tools.page.addresses import PRIVATE, Block, blocks
from tools.page.connections import Outside
from tools.page.names import readable
from tools.page.place import Place
from tools.page.rules import Rule, Rules

INTERNET: Final = Outside("0.0.0.0/0", "the internet")
INTERNET_BY_IPV6: Final = Outside("::/0", "the internet (IPv6)")


class Outsiders:
    """Those whom rules are about."""

    def __init__(self, graph: Graph, rules: Rules) -> None:
        """Note the templates."""
        self._graph = graph
        self._rules = rules

    def sources(self, places: Iterable[Place]) -> dict[Outside, list[Block]]:
        """Everybody outside whom a rule of the places lets in, and the internet."""
        found: dict[Outside, list[Block]] = {INTERNET: blocks([INTERNET.peer])}
        for place in places:
            for rule in self._rules.of(place, "Ingress"):
                found.update(self.of(rule))
            found.update({Outside(each, _name(each)): blocks([each]) for each in place.allow_list})
        return found

    def of(self, rule: Rule) -> Iterator[tuple[Outside, list[Block]]]:
        """Addresses that a rule names; those of a prefix list of others are somewhere on the internet."""
        for block, cidr in self._named(rule):
            yield Outside(cidr, _name(cidr)), [block]
        if self._rules.is_of_unknown_prefix_list(rule):
            name = f"prefix list {readable(self._graph, rule.peer)}"
            yield Outside(rule.peer, name), blocks([INTERNET.peer])

    def _named(self, rule: Rule) -> list[tuple[Block, str]]:
        found = self._graph.find(rule.peer)
        is_list = found is not None and found.type == "AWS::EC2::PrefixList"
        entries = [str(each.get("Cidr")) for each in found.list("Entries")] if found and is_list else []
        return [(block, cidr) for cidr in entries or [rule.peer] if (block := Block.of(cidr))]

    def admits(self, rule: Rule, source: Outside, addresses: list[Block]) -> bool:
        """Whether a rule lets all of the source in."""
        if not rule.peer or rule.peer == source.peer:
            return True
        if Block.of(source.peer) is None:
            return rule.peer == INTERNET.peer
        allowed = self._rules.blocks(rule)
        return all(any(one.contains(each) for one in allowed) for each in addresses)


def having_group(group: str) -> Outside:
    """Whatever has a security group that is made elsewhere."""
    return Outside(group, f"whatever has the security group {group}")


def _name(cidr: str) -> str:
    if known := {each.peer: each.name for each in (INTERNET, INTERNET_BY_IPV6)}.get(cidr):
        return known
    block = Block.of(cidr)
    if block and any(private.contains(block) for private in PRIVATE):
        return f"{cidr} (private)"
    return cidr
