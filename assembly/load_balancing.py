"""Which load balancer sends requests to which service, by which listener rules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from assembly.assembly import Assembly
from assembly.resource import Resource


def transport_protocols(protocol: str) -> tuple[str, ...]:
    """Those of a listener or target group, as security groups have them."""
    return {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp")}.get(protocol, ("tcp",))


class Target(NamedTuple):
    """One entry of `LoadBalancers` of an ECS service."""

    service: Resource
    container_name: str
    container_port: int
    target_group: Resource
    forwards: tuple[Resource, ...]
    """Listener rules, and listeners by their default action, that forward to the target group."""

    listeners: tuple[Resource, ...]
    load_balancers: tuple[Resource, ...]

    @property
    def protocols(self) -> tuple[str, ...]:
        """Protocols of the connections, as security groups have them."""
        return transport_protocols(str(self.target_group.get("Protocol")))

    @property
    def security_groups(self) -> list[str]:
        """Those of the tasks, resolved."""
        return list(map(str, self.service.list("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups")))


class LoadBalancing:
    """Every target of every ECS service."""

    def __init__(self, assembly: Assembly) -> None:
        """Follow listener rules and listeners to target groups."""
        self._assembly = assembly
        self._forwards: dict[Resource, list[Resource]] = {}
        for each in assembly.of_type("AWS::ElasticLoadBalancingV2::ListenerRule"):
            self._note(each, "Actions")
        for each in assembly.of_type("AWS::ElasticLoadBalancingV2::Listener"):
            self._note(each, "DefaultActions")
        self.targets = list(self._targets())

    def _note(self, forwarding: Resource, key: str) -> None:
        for action in forwarding.list(key):
            groups = [action.get("TargetGroupArn")]
            groups += [each.get("TargetGroupArn") for each in action.get("ForwardConfig", {}).get("TargetGroups", [])]
            for group in filter(None, map(self._assembly.find, groups)):
                if forwarding not in self._forwards.setdefault(group, []):
                    self._forwards[group].append(forwarding)

    def forwards(self, target_group: Resource) -> list[Resource]:
        """Listener rules, and listeners by their default action, that forward to it."""
        return self._forwards.get(target_group, [])

    def listener(self, forwarding: Resource) -> Resource | None:
        """The listener itself, or that of a rule."""
        if forwarding.type == "AWS::ElasticLoadBalancingV2::Listener":
            return forwarding
        return self._assembly.find(forwarding.get("ListenerArn"))

    def load_balancer(self, listener: Resource) -> Resource | None:
        """That of a listener."""
        return self._assembly.find(listener.get("LoadBalancerArn"))

    def _targets(self) -> Iterator[Target]:
        for service in self._assembly.of_type("AWS::ECS::Service"):
            for entry in service.list("LoadBalancers"):
                group = self._assembly.find(entry.get("TargetGroupArn"))
                if group is None:
                    continue
                forwards = self.forwards(group)
                listeners = dict.fromkeys(filter(None, map(self.listener, forwards)))
                balancers = dict.fromkeys(filter(None, map(self.load_balancer, listeners)))
                yield Target(
                    service,
                    str(entry.get("ContainerName")),
                    int(entry.get("ContainerPort") or 0),
                    group,
                    tuple(forwards),
                    tuple(listeners),
                    tuple(balancers),
                )
