"""Which targets a service of VPC Lattice sends requests to, by which listener and rule."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from assembly import Graph, Resource
from tools.page.forwarding import Forwarding
from tools.page.lattice import listener_port, listeners


def forwardings(graph: Graph, service: Resource) -> Iterator[tuple[Forwarding, int]]:
    """Each with the version of IP of its target group."""
    all_rules = graph.of_type("AWS::VpcLattice::Rule")
    for listener in listeners(graph, service):
        default = listener.get("DefaultAction", {})
        rules = [each for each in all_rules if graph.find(each.get("ListenerIdentifier")) == listener]
        is_encrypted = listener.get("Protocol") == "TLS_PASSTHROUGH"
        every = "every connection" if is_encrypted else "every other request" if rules else "every request"
        actions = [(default, every), *((each.get("Action", {}), _match(each)) for each in rules)]
        for action, said in actions:
            yield from _of_action(graph, service, listener_port(listener), action, said)


def _of_action(
    graph: Graph, service: Resource, port: int, action: Mapping[str, Any], said: str
) -> Iterator[tuple[Forwarding, int]]:
    weighted = action.get("Forward", {}).get("TargetGroups", [])
    total = sum(_weight(each) for each in weighted)
    # A release that shifts requests has two target groups, both of the same service.
    weights: dict[tuple[Resource, int, int], int] = {}
    for each in weighted:
        group = graph.find(each.get("TargetGroupIdentifier"))
        if group is None:
            continue
        version = 6 if group.get("Config.IpAddressType") == "IPV6" else 4
        for target, opened in _targets(graph, group):
            key = (target, opened, version)
            weights[key] = weights.get(key, 0) + _weight(each)
            health = group.get("Config.HealthCheck.Port")
            if health and int(health) != opened:
                yield Forwarding(service, target, "tcp", int(health), -1, "health checks"), version
    for (target, opened, version), weight in weights.items():
        share = f", {weight / total:.0%} of them now" if weight < total else ""
        yield Forwarding(service, target, "tcp", opened, port, f"{said}{share}"), version


def _weight(target_group: Mapping[str, Any]) -> int:
    return int(target_group.get("Weight", 100))


def _targets(graph: Graph, group: Resource) -> Iterator[tuple[Resource, int]]:
    """(target, port); those that Amazon ECS and Amazon EC2 Auto Scaling register, and those that are stated."""
    stated = int(group.get("Config.Port", 0))
    for service in graph.of_type("AWS::ECS::Service"):
        for entry in service.list("VpcLatticeConfigurations"):
            alternate = entry.get("AdvancedConfiguration", {}).get("AlternateTargetGroupArn")
            if group in map(graph.find, (entry.get("TargetGroupArn"), alternate)):
                yield service, _container_port(graph, service, str(entry.get("PortName"))) or stated
    for instances in graph.of_type("AWS::AutoScaling::AutoScalingGroup"):
        if any(graph.find(each.get("Identifier")) == group for each in instances.list("TrafficSources")):
            yield instances, stated
    for each in group.list("Targets"):
        if target := graph.find(each.get("Id")):
            yield target, int(each.get("Port") or stated)


def _container_port(graph: Graph, service: Resource, name: str) -> int:
    """The port that a task definition gives a name; 0 if it is not in the templates."""
    definition = graph.find(service.get("TaskDefinition"))
    containers = definition.list("ContainerDefinitions") if definition else []
    mappings = [mapping for each in containers for mapping in each.get("PortMappings", [])]
    return next((int(each["ContainerPort"]) for each in mappings if each.get("Name") == name), 0)


def _match(rule: Resource) -> str:
    """Which requests, in words."""
    http = rule.get("Match.HttpMatch", {})
    path = http.get("PathMatch", {}).get("Match", {})
    words = [f"method {http['Method']}"] if http.get("Method") else []
    words += [f"path {value}{'*' if kind == 'Prefix' else ''}" for kind, value in path.items()]
    words += [
        f"header {each.get('Name')} {_value(kind, value)}"
        for each in http.get("HeaderMatches", [])
        for kind, value in each.get("Match", {}).items()
    ]
    return " and ".join(words) or "every request"


def _value(kind: str, value: object) -> str:
    return {"Prefix": f"{value}*", "Contains": f"*{value}*"}.get(kind, str(value))
