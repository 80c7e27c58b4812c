"""Random small networks, as templates for the tool and as plain data for an oracle that tries every address."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from tests.tools.page.template_parts import resource

# Parsed once: the oracle asks millions of times.
ip_address, ip_network = cache(ipaddress.ip_address), cache(ipaddress.ip_network)


@cache
def _is_in(address: str, cidr: str) -> bool:
    return ip_address(address) in ip_network(cidr)


_VPC = "10.0.0.0/24"
_OTHER_VPC = "10.1.0.0/24"
_SUBNETS = (
    *(("10.0.0.0/28", "2001:db8::/124"), ("10.0.0.16/28", "2001:db8::10/124"), ("10.0.0.128/28", None)),
    # In a second VPC, of networks with more than groups and routes.
    ("10.1.0.0/28", None),
)
_OTHER = 3
_CIDRS = (
    "0.0.0.0/0",
    "::/0",
    _VPC,
    "10.0.0.0/25",
    "10.0.0.16/28",
    "10.0.0.5/32",
    "10.0.0.0/8",
    "2001:db8::/124",
    "203.0.113.0/24",
    "203.0.113.4/30",
    "198.51.100.0/24",
    "172.16.0.0/12",
    "172.16.3.0/24",
)
_ROUTES = ("198.51.100.0/24", "172.16.0.0/12", "172.16.3.0/24", "203.0.113.0/25")
_PORTS = (("tcp", 80, 80), ("tcp", 80, 90), ("tcp", 443, 443), ("udp", 53, 53), ("tcp", 0, 65535), ("-1", 0, 65535))
PROBES = (("tcp", 80), ("tcp", 85), ("tcp", 443), ("tcp", 8080), ("udp", 53), ("udp", 443), ("icmp", 8))
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_LIST = ("203.0.113.4/30", "172.16.3.0/24")
_ACL_CIDRS = ("0.0.0.0/0", "0.0.0.0/0", "::/0", "10.0.0.0/29", "10.0.0.16/28", "10.1.0.0/28", "203.0.113.0/24")
_ACL_PORTS = (
    *(("-1", 0, 65535), ("tcp", 0, 65535), ("tcp", 80, 80), ("tcp", 443, 8080), ("udp", 0, 65535), ("icmp", 0, 65535)),
    *(("tcp", 1024, 65535), ("tcp", 32768, 60999), ("udp", 1024, 65535)),
    *(("tcp", 1024, 40000), ("tcp", 1024, 40000), ("tcp", 40001, 65535), ("tcp", 40001, 65535)),
)
# A port of a client from each part into which the ranges above cut them; the second half is those of Linux.
_CHOSEN = (1024, 8081, 61000, 65535)
_CHOSEN_BY_LINUX = (32768, 40000, 40001, 60999)
_NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "-1": -1}

Fact = tuple[str, str, str, int]


@dataclass
class _Rule:
    direction: str
    protocol: str
    first: int
    last: int
    peer: str
    """A CIDR block, the number of a group, `list`, or `pl-aws`."""

    is_inline: bool

    def is_inline_of(self, direction: str) -> bool:
        return self.is_inline and self.direction == direction

    def is_about(self, protocol: str, port: int) -> bool:
        return self.protocol == "-1" or (self.protocol == protocol and self.first <= port <= self.last)

    def names(self, address: str) -> bool:
        cidrs = _LIST if self.peer == "list" else (self.peer,)
        return any("/" in each and _is_in(address, each) for each in cidrs)


@dataclass
class _AclEntry:
    """Of a network ACL."""

    number: int
    is_outbound: bool
    protocol: str
    first: int
    last: int
    cidr: str
    allows: bool

    def is_about(self, protocol: str, port: int, address: str) -> bool:
        is_protocol = self.protocol in ("-1", protocol)
        is_port = self.protocol not in ("tcp", "udp") or self.first <= port <= self.last
        return is_protocol and is_port and _is_in(address, self.cidr)


@dataclass
class _Thing:
    name: str
    kind: str
    subnets: list[int]
    groups: list[int]
    is_public: bool = False
    listeners: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Of a load balancer: port -> a target and its port."""

    protocols: dict[int, tuple[str, bool]] = field(default_factory=dict)
    """Of a Network Load Balancer: port -> protocol, and whether targets see the addresses of clients."""

    @property
    def is_balancer(self) -> bool:
        return self.kind != "task"

    def protocol(self, port: int) -> str:
        return self.protocols.get(port, ("tcp", False))[0]

    def keeps_clients(self, port: int) -> bool:
        return self.protocols.get(port, ("tcp", False))[1]


