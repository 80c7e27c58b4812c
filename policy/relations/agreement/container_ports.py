"""Containers of a task share a network interface."""

from __future__ import annotations

from collections.abc import Iterator

from assembly import Graph
from policy.relations.agreement.ecs_services import containers
from policy.relations.relation import Misfit, relation


@relation("Task networking with the awsvpc network mode; amazon-ecs-agent issue 1220")
def containers_of_a_task_listen_on_different_ports(graph: Graph) -> Iterator[Misfit]:
    """Amazon ECS refuses one port of a network interface for two containers, on which only one could listen."""
    for definition in graph.of_type("AWS::ECS::TaskDefinition"):
        owners: dict[tuple[str, str], str] = {}
        for name, container in containers(definition).items() if definition.get("NetworkMode") == "awsvpc" else ():
            mappings = container.get("PortMappings", [])
            for mapping in mappings if isinstance(mappings, list) else ():
                port = (str(mapping.get("ContainerPort")), str(mapping.get("Protocol", "tcp")))
                if (owner := owners.setdefault(port, name)) != name:
                    yield Misfit(
                        resource=definition,
                        finding=f"{owner} and {name} both listen on {'/'.join(port)}",
                        fix="let one of them listen on another port",
                    )
