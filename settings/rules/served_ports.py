"""Rules of the names and ports that Service Connect serves."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import warning
from settings.rules.service_connections import protocol_of, served

_SERVICE = "ecs.services.<name>"
_SERVES = f"{_SERVICE}.service_connect.serves.<name>"


@warning(
    "Service Connect resources for Amazon ECS blue/green deployments",
    keys=(f"{_SERVES}.test_traffic", f"{_SERVICE}.deployment.strategy"),
)
def test_requests_have_tasks_to_reach(environment: Environment) -> Iterator[Problem]:
    """The header marks nothing: there are no new tasks to test, or the proxy sees TCP connections only."""
    for path, name, each, service in served(environment):
        if each.test_traffic is None:
            continue
        place = (*path, "test_traffic")
        if not service.deployment.shifts_traffic:
            yield Problem(
                path=place,
                finding="there is test_traffic, and strategy is ROLLING",
                fix="remove test_traffic, or use BLUE_GREEN, LINEAR, or CANARY",
            )
        elif protocol_of(service, each.port_name) is None:
            yield Problem(
                path=place,
                finding=f"the port {each.port_name} of {name} has no application protocol",
                fix="set port_app_protocol, or app_protocol in additional_ports, or remove test_traffic",
            )


@warning(
    "Amazon ECS Service Connect components: client alias",
    keys=(_SERVES, f"{_SERVES}.client_name", f"{_SERVES}.client_port"),
)
def client_name_leads_to_one_port(environment: Environment) -> Iterator[Problem]:
    """A client that uses the name and the port reaches one of them, and which one is not documented."""
    owners: dict[tuple[str, int], str] = {}
    for path, name, each, service in served(environment):
        port = each.client_port or service.named_ports.get(each.port_name)
        if port is None:
            continue
        place = (each.client_name or name, port)
        owner = owners.setdefault(place, ".".join(map(str, path)))
        if owner != ".".join(map(str, path)):
            yield Problem(
                path=path,
                finding=f"clients connect to {place[0]}:{port}, which is also that of {owner}",
                fix="use another client_name or client_port",
            )


@warning(
    "Amazon ECS Service Connect: HTTP, gRPC, and TCP",
    keys=(f"{_SERVES}.port_name", f"{_SERVICE}.containers.<name>.additional_ports.<name>.protocol"),
)
def served_port_is_of_tcp(environment: Environment) -> Iterator[Problem]:
    """The proxy of Service Connect listens for TCP, so clients reach nothing by UDP."""
    for path, _, each, service in served(environment):
        named = {
            name: port for container in service.containers.values() for name, port in container.additional_ports.items()
        }
        if each.port_name in named and named[each.port_name].protocol == "udp":
            yield Problem(
                path=(*path, "port_name"),
                finding=f"the protocol of {each.port_name} is udp",
                fix="use service_discovery or a Network Load Balancer",
            )