@dataclass
class RandomNetwork:
    """Subnets, groups, and things; what `generate` draws."""

    routes: list[dict[str, str]]
    groups: list[list[_Rule]]
    things: list[_Thing]
    acls: dict[int, list[_AclEntry]] = field(default_factory=dict)
    """Number of a subnet -> its network ACL."""

    default_acl: list[_AclEntry] = field(default_factory=list)
    """What is added to the one of the VPC."""

    known: dict[bool, set[Fact]] = field(default_factory=dict)

    @classmethod
    def generate(cls, seed: int) -> RandomNetwork:
        """Groups, routes, tasks, and an Application Load Balancer."""
        draw = random.Random(seed)  # noqa: S311 - not a secret
        groups = [[_rule(draw, count) for _ in range(draw.randint(0, 4))] for count in [draw.randint(2, 4)] * 3]
        routes = [*(_routes(draw) for _ in _SUBNETS[:_OTHER]), {}]
        things = []
        for number in range(draw.randint(2, 4)):
            where = draw.sample(range(3), draw.randint(1, 2))
            has = draw.sample(range(3), draw.randint(1, 2))
            things.append(_Thing(f"Task{number}", "task", where, has, draw.random() < 0.4))
        if draw.random() < 0.7:
            listeners = {
                port: (draw.choice(things).name, draw.choice((80, 8080))) for port in draw.sample((80, 443, 85), 2)
            }
            where = draw.sample(range(3), 2)
            has = draw.sample(range(3), draw.randint(0, 2))
            things.append(_Thing("Balancer", "balancer", where, has, draw.random() < 0.6, listeners))
        return cls(routes, groups, things)

    @classmethod
    def generate_rich(cls, seed: int) -> RandomNetwork:
        """With network ACLs, a second VPC and peering, and a Network Load Balancer as well."""
        network = cls.generate(seed)
        draw = random.Random(-seed - 1)  # noqa: S311 - not a secret
        for number in range(len(_SUBNETS)):
            if draw.random() < 0.4:
                network.acls[number] = _acl(draw)
        if draw.random() < 0.3:
            network.default_acl = _acl(draw)[:2]
        if draw.random() < 0.7:
            network.things.append(_Thing("Peer", "task", [_OTHER], draw.sample(range(3), 1), draw.random() < 0.3))
            to, through = draw.choice(("10.0.0.0/24", "10.0.0.0/28", "10.0.0.0/8")), draw.choice(("pcx", "pcx", "tgw"))
            network.routes[_OTHER] = {to: through if draw.random() < 0.9 else "tgw"}
            for routes in network.routes[:_OTHER]:
                if draw.random() < 0.7:
                    routes[draw.choice((_OTHER_VPC, "10.1.0.0/28"))] = through
        if draw.random() < 0.6:
            tasks = [each for each in network.things if not each.is_balancer and each.name != "Peer"]
            # 8080 by TCP, and 53 by UDP.
            protocols = {8080: draw.choice((("tcp", False), ("tcp", True))), 53: ("udp", True)}
            listeners = {
                8080: (draw.choice(tasks).name, draw.choice((80, 443, 8080))),
                53: (draw.choice(tasks).name, draw.choice((53, 443))),
            }
            where, has = draw.sample(range(_OTHER), 2), draw.sample(range(3), draw.randint(0, 1))
            for port, (name, opened) in listeners.items():
                # Otherwise few of them are open, and fewer open a target.
                if has and draw.random() < 0.6:
                    (target,) = (each for each in tasks if each.name == name)
                    peer = draw.choice((str(has[0]), "0.0.0.0/0", "203.0.113.0/24"))
                    protocol = protocols[port][0]
                    network.groups[has[0]].append(_Rule("Ingress", protocol, port, port, "203.0.113.0/24", False))
                    network.groups[target.groups[0]].append(_Rule("Ingress", protocol, opened, opened, peer, False))
            network.things.append(_Thing("Network", "network", where, has, draw.random() < 0.6, listeners, protocols))
        return network

    # The template.

    def template(self) -> dict[str, Any]:
        resources: dict[str, Any] = {
            "Vpc": resource("EC2::VPC", CidrBlock=_VPC),
            "V6": resource("EC2::VPCCidrBlock", VpcId={"Ref": "Vpc"}, CidrBlock="2001:db8::/120"),
            "Igw": resource("EC2::InternetGateway"),
            "Eigw": resource("EC2::EgressOnlyInternetGateway", VpcId={"Ref": "Vpc"}),
            "NatSubnet": resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.240/28"),
            "NatTable": resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
            "NatAssociation": _association("NatSubnet", "NatTable"),
            "NatRoute": _route("NatTable", "0.0.0.0/0", "igw"),
            "Nat": resource("EC2::NatGateway", SubnetId={"Ref": "NatSubnet"}),
            "List": resource("EC2::PrefixList", AddressFamily="IPv4", Entries=[{"Cidr": each} for each in _LIST]),
        }
        resources["Other"] = resource("EC2::VPC", CidrBlock=_OTHER_VPC)
        ends = {"VpcId": {"Ref": "Vpc"}, "PeerVpcId": {"Ref": "Other"}}
        resources["Peering"] = resource("EC2::VPCPeeringConnection", **ends)
        for number, (cidr, cidr6) in enumerate(_SUBNETS):
            v6 = {"Ipv6CidrBlock": cidr6} if cidr6 else {}
            vpc = {"Ref": "Other" if number == _OTHER else "Vpc"}
            resources[f"Subnet{number}"] = resource("EC2::Subnet", VpcId=vpc, CidrBlock=cidr, **v6)
            resources[f"Table{number}"] = resource("EC2::RouteTable", VpcId=vpc)
            resources[f"Association{number}"] = _association(f"Subnet{number}", f"Table{number}")
            for index, (to, target) in enumerate(self.routes[number].items()):
                resources[f"Route{number}x{index}"] = _route(f"Table{number}", to, target)
        for number, rules in enumerate(self.groups):
            inline = {
                f"SecurityGroup{direction}": [_properties(rule) for rule in rules if rule.is_inline_of(direction)]
                for direction in ("Ingress", "Egress")
            }
            properties = {key: value for key, value in inline.items() if value}
            resources[f"Group{number}"] = resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, **properties)
            for index, rule in enumerate(rules):
                if not rule.is_inline:
                    resources[f"Rule{number}x{index}"] = resource(
                        f"EC2::SecurityGroup{rule.direction}", GroupId=_group(number), **_properties(rule)
                    )
        for thing in self.things:
            resources.update(self._resources(thing))
        for number, entries in self.acls.items():
            resources[f"Acl{number}"] = resource("EC2::NetworkAcl", VpcId={"Ref": "Vpc"})
            own = {"NetworkAclId": {"Ref": f"Acl{number}"}, "SubnetId": {"Ref": f"Subnet{number}"}}
            resources[f"AclOf{number}"] = resource("EC2::SubnetNetworkAclAssociation", **own)
            resources.update(_entries(f"Acl{number}", {"Ref": f"Acl{number}"}, entries))
        resources.update(_entries("Default", {"Fn::GetAtt": ["Vpc", "DefaultNetworkAcl"]}, self.default_acl))
        return {"Resources": resources}

    def _resources(self, thing: _Thing) -> Iterator[tuple[str, Any]]:
        subnets = [{"Ref": f"Subnet{each}"} for each in thing.subnets]
        groups = [_group(each) for each in thing.groups]
        if thing.kind == "task":
            targets = [
                {"TargetGroupArn": {"Ref": f"Target{listener}"}, "ContainerPort": port}
                for other in self.things
                for listener, (name, port) in other.listeners.items()
                if name == thing.name
            ]
            public = "ENABLED" if thing.is_public else "DISABLED"
            network = {"Subnets": subnets, "SecurityGroups": groups, "AssignPublicIp": public}
            configuration = {"AwsvpcConfiguration": network}
            yield thing.name, resource("ECS::Service", NetworkConfiguration=configuration, LoadBalancers=targets)
            return
        scheme = "internet-facing" if thing.is_public else "internal"
        yield (
            thing.name,
            resource(
                "ElasticLoadBalancingV2::LoadBalancer",
                Subnets=subnets,
                SecurityGroups=groups,
                Scheme=scheme,
                IpAddressType="dualstack",
                Type="network" if thing.kind == "network" else "application",
            ),
        )
        for port in thing.listeners:
            protocol = thing.protocol(port).upper() if thing.kind == "network" else "HTTP"
            attribute = {"Key": "preserve_client_ip.enabled", "Value": str(thing.keeps_clients(port)).lower()}
            attributes = [attribute] if protocol == "TCP" else []
            properties = {"TargetType": "ip", "Port": 80, "Protocol": protocol, "TargetGroupAttributes": attributes}
            yield f"Target{port}", resource("ElasticLoadBalancingV2::TargetGroup", **properties)
            yield (
                f"Listener{port}",
                resource(
                    "ElasticLoadBalancingV2::Listener",
                    Port=port,
                    Protocol=protocol,
                    LoadBalancerArn={"Ref": thing.name},
                    DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": f"Target{port}"}}],
                ),
            )

    # The oracle: one packet after the other.

    def inside(self, *, is_certain: bool = False) -> set[Fact]:
        if is_certain not in self.known:
            self.known[is_certain] = self._inside(is_certain=is_certain)
        return self.known[is_certain]

    def _inside(self, *, is_certain: bool) -> set[Fact]:
        return {
            (source.name, target.name, protocol, port)
            for source, target, (protocol, port) in product(self.things, self.things, PROBES)
            if not (source is target and target.is_balancer)
            and self._answers(source, target, protocol, port)
            and any(
                self._connects(*each, protocol, port, is_certain=is_certain)
                for each in self._pairs(source, target, protocol, port)
            )
        }

    def _answers(self, source: _Thing, target: _Thing, protocol: str, port: int) -> bool:
        if source.is_balancer:
            sent = {(source.protocol(listener), *to) for listener, to in source.listeners.items()}
            return (protocol, target.name, port) in sent
        return not target.is_balancer or (port in target.listeners and protocol == target.protocol(port))

    def _pairs(self, source: _Thing, target: _Thing, protocol: str, port: int) -> Iterator[tuple[int, int, str, str]]:
        """Two subnets, and an address in each, of every part that groups let through."""
        for one, other in product(source.subnets, target.subnets):
            origins = [a for a in _parts(one) if self._lets(target, "Ingress", protocol, port, a, source.groups)]
            to = [
                a for a in _parts(other) if origins and self._lets(source, "Egress", protocol, port, a, target.groups)
            ]
            yield from ((one, other, *ends) for ends in product(origins, to) if (":" in ends[0]) == (":" in ends[1]))

    def _connects(
        self, one: int, other: int, origin: str, to: str, protocol: str, port: int, *, is_certain: bool
    ) -> bool:
        if (one == _OTHER) != (other == _OTHER):
            there, back = self._target(one, to), self._target(other, origin)
            if there != back or there not in (("pcx",) if is_certain else ("pcx", "tgw")):
                return False
        if one == other:
            return True
        return self._passes_acls(one, other, origin, to, protocol, port, is_certain=is_certain)

    def _passes_acls(
        self, one: int | None, other: int | None, origin: str, to: str, protocol: str, port: int, *, is_certain: bool
    ) -> bool:
        """Whether ACLs let the packets through, and those that come back; None is outside of the VPCs."""
        if not (
            self._acl_lets(one, protocol, port, to, is_outbound=True)
            and self._acl_lets(other, protocol, port, origin, is_outbound=False)
        ):
            return False
        back = [
            self._acl_lets(other, protocol, chosen, origin, is_outbound=True)
            and self._acl_lets(one, protocol, chosen, to, is_outbound=False)
            for chosen in (_CHOSEN_BY_LINUX if is_certain else (*_CHOSEN, *_CHOSEN_BY_LINUX))
        ]
        return all(back) if is_certain else any(back)

    def _acl_lets(self, subnet: int | None, protocol: str, port: int, address: str, *, is_outbound: bool) -> bool:
        if subnet is None:
            return True
        if subnet not in self.acls and (subnet == _OTHER or not self.default_acl):
            return True
        added = [
            _AclEntry(100, way, "-1", 0, 65535, cidr, allows=True)
            for way in (True, False)
            for cidr in ("0.0.0.0/0", "::/0")
        ]
        entries = self.acls.get(subnet, [*self.default_acl, *added])
        asked = [each for each in entries if each.is_outbound == is_outbound]
        for each in sorted(asked, key=lambda one: one.number):
            if each.is_about(protocol, port, address):
                return each.allows
        return False

    def sources(self) -> set[str]:
        """Everybody outside whom some rule of a group in use names, and the internet."""
        used = {number for each in self.things for number in each.groups}
        spare = set(range(len(self.groups))) - used
        rules = [rule for number in used | spare for rule in self.groups[number] if rule.direction == "Ingress"]
        named = {"0.0.0.0/0", *(rule.peer for rule in rules)}
        return (named | set(_LIST)) - {"list"} if "list" in named else named

    def from_outside(self) -> set[Fact]:
        found = set()
        for source in [*_CIDRS, *_LIST, "pl-aws"]:
            cidr = "0.0.0.0/0" if source == "pl-aws" else source
            everybody = _of(cidr)
            for target in self.things:
                arriving = [
                    (subnet, each)
                    for subnet in target.subnets
                    for each in everybody
                    if self._passes(target, subnet, each, through=("igw", "tgw", "pcx"))
                ]
                for protocol, port in PROBES if arriving else ():
                    if target.is_balancer and not (port in target.listeners and protocol == target.protocol(port)):
                        continue
                    if self._admits(target, source, everybody, protocol, port) and any(
                        self._passes_acls(None, subnet, each, "", protocol, port, is_certain=False)
                        for subnet, each in arriving
                    ):
                        found.add((source, target.name, protocol, port))
        return found

    def _admits(self, target: _Thing, source: str, everybody: list[str], protocol: str, port: int) -> bool:
        """Whether a rule lets everybody in."""
        rules = [r for g in target.groups for r in self.groups[g] if r.direction == "Ingress"]
        return not target.groups or any(
            rule.is_about(protocol, port)
            and (
                (source == "pl-aws" and rule.peer in ("pl-aws", "0.0.0.0/0"))
                or (source != "pl-aws" and all(rule.names(each) for each in everybody))
            )
            for rule in rules
        )

    def to_outside(self) -> set[Fact]:
        found = set()
        for source, (protocol, port) in product(self.things, PROBES):
            if source.is_balancer:
                continue
            for peer, rule in self._outgoing(source):
                cidr = "0.0.0.0/0" if peer == "pl-aws" else peer
                there = _of(cidr)
                through = ("igw", "tgw", "pcx", "nat", "eigw")
                if rule.is_about(protocol, port) and any(
                    self._passes(source, subnet, each, through=through)
                    and self._passes_acls(subnet, None, "", each, protocol, port, is_certain=False)
                    for subnet in source.subnets
                    for each in there
                ):
                    found.add((source.name, peer, protocol, port))
        return found

    def paths(self) -> set[tuple[str, int, str, int]]:
        inside, outside = self.inside(), self.from_outside()
        by_name = {each.name: each for each in self.things}
        found = set()
        for balancer in self.things:
            for listener, (name, port) in balancer.listeners.items():
                protocol = balancer.protocol(listener)
                for cidr in [*_CIDRS, *_LIST, "pl-aws"]:
                    if (cidr, balancer.name, protocol, listener) not in outside:
                        continue
                    if balancer.keeps_clients(listener):
                        block = "0.0.0.0/0" if cidr == "pl-aws" else cidr
                        clients = _of(block)
                        is_let = self._lets_clients(balancer, by_name[name], cidr, clients, protocol, port)
                    else:
                        is_let = (balancer.name, name, protocol, port) in inside
                    if is_let:
                        found.add((cidr, listener, name, port))
        return found

    def _lets_clients(
        self, balancer: _Thing, target: _Thing, cidr: str, clients: list[str], protocol: str, port: int
    ) -> bool:
        """Behind a Network Load Balancer whose targets see clients."""
        return self.lets_out(balancer.name, target.name, protocol, port) and (
            self.lets_group(balancer.name, target.name, protocol, port)
            or self._admits(target, cidr, clients, protocol, port)
        )

    def lets_out(self, balancer: str, target: str, protocol: str, port: int) -> bool:
        """Whether rules of a load balancer let it connect to an address of a target."""
        source, to = (each for name in (balancer, target) for each in self.things if each.name == name)
        parts = [part for each in to.subnets for part in _parts(each)]
        return any(self._lets(source, "Egress", protocol, port, part, to.groups) for part in parts)

    def lets_group(self, balancer: str, target: str, protocol: str, port: int) -> bool:
        """Whether a rule of a target names a security group of a load balancer."""
        source, to = (each for name in (balancer, target) for each in self.things if each.name == name)
        rules = [rule for number in to.groups for rule in self._rules(number, "Ingress")]
        return any(rule.is_about(protocol, port) and rule.peer in map(str, source.groups) for rule in rules)

    def parts(self, subnet: int) -> list[str]:
        """An address of every part of a subnet."""
        return _parts(subnet)

    def _outgoing(self, source: _Thing) -> Iterator[tuple[str, _Rule]]:
        for number in source.groups:
            for rule in self._rules(number, "Egress"):
                if rule.peer == "list":
                    yield from ((each, rule) for each in _LIST)
                elif not rule.peer.isdigit():
                    yield rule.peer, rule

    def _rules(self, number: int, direction: str) -> list[_Rule]:
        rules = [each for each in self.groups[number] if each.direction == direction]
        if direction == "Egress" and not any(each.is_inline for each in rules):
            rules += [_Rule("Egress", "-1", 0, 65535, cidr, True) for cidr in ("0.0.0.0/0", "::/0")]
        return rules

    def _lets(self, thing: _Thing, direction: str, protocol: str, port: int, address: str, groups: list[int]) -> bool:
        return not thing.groups or any(
            rule.is_about(protocol, port) and (rule.names(address) or rule.peer in map(str, groups))
            for number in thing.groups
            for rule in self._rules(number, direction)
        )

    def _target(self, subnet: int, address: str) -> str:
        known = [each for each in self.routes[subnet] if _is_in(address, each)]
        best = max(known, key=lambda each: ip_network(each).prefixlen, default=None)
        return self.routes[subnet][best] if best else ""

    def _passes(self, thing: _Thing, subnet: int, address: str, *, through: tuple[str, ...]) -> bool:
        """Whether packets to or from an address outside take a route of a subnet."""
        inside = (_OTHER_VPC,) if subnet == _OTHER else (_VPC, "2001:db8::/120")
        if any(_is_in(address, each) for each in (*inside, "255.255.255.255/32", "127.0.0.0/8", "::1/128")):
            return False
        is_new = ":" in address
        if is_new and _SUBNETS[subnet][1] is None:
            return False
        target = self._target(subnet, address)
        if target in ("tgw", "pcx"):
            return True
        is_addressed = thing.is_public or (is_new and not thing.is_balancer)
        is_private = any(_is_in(address, each) for each in _PRIVATE)
        return target in through and not is_private and (target != "igw" or is_addressed)


