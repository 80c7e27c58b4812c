"""Which ports of which places a load balancer connects to, by which listener and condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from assembly import Graph, Resource
from tools.page.managed_places import listened
from tools.page.place import Place
from tools.page.ports import Ports

_LB: Final = "AWS::ElasticLoadBalancingV2"
_KEEPS_CLIENTS: Final = ("UDP", "TCP_UDP", "QUIC", "TCP_QUIC")


@dataclass(frozen=True)
class Forwarding:
    """A listener of a load balancer that sends requests to a port of a target."""

    balancer: Resource
    target: Resource
    protocol: str
    """`tcp` or `udp`."""

    port: int
    listener_port: int
    """-1 for health checks."""

    said: str
    """Which requests: conditions of the rule."""

    keeps_clients: bool = False
    """Whether the target sees the addresses of clients, so that its security groups judge these."""

    @property
    def asked(self) -> Ports:
        """The port of the listener."""
        return Ports(self.protocol, self.listener_port, self.listener_port)


class Forwards:
    """Every load balancer whose targets the templates register."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph

    def is_known(self, place: Place) -> bool:
        """Whether it is a load balancer all of whose target groups have targets in the templates."""
        return place.resource.type == f"{_LB}::LoadBalancer" and place.resource not in self._open

    def signs_in(self, place: Place) -> bool:
        """Whether it asks an identity provider for tokens ("Authenticate users using an Application Load Balancer")."""
        return any(
            str(action.get("Type", "")).startswith("authenticate-")
            for each in self._graph.of_type(f"{_LB}::Listener", f"{_LB}::ListenerRule")
            for action in _actions(each)
            if self._balancer(each) == place.resource
        )

    def between(self, source: Place, target: Place) -> tuple[Forwarding, ...]:
        """Those from a load balancer to a place."""
        return self._by_ends.get((source.resource, target.resource), ())

    @cached_property
    def _by_ends(self) -> dict[tuple[Resource, Resource], tuple[Forwarding, ...]]:
        found: dict[tuple[Resource, Resource], tuple[Forwarding, ...]] = {}
        for each in self.all:
            ends = (each.balancer, each.target)
            found[ends] = (*found.get(ends, ()), each)
        return found

    @cached_property
    def _registered(self) -> list[tuple[Resource, Resource, int]]:
        """(target group, target, port)."""
        found = []
        for service in self._graph.of_type("AWS::ECS::Service"):
            if not service.get("NetworkConfiguration.AwsvpcConfiguration"):
                continue  # the targets are ports of instances, which nothing here knows
            for entry in service.list("LoadBalancers"):
                # A release that shifts traffic has two, of which one is idle.
                names = (
                    entry.get("TargetGroupArn"),
                    entry.get("AdvancedConfiguration", {}).get("AlternateTargetGroupArn"),
                )
                for group in filter(None, map(self._graph.find, names)):
                    found.append((group, service, int(entry.get("ContainerPort") or 0)))
        for instances in self._graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
            for group in filter(None, map(self._graph.find, instances.list("TargetGroupARNs"))):
                found.append((group, instances, int(group.get("Port", 0))))
        for group in self._graph.of_type(f"{_LB}::TargetGroup"):
            for each in group.list("Targets"):
                if target := self._graph.find(each.get("Id")):
                    found.append((group, target, int(each.get("Port") or group.get("Port", 0))))
        return found

    @cached_property
    def _open(self) -> set[Resource]:
        """Load balancers with a target group that something else registers targets with."""
        known = {group for group, _, _ in self._registered}
        return {
            balancer
            for group in self._graph.of_type(f"{_LB}::TargetGroup")
            if group not in known
            for balancer, _, _ in self._sources(group)
        }

    def _balancer(self, forwarding: Resource) -> Resource | None:
        listener = self._graph.load_balancing.listener(forwarding)
        return self._graph.load_balancing.load_balancer(listener) if listener else None

    def _sources(self, group: Resource) -> Iterator[tuple[Resource, Resource, Resource]]:
        """(load balancer, listener, the rule or listener that forwards)."""
        for forwarding in self._graph.load_balancing.forwards(group):
            listener = self._graph.load_balancing.listener(forwarding)
            balancer = self._balancer(forwarding)
            if listener and balancer:
                yield balancer, listener, forwarding

    @cached_property
    def all(self) -> list[Forwarding]:
        """Of all load balancers; health checks on another port are connections, too."""
        found: list[Forwarding] = []
        for group, target, port in self._registered:
            health = str(group.get("HealthCheckPort", "traffic-port"))
            keeps = _keeps_clients(group)
            for balancer, listener, forwarding in self._sources(group):
                said = _said(forwarding, listener, group)
                keeps_here = keeps and balancer.get("Type") == "network"
                for protocol, listener_port in listened(listener):
                    found.append(Forwarding(balancer, target, protocol, port, listener_port, said, keeps_here))
                if health.isdigit() and (int(health) != port or _is_udp(listener)):
                    found.append(Forwarding(balancer, target, "tcp", int(health), -1, "health checks"))
        return list(dict.fromkeys(found))


def _is_udp(listener: Resource) -> bool:
    return str(listener.get("Protocol")) == "UDP"


def _keeps_clients(group: Resource) -> bool:
    """By an attribute, or by the default of its protocol and type ("Edit target group attributes")."""
    stated = group.pairs("TargetGroupAttributes").get("preserve_client_ip.enabled")
    protocol = str(group.get("Protocol"))
    if protocol in _KEEPS_CLIENTS or group.get("TargetType") == "alb":
        return True
    if stated is not None:
        return str(stated).lower() == "true"
    return str(group.get("TargetType", "instance")) == "instance"


def _actions(forwarding: Resource) -> list[Any]:
    return forwarding.list("DefaultActions" if forwarding.type.endswith("::Listener") else "Actions")


def _said(forwarding: Resource, listener: Resource, group: Resource) -> str:
    """In words: conditions, who has to sign in, and the share where there are weights."""
    conditions = [_condition(each) for each in forwarding.list("Conditions")]
    is_default = forwarding.type.endswith("::Listener")
    is_of_network = str(listener.get("Protocol")) not in ("HTTP", "HTTPS", "None")
    default = "every connection" if is_of_network else "every other request"
    words = [default if is_default else " and ".join(conditions) or "every request"]
    if listener.get("MutualAuthentication.Mode") == "verify":
        words.append("with a certificate of the client")
    if any(str(each.get("Type", "")).startswith("authenticate-") for each in _actions(forwarding)):
        words.append("after signing in")
    weights = {
        str(each.get("TargetGroupArn")): int(each.get("Weight", 1))
        for action in _actions(forwarding)
        for each in action.get("ForwardConfig", {}).get("TargetGroups", [])
    }
    total = sum(weights.values())
    if len(weights) > 1 and total:
        words.append(f"{weights.get(group.reference, 0) / total:.0%} of them now")
    return ", ".join(words)


def _condition(condition: Mapping[str, Any]) -> str:
    field = str(condition.get("Field", ""))
    configuration = next((value for key, value in condition.items() if key.endswith("Config")), condition)
    configuration = configuration if isinstance(configuration, Mapping) else {}
    values = [_value(each) for each in configuration.get("Values", [])]
    name = configuration.get("HttpHeaderName", "")
    words = (field.removesuffix("-pattern"), str(name), " or ".join(values))
    return " ".join(filter(None, words))


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{value.get('Key', '')}={value.get('Value', '')}".removeprefix("=")
    return str(value)
