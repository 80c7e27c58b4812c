"""Security groups, with the rules that are resources of their own joined to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Literal

from assembly.assembly import Assembly
from assembly.resource import Resource

Direction = Literal["Ingress", "Egress"]
_PEERS = {
    "Ingress": ("CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourcePrefixListId"),
    "Egress": ("CidrIp", "CidrIpv6", "DestinationSecurityGroupId", "DestinationPrefixListId"),
}


@dataclass(frozen=True)
class SecurityGroupRule:
    """What a group lets in or out."""

    direction: Direction
    protocol: str
    """`tcp`, `udp`, `icmp`, ..., or `-1` for all."""

    from_port: int
    to_port: int
    peer: str
    """A CIDR block, or a resolved reference to a security group or prefix list."""

    resource: Resource = field(compare=False)
    """The group itself, or the resource that is the rule."""

    def admits(self, port: int, protocol: str = "tcp") -> bool:
        """Whether it is about the port."""
        return self.protocol in ("-1", protocol) and self.from_port <= port <= self.to_port

    def is_only(self, port: int, protocol: str = "tcp") -> bool:
        """Whether it is about the port and nothing else."""
        return self.protocol == protocol and self.from_port == self.to_port == port

    @property
    def port_range(self) -> str:
        """Its ports in words."""
        if self.protocol == "-1":
            return "0-65535 of every protocol"
        return str(self.from_port) if self.from_port == self.to_port else f"{self.from_port}-{self.to_port}"

    @property
    def is_from_the_internet(self) -> bool:
        """Whether the peer is a large part of the internet: public, and at least a /8, or a /32 of IPv6."""
        network = self.network
        if network is None:
            return False
        return network.prefixlen < (8 if network.version == 4 else 32) and not network.is_private

    @property
    def network(self) -> IPv4Network | IPv6Network | None:
        """The peer, if it is a CIDR block."""
        try:
            return ip_network(self.peer)
        except ValueError:
            return None

    def reaches(self, assembly: Assembly, groups: Iterable[str]) -> bool:
        """Whether the peer is one of the security groups, or contains the VPC that they are in."""
        groups = list(groups)
        if self.peer in groups:
            return True
        vpcs = [assembly.find(group.get("VpcId")) for group in map(assembly.find, groups) if group]
        return any(self.contains(str(vpc.get("CidrBlock"))) for vpc in vpcs if vpc)

    def contains(self, cidr: str) -> bool:
        """Whether the peer is a CIDR block that contains another."""
        network = self.network
        try:
            inner = ip_network(cidr)
        except ValueError:
            return False
        return network is not None and network.version == inner.version and inner.subnet_of(network)  # type: ignore[arg-type]


class SecurityGroups:
    """The rules of every group, by the resolved reference to the group's id."""

    def __init__(self, assembly: Assembly) -> None:
        """Join the rules of all templates."""
        self._rules: dict[str, list[SecurityGroupRule]] = {}
        for group in assembly.of_type("AWS::EC2::SecurityGroup"):
            for direction in ("Ingress", "Egress"):
                for each in group.list(f"SecurityGroup{direction}"):
                    self._add(group.attribute("GroupId"), direction, each, group)
        for direction in ("Ingress", "Egress"):
            for rule in assembly.of_type(f"AWS::EC2::SecurityGroup{direction}"):
                self._add(str(rule.get("GroupId")), direction, rule.properties, rule)

    def _add(self, group: str, direction: str, rule: Mapping[str, Any], resource: Resource) -> None:
        protocol = str(rule.get("IpProtocol", "-1"))
        every = protocol == "-1"
        self._rules.setdefault(group, []).append(
            SecurityGroupRule(
                direction="Ingress" if direction == "Ingress" else "Egress",
                protocol={"6": "tcp", "17": "udp"}.get(protocol, protocol),
                from_port=0 if every else int(rule.get("FromPort", 0)),
                to_port=65535 if every else int(rule.get("ToPort", 65535)),
                peer=next((str(rule[key]) for key in _PEERS[direction] if key in rule), ""),
                resource=resource,
            )
        )

    def rules(self, group: str, direction: Direction) -> list[SecurityGroupRule]:
        """What the group lets in or out.

        Args:
            group: A resolved reference, such as `${stack/Group.GroupId}`.
            direction: In or out.
        """
        return [rule for rule in self._rules.get(group, ()) if rule.direction == direction]