@cache
def _parts(subnet: int) -> list[str]:
    """An address of every part of a subnet."""
    return [each for cidr in _SUBNETS[subnet] if cidr for each in _of(cidr)]


@cache
def _of(cidr: str) -> list[str]:
    """An address of every part of a block."""
    return [each for each in _universe() if _is_in(each, cidr)]


def addresses_of(cidr: str) -> list[str]:
    """An address of every part of a block."""
    return _of(cidr)


@cache
def _universe() -> list[str]:
    """An address of every part into which all blocks together cut the internet."""
    subnets = [each for both in _SUBNETS for each in both if each]
    cidrs = [*_CIDRS, *_ROUTES, *_LIST, *_ACL_CIDRS, *subnets, _OTHER_VPC, *_PRIVATE]
    cidrs += ["255.255.255.255/32", "127.0.0.0/8", "::1/128", "2001:db8::/120"]
    edges = set()
    for cidr in cidrs:
        network = ip_network(cidr)
        for number in (int(network[0]) - 1, int(network[0]), int(network[-1]), int(network[-1]) + 1):
            if 0 <= number < 2 ** (32 if network.version == 4 else 128):
                edges.add(str(type(network[0])(number)))
    return sorted(edges)


def _rule(draw: random.Random, groups: int) -> _Rule:
    protocol, first, last = draw.choice(_PORTS)
    peers = [*_CIDRS, *map(str, range(min(groups, 3))), "list", "pl-aws"]
    # Twice as often groups, or most networks would have no connection inside.
    peer = draw.choice([*peers, *map(str, range(3)), *map(str, range(3))])
    return _Rule(draw.choice(("Ingress", "Ingress", "Egress")), protocol, first, last, peer, draw.random() < 0.5)


