"""Rules of security groups with those that AWS adds, and whom each is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from assembly import Graph
from assembly.security_groups import Direction, SecurityGroupRule
from tools.page.addresses import Block, blocks, common
from tools.page.names import identifier, readable
from tools.page.place import Place
from tools.page.ports import EVERYTHING, Ports

_CLUSTER_GROUP = ".ClusterSecurityGroupId}"
# Those of another account are written after its number.
_GROUP = re.compile(r"(?:^|/)sg-\w+$")


@dataclass(frozen=True)
class Rule:
    """What a place lets in or out, and by what."""

    ports: Ports
    peer: str
    """A CIDR block, or a resolved reference to a security group or prefix list; empty for everybody."""

    said: str
    """In words."""

    where: str = ""
    """The resource that has it; empty for rules of AWS."""

    is_certain: bool = True


class Rules:
    """The rules of places."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph
        self._of_places: dict[tuple[Place, Direction], list[Rule]] = {}

    def of(self, place: Place, direction: Direction) -> list[Rule]:
        """Everything that lets connections in or out of a place."""
        key = place, direction
        if key not in self._of_places:
            self._of_places[key] = self._of(place, direction)
        return self._of_places[key]

    def _of(self, place: Place, direction: Direction) -> list[Rule]:
        if not place.groups:
            return [Rule(EVERYTHING, "", "it has no security group")]
        return [rule for group in place.groups for rule in self._of_group(group, direction)]

    def _of_group(self, group: str, direction: Direction) -> Iterator[Rule]:
        found = self._graph.security_groups.rules(group, direction)
        yield from (self._said(rule) for rule in found)
        if group.endswith(_CLUSTER_GROUP):
            yield from self._of_cluster_group(group, direction)
            return
        resource = self._graph.find(group)
        if resource is None:
            yield Rule(EVERYTHING, "", f"{group}, whose rules are not in the templates", is_certain=False)
        elif direction == "Egress" and not resource.list("SecurityGroupEgress"):
            # "AWS::EC2::SecurityGroup": without egress rules of its own, a group is made with these two.
            for cidr in ("0.0.0.0/0", "::/0"):
                yield Rule(EVERYTHING, cidr, f"every protocol and port to {cidr}, by default", identifier(resource))

    def _of_cluster_group(self, group: str, direction: Direction) -> Iterator[Rule]:
        """What Amazon EKS writes ("View Amazon EKS security group requirements for clusters")."""
        name = readable(self._graph, group)
        if direction == "Ingress":
            yield Rule(EVERYTHING, group, f"every protocol and port from {name}, written by Amazon EKS")
            return
        for cidr in ("0.0.0.0/0", "::/0"):
            yield Rule(EVERYTHING, cidr, f"every protocol and port to {cidr}, written by Amazon EKS")

    def _said(self, rule: SecurityGroupRule) -> Rule:
        ports, word = Ports.of(rule), "from" if rule.direction == "Ingress" else "to"
        peer = readable(self._graph, rule.peer)
        return Rule(ports, rule.peer, f"{ports} {word} {peer}", identifier(rule.resource))

    def blocks(self, rule: Rule) -> list[Block]:
        """Addresses that a rule is about; none where it names a group, or a prefix list that is made elsewhere."""
        found = self._graph.find(rule.peer)
        if found is not None and found.type == "AWS::EC2::PrefixList":
            return blocks(each.get("Cidr") for each in found.list("Entries"))
        return blocks([rule.peer])

    def is_of_unknown_prefix_list(self, rule: Rule) -> bool:
        """Whether it names a prefix list whose entries are not in the templates, such as one of AWS."""
        found = self._graph.find(rule.peer)
        if found is not None or not rule.peer or self.blocks(rule):
            return False
        return not self.is_of_unknown_group(rule)

    def is_of_unknown_group(self, rule: Rule) -> bool:
        """Whether it names a security group that the templates do not have."""
        return self._graph.find(rule.peer) is None and bool(_GROUP.search(rule.peer))

    def addresses(self, rule: Rule, place: Place, among: tuple[Block, ...]) -> tuple[Block, ...]:
        """Those among addresses of a place that a rule is about."""
        if not rule.peer or rule.peer in place.groups:
            return among
        return tuple(common(among, self.blocks(rule)))
