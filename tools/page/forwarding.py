"""Which ports of which places a load balancer connects to, by which listener and condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from assembly import Graph, Resource
from tools.page.places import Place

_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


@dataclass(frozen=True)
class Forwarding:
    """A listener of a load balancer that sends requests to a port of a target."""

    balancer: Resource
    target: Resource
    port: int
    listener_port: int
    said: str
    """Which requests: conditions of the rule."""


class Forwards:
    """Every load balancer whose targets the templates register."""

    def __init__(self, graph: Graph) -> None:
        """Note the templates."""
        self._graph = graph

    def is_known(self, place: Place) -> bool:
        """Whether it is a load balancer all of whose target groups have targets in the templates."""
        return place.resource.type == _BALANCER and place.resource not in self._open

    def between(self, source: Place, target: Place) -> tuple[Forwarding, ...]:
        """Those from a load balancer to a place."""
        return tuple(each for each in self.all if each.balancer == source.resource and each.target == target.resource)

    @cached_property
    def _registered(self) -> list[tuple[Resource, Resource, int]]:
        """(target group, target, port)."""
        found = []
        for service in self._graph.of_type("AWS::ECS::Service"):
            if not service.get("NetworkConfiguration.AwsvpcConfiguration"):
                continue  # the targets are ports of instances, which nothing here knows
            for entry in service.list("LoadBalancers"):
                if group := self._graph.find(entry.get("TargetGroupArn")):
                    found.append((group, service, int(entry.get("ContainerPort") or 0)))
        for instances in self._graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
            for group in filter(None, map(self._graph.find, instances.list("TargetGroupARNs"))):
                found.append((group, instances, int(group.get("Port", 0))))
        return found

    @cached_property
    def _open(self) -> set[Resource]:
        """Load balancers with a target group that something else registers targets with."""
        known = {group for group, _, _ in self._registered}
        return {
            balancer
            for group in self._graph.of_type("AWS::ElasticLoadBalancingV2::TargetGroup")
            if group not in known
            for balancer, _, _ in self._sources(group)
        }

    def _sources(self, group: Resource) -> Iterator[tuple[Resource, Resource, Resource]]:
        """(load balancer, listener, the rule or listener that forwards)."""
        for forwarding in self._graph.load_balancing.forwards(group):
            listener = self._graph.load_balancing.listener(forwarding)
            balancer = self._graph.load_balancing.load_balancer(listener) if listener else None
            if listener and balancer:
                yield balancer, listener, forwarding

    @cached_property
    def all(self) -> list[Forwarding]:
        """Of all load balancers; health checks on another port are connections, too."""
        found = []
        for group, target, port in self._registered:
            health = str(group.get("HealthCheckPort", "traffic-port"))
            for balancer, listener, forwarding in self._sources(group):
                listened = int(listener.get("Port", 0))
                found.append(Forwarding(balancer, target, port, listened, _conditions(forwarding)))
                if health.isdigit() and int(health) != port:
                    found.append(Forwarding(balancer, target, int(health), -1, "health checks"))
        return found


def _conditions(forwarding: Resource) -> str:
    if forwarding.type.endswith("::Listener"):
        return "every other request"
    said = [_condition(each) for each in forwarding.list("Conditions")]
    return " and ".join(said) or "every request"


def _condition(condition: Mapping[str, Any]) -> str:
    field = str(condition.get("Field", ""))
    configuration = next((value for key, value in condition.items() if key.endswith("Config")), condition)
    values = configuration.get("Values", []) if isinstance(configuration, Mapping) else []
    return f"{field.removesuffix('-pattern')} {' or '.join(map(str, values))}".strip()