def _acl(draw: random.Random) -> list[_AclEntry]:
    """A few entries; half of them end with one that lets everything through, or most answers would be no."""
    entries = []
    for number in sorted(draw.sample(range(1, 99), draw.randint(1, 5))):
        protocol, first, last = draw.choice(_ACL_PORTS)
        way, allows = draw.random() < 0.5, draw.random() < 0.6
        entries.append(_AclEntry(number, way, protocol, first, last, draw.choice(_ACL_CIDRS), allows))
    for way in (True, False):
        if draw.random() < 0.7:
            entries.append(_AclEntry(200, way, "-1", 0, 65535, "0.0.0.0/0", allows=True))
    return entries


def _entries(name: str, acl: object, entries: list[_AclEntry]) -> Iterator[tuple[str, Any]]:
    for index, each in enumerate(entries):
        key = "Ipv6CidrBlock" if ":" in each.cidr else "CidrBlock"
        ports = {"PortRange": {"From": each.first, "To": each.last}} if each.protocol in ("tcp", "udp") else {}
        icmp = {"Icmp": {"Type": -1, "Code": -1}} if each.protocol == "icmp" else {}
        yield (
            f"{name}Entry{index}",
            resource(
                "EC2::NetworkAclEntry",
                NetworkAclId=acl,
                RuleNumber=each.number,
                Egress=each.is_outbound,
                Protocol=_NUMBERS[each.protocol],
                RuleAction="allow" if each.allows else "deny",
                **{key: each.cidr},
                **ports,
                **icmp,
            ),
        )


