"""Random small networks, as templates for the tool and as plain data for an oracle that tries every address."""

from __future__ import annotations

import ipaddress
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

# Parsed once: the oracle asks millions of times.
ip_address, ip_network = cache(ipaddress.ip_address), cache(ipaddress.ip_network)
_VPC = "10.0.0.0/24"
_SUBNETS = (("10.0.0.0/28", "2001:db8::/124"), ("10.0.0.16/28", "2001:db8::10/124"), ("10.0.0.128/28", None))
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
_PRIVATE = tuple(map(ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")))
_LIST = ("203.0.113.4/30", "172.16.3.0/24")

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
        return any("/" in each and ip_address(address) in ip_network(each) for each in cidrs)


@dataclass
class _Thing:
    name: str
    kind: str
    subnets: list[int]
    groups: list[int]
    is_public: bool = False
    listeners: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Of a load balancer: port -> a target and its port."""


@dataclass
class RandomNetwork:
    """Subnets, groups, and things; what `generate` draws."""

    routes: list[dict[str, str]]
    groups: list[list[_Rule]]
    things: list[_Thing]

    @classmethod
    def generate(cls, seed: int) -> RandomNetwork:
        draw = random.Random(seed)  # noqa: S311 - not a secret
        groups = [[_rule(draw, count) for _ in range(draw.randint(0, 4))] for count in [draw.randint(2, 4)] * 3]
        routes = [_routes(draw) for _ in _SUBNETS]
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

    # The template.

    def template(self) -> dict[str, Any]:
        resources: dict[str, Any] = {
            "Vpc": _resource("EC2::VPC", CidrBlock=_VPC),
            "V6": _resource("EC2::VPCCidrBlock", VpcId={"Ref": "Vpc"}, CidrBlock="2001:db8::/120"),
            "Igw": _resource("EC2::InternetGateway"),
            "Eigw": _resource("EC2::EgressOnlyInternetGateway", VpcId={"Ref": "Vpc"}),
            "NatSubnet": _resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock="10.0.0.240/28"),
            "NatTable": _resource("EC2::RouteTable", VpcId={"Ref": "Vpc"}),
            "NatAssociation": _association("NatSubnet", "NatTable"),
            "NatRoute": _route("NatTable", "0.0.0.0/0", "igw"),
            "Nat": _resource("EC2::NatGateway", SubnetId={"Ref": "NatSubnet"}),
            "List": _resource("EC2::PrefixList", AddressFamily="IPv4", Entries=[{"Cidr": each} for each in _LIST]),
        }
        for number, (cidr, cidr6) in enumerate(_SUBNETS):
            v6 = {"Ipv6CidrBlock": cidr6} if cidr6 else {}
            resources[f"Subnet{number}"] = _resource("EC2::Subnet", VpcId={"Ref": "Vpc"}, CidrBlock=cidr, **v6)
            resources[f"Table{number}"] = _resource("EC2::RouteTable", VpcId={"Ref": "Vpc"})
            resources[f"Association{number}"] = _association(f"Subnet{number}", f"Table{number}")
            for index, (to, target) in enumerate(self.routes[number].items()):
                resources[f"Route{number}x{index}"] = _route(f"Table{number}", to, target)
        for number, rules in enumerate(self.groups):
            inline = {
                f"SecurityGroup{direction}": [_properties(rule) for rule in rules if rule.is_inline_of(direction)]
                for direction in ("Ingress", "Egress")
            }
            properties = {key: value for key, value in inline.items() if value}
            resources[f"Group{number}"] = _resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}, **properties)
            for index, rule in enumerate(rules):
                if not rule.is_inline:
                    resources[f"Rule{number}x{index}"] = _resource(
                        f"EC2::SecurityGroup{rule.direction}", GroupId=_group(number), **_properties(rule)
                    )
        for thing in self.things:
            resources.update(self._resources(thing))
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
            yield thing.name, _resource("ECS::Service", NetworkConfiguration=configuration, LoadBalancers=targets)
            return
        scheme = "internet-facing" if thing.is_public else "internal"
        yield (
            thing.name,
            _resource(
                "ElasticLoadBalancingV2::LoadBalancer",
                Subnets=subnets,
                SecurityGroups=groups,
                Scheme=scheme,
                IpAddressType="dualstack",
            ),
        )
        for port in thing.listeners:
            yield f"Target{port}", _resource("ElasticLoadBalancingV2::TargetGroup", Port=80)
            yield (
                f"Listener{port}",
                _resource(
                    "ElasticLoadBalancingV2::Listener",
                    Port=port,
                    Protocol="HTTP",
                    LoadBalancerArn={"Ref": thing.name},
                    DefaultActions=[{"Type": "forward", "TargetGroupArn": {"Ref": f"Target{port}"}}],
                ),
            )

    # The oracle: one packet after the other.

    def inside(self) -> set[Fact]:
        return {
            (source.name, target.name, protocol, port)
            for source, target, (protocol, port) in product(self.things, self.things, PROBES)
            if not (source is target and target.kind == "balancer")
            and self._answers(source, target, protocol, port)
            and {
                ip_address(to).version
                for to in self._addresses(target)
                if self._lets(source, "Egress", protocol, port, to, target.groups)
            }
            & {
                ip_address(origin).version
                for origin in self._addresses(source)
                if self._lets(target, "Ingress", protocol, port, origin, source.groups)
            }
        }

    def _answers(self, source: _Thing, target: _Thing, protocol: str, port: int) -> bool:
        if source.kind == "balancer":
            return protocol == "tcp" and (target.name, port) in source.listeners.values()
        return target.kind != "balancer" or (protocol == "tcp" and port in target.listeners)

    def sources(self) -> set[str]:
        """Everybody outside whom some rule of a group in use names, and the internet."""
        used = {number for each in self.things for number in each.groups}
        spare = set(range(len(self.groups))) - used
        rules = [rule for number in used | spare for rule in self.groups[number] if rule.direction == "Ingress"]
        named = {"0.0.0.0/0", *(rule.peer for rule in rules)}
        return (named | set(_LIST)) - {"list"} if "list" in named else named

    def from_outside(self) -> set[Fact]:
        found, universe = set(), _universe()
        for source in [*_CIDRS, *_LIST, "pl-aws"]:
            cidr = "0.0.0.0/0" if source == "pl-aws" else source
            everybody = [each for each in universe if ip_address(each) in ip_network(cidr)]
            reached = [each for each in self.things if any(self._comes_in(each, one) for one in everybody)]
            for target, (protocol, port) in product(reached, PROBES):
                if target.kind == "balancer" and not (protocol == "tcp" and port in target.listeners):
                    continue
                rules = [r for g in target.groups for r in self.groups[g] if r.direction == "Ingress"]
                is_let = not target.groups or any(
                    rule.is_about(protocol, port)
                    and (
                        (source == "pl-aws" and rule.peer in ("pl-aws", "0.0.0.0/0"))
                        or (source != "pl-aws" and all(rule.names(each) for each in everybody))
                    )
                    for rule in rules
                )
                if is_let:
                    found.add((source, target.name, protocol, port))
        return found

    def to_outside(self) -> set[Fact]:
        found, universe = set(), _universe()
        for source, (protocol, port) in product(self.things, PROBES):
            if source.kind == "balancer":
                continue
            for peer, rule in self._outgoing(source):
                cidr = "0.0.0.0/0" if peer == "pl-aws" else peer
                there = [each for each in universe if ip_address(each) in ip_network(cidr)]
                if rule.is_about(protocol, port) and any(self._goes_out(source, each) for each in there):
                    found.add((source.name, peer, protocol, port))
        return found

    def paths(self) -> set[tuple[str, int, str, int]]:
        inside, outside = self.inside(), self.from_outside()
        return {
            (cidr, listener, name, port)
            for balancer in self.things
            for listener, (name, port) in balancer.listeners.items()
            for cidr in [*_CIDRS, *_LIST, "pl-aws"]
            if (cidr, balancer.name, "tcp", listener) in outside and (balancer.name, name, "tcp", port) in inside
        }

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

    def _addresses(self, thing: _Thing) -> list[str]:
        cidrs = [cidr for number in thing.subnets for cidr in _SUBNETS[number] if cidr]
        return [str(each) for cidr in cidrs for each in ip_network(cidr)]

    def _target(self, subnet: int, address: str) -> str:
        number = ip_address(address)
        known = [each for each in self.routes[subnet] if number in ip_network(each)]
        best = max(known, key=lambda each: ip_network(each).prefixlen, default=None)
        return self.routes[subnet][best] if best else ""

    def _is_outside(self, address: str) -> bool:
        vpc = (_VPC, "2001:db8::/120", "255.255.255.255/32", "127.0.0.0/8", "::1/128")
        return not any(ip_address(address) in ip_network(each) for each in vpc)

    def _comes_in(self, thing: _Thing, address: str) -> bool:
        return self._passes(thing, address, through=("igw", "tgw"))

    def _goes_out(self, thing: _Thing, address: str) -> bool:
        return self._passes(thing, address, through=("igw", "tgw", "nat", "eigw"))

    def _passes(self, thing: _Thing, address: str, *, through: tuple[str, ...]) -> bool:
        number = ip_address(address)
        is_private = any(number in each for each in _PRIVATE)
        for subnet in thing.subnets:
            if not self._is_outside(address) or (number.version == 6 and _SUBNETS[subnet][1] is None):
                continue
            target = self._target(subnet, address)
            is_addressed = thing.is_public or (number.version == 6 and thing.kind != "balancer")
            if target == "tgw" or (target in through and not is_private and (target != "igw" or is_addressed)):
                return True
        return False


@cache
def _universe() -> list[str]:
    """An address of every part into which all blocks together cut the internet."""
    cidrs = [*_CIDRS, *_ROUTES, *_LIST, *map(str, _PRIVATE), "255.255.255.255/32", "127.0.0.0/8", "::1/128"]
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


def _resource(kind: str, **properties: object) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _association(subnet: str, table: str) -> dict[str, Any]:
    return _resource("EC2::SubnetRouteTableAssociation", SubnetId={"Ref": subnet}, RouteTableId={"Ref": table})


def _route(table: str, destination: str, target: str) -> dict[str, Any]:
    key = "DestinationIpv6CidrBlock" if ":" in destination else "DestinationCidrBlock"
    targets: dict[str, dict[str, Any]] = {
        "igw": {"GatewayId": {"Ref": "Igw"}},
        "nat": {"NatGatewayId": {"Ref": "Nat"}},
        "eigw": {"EgressOnlyInternetGatewayId": {"Ref": "Eigw"}},
        "tgw": {"TransitGatewayId": "tgw-1"},
    }
    return _resource("EC2::Route", RouteTableId={"Ref": table}, **{key: destination}, **targets[target])


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
