"""Containers of a task share a network interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assembly import Graph
from policy.relations.agreement.ecs_services import containers
from policy.relations.relation import Misfit, relation

_MOST_RANGES = 100


@dataclass(frozen=True)
class _Ports:
    """A mapping of a container: one port, or a range of them."""

    first: int
    last: int
    protocol: str
    is_range: bool

    def __str__(self) -> str:
        return f"{self.first}-{self.last}/{self.protocol}" if self.is_range else f"{self.first}/{self.protocol}"

    def meets(self, other: _Ports) -> bool:
        """Whether a port is in both."""
        return self.first <= other.last and other.first <= self.last


@relation("Task networking with the awsvpc network mode; amazon-ecs-agent issue 1220")
def containers_of_a_task_listen_on_different_ports(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses one port of a network interface for two containers, on which only one could listen."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        seen: list[tuple[str, _Ports]] = []
        for name, container in containers(definition).items() if definition.get("NetworkMode") == "awsvpc" else ():
            for ports in _mappings(container):
                for owner, other in seen:
                    if owner != name and other.protocol == ports.protocol and other.meets(ports):
                        yield Misfit(
                            resource=definition,
                            finding=f"{owner} and {name} both listen on {_smaller(other, ports)}",
                            fix="let one of them listen on another port",
                        )
                        break
                seen.append((name, ports))


@relation("PortMapping, Amazon ECS API Reference: containerPortRange")
def port_ranges_are_those_that_amazon_ecs_takes(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses a task definition with a range that does not ascend, or a port in two mappings."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        for name, container in containers(definition).items():
            found = list(_mappings(container))
            ranges = [each for each in found if each.is_range]
            if len(ranges) > _MOST_RANGES:
                yield Misfit(
                    resource=definition,
                    finding=f"{name} has {len(ranges)} ranges of ports",
                    fix=f"state at most {_MOST_RANGES}",
                )
            for each in ranges:
                if each.first >= each.last:
                    yield Misfit(
                        resource=definition,
                        finding=f"{name} listens on {each}, which does not ascend",
                        fix="state the lower port first",
                    )
                elif any(other is not each and other.meets(each) for other in found):
                    yield Misfit(
                        resource=definition,
                        finding=f"{name} has ports of {each} in another mapping too",
                        fix="state each port in one mapping",
                    )


def _smaller(one: _Ports, other: _Ports) -> _Ports:
    return min(one, other, key=lambda ports: ports.last - ports.first)


def _mappings(container: Mapping[str, object]) -> Iterator[_Ports]:
    mappings = container.get("PortMappings", [])
    for mapping in mappings if isinstance(mappings, list) else ():
        stated = mapping.get("ContainerPortRange")
        first, _, last = str(stated or mapping.get("ContainerPort")).partition("-")
        if first.isdigit() and (last or first).isdigit():
            yield _Ports(int(first), int(last or first), str(mapping.get("Protocol", "tcp")), is_range=bool(stated))