def _routes(draw: random.Random) -> dict[str, str]:
    routes = {}
    if default := draw.choice(("igw", "igw", "nat", "tgw", "")):
        routes["0.0.0.0/0"] = default
    if default6 := draw.choice(("igw", "eigw", "")):
        routes["::/0"] = default6
    for each in _ROUTES:
        if draw.random() < 0.25:
            routes[each] = draw.choice(("tgw", "igw", "nat"))
    return routes


def _association(subnet: str, table: str) -> dict[str, Any]:
    return resource("EC2::SubnetRouteTableAssociation", SubnetId={"Ref": subnet}, RouteTableId={"Ref": table})


def _route(table: str, destination: str, target: str) -> dict[str, Any]:
    key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    targets: dict[str, dict[str, Any]] = {
        "igw": {"GatewayId": {"Ref": "Igw"}},
        "nat": {"NatGatewayId": {"Ref": "Nat"}},
        "eigw": {"EgressOnlyInternetGatewayId": {"Ref": "Eigw"}},
        "tgw": {"TransitGatewayId": "tgw-1"},
        "pcx": {"VpcPeeringConnectionId": {"Ref": "Peering"}},
    }
    return resource("EC2::Route", RouteTableId={"Ref": table}, **{key: destination}, **targets[target])


def _group(number: int) -> dict[str, Any]:
    return {"Fn::GetAtt": [f"Group{number}", "GroupId"]}


def _properties(rule: _Rule) -> dict[str, Any]:
    side = "Source" if rule.direction == "Ingress" else "Destination"
    if rule.peer.isdigit():
        peer: dict[str, Any] = {f"{side}SecurityGroupId": _group(int(rule.peer))}
    elif rule.peer == "list":
        peer = {f"{side}PrefixListId": {"Ref": "List"}}
    elif rule.peer == "pl-aws":
        peer = {f"{side}PrefixListId": "pl-aws"}
    else:
        peer = {"CidrIpv6" if ":" in rule.peer else "CidrIp": rule.peer}
    return {"IpProtocol": rule.protocol, "FromPort": rule.first, "ToPort": rule.last, **peer}
