"""Rules of the ports of containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from reference_constructs.ecs.container_runtime_options import PortRangeOptions, TransportProtocol
from reference_constructs.ecs.service_ports import listening_ports
from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.routing_subjects import routing_keys, routings
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, tasks

# "Using AWS Distro for OpenTelemetry on Amazon ECS", "AWS X-Ray daemon", "StatsD", "Using FireLens": of the
# configurations that this project gives them.
_PORTS_OF_A_COLLECTOR: Final[tuple[tuple[int, TransportProtocol], ...]] = ((4317, "tcp"), (4318, "tcp"), (2000, "udp"))
_PORT_OF_AN_AGENT: Final[tuple[int, TransportProtocol]] = (8125, "udp")
_PORT_OF_A_ROUTER: Final[tuple[int, TransportProtocol]] = (24224, "tcp")


@rule(
    "Task networking with the awsvpc network mode",
    keys=(
        *container_keys("port", "additional_ports.<name>.port", "additional_ports.<name>.protocol"),
        *task_keys("log_router", "sidecars.collector", "sidecars.cloudwatch_agent"),
    ),
)
def containers_listen_on_different_ports(environment: Environment) -> Iterator[Problem]:
    """The containers of a task share a network interface, on which one process can listen on a port."""
    for path, task in tasks(environment):
        taken: dict[tuple[int, str], str] = dict(_ports_of_sidecars(task))
        owners: dict[tuple[int, str], tuple[str, KeyPath]] = {}
        for name, container in task.containers.items():
            for place, port, protocol in container.ports:
                owner, first = owners.setdefault((port, protocol), (name, place))
                if (sidecar := taken.get((port, protocol))) is not None:
                    yield Problem(
                        path=(*path, "containers", name, *place),
                        value=port,
                        allowed=f"a port other than that of {sidecar}",
                    )
                elif (owner, first) != (name, place):
                    other = f"container {owner}" if owner != name else ".".join(map(str, first[:-1] or first))
                    yield Problem(
                        path=(*path, "containers", name, *place),
                        value=port,
                        allowed=f"a port other than that of {other}",
                    )


def _ports_of_sidecars(task: TaskSettings) -> Iterator[tuple[tuple[int, TransportProtocol], str]]:
    """What the log router and the sidecars listen on, unless a configuration of somebody else decides it."""
    collector = task.sidecars.collector
    if collector is not None and collector.configuration_parameter_arn is None:
        yield from ((port, "sidecars.collector") for port in _PORTS_OF_A_COLLECTOR)
    if task.sidecars.cloudwatch_agent is not None:
        yield _PORT_OF_AN_AGENT, "sidecars.cloudwatch_agent"
    if task.log_router is not None:
        yield _PORT_OF_A_ROUTER, "log_router"


@rule(
    "PortMapping, Amazon ECS API Reference: containerPortRange",
    keys=container_keys("port_ranges[].first_port", "port_ranges[].last_port"),
)
def port_range_ascends(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a range whose first port is not less than its last port."""
    for path, container, _ in containers(environment):
        for index, each in enumerate(container.port_ranges):
            if each.first_port >= each.last_port:
                yield Problem(
                    path=(*path, "port_ranges", index, "last_port"),
                    value=each.last_port,
                    allowed=f"a port greater than first_port, which is {each.first_port}",
                    fix="for one port, use port or additional_ports" if each.first_port == each.last_port else "",
                )


@rule(
    "PortMapping, Amazon ECS API Reference: containerPortRange; Task networking with the awsvpc network mode",
    keys=(
        *container_keys("port_ranges[]", "port", "additional_ports.<name>.port"),
        *task_keys("log_router", "sidecars.collector", "sidecars.cloudwatch_agent"),
    ),
)
def port_ranges_overlap_nothing(environment: Environment) -> Iterator[Problem]:
    """A port is in one mapping of a container, whatever the protocol, and of one container of a task."""
    for path, task in tasks(environment):
        seen: list[tuple[str, KeyPath, PortRangeOptions]] = [
            (sidecar, (), PortRangeOptions(first_port=port, last_port=port, protocol=protocol))
            for (port, protocol), sidecar in _ports_of_sidecars(task)
        ]
        for name, container in task.containers.items():
            for place, each in container.port_mappings:
                for owner, other_place, other in seen:
                    ranges = "port_ranges" in (*place[:1], *other_place[:1])
                    meets = other.first_port <= each.last_port and each.first_port <= other.last_port
                    if ranges and meets and (owner == name or other.protocol == each.protocol):
                        yield Problem(
                            path=(*path, "containers", name, *place),
                            value=each.text if place[0] == "port_ranges" else each.first_port,
                            allowed=f"ports other than {other.text} of {_owner(owner, name, other_place)}",
                        )
                        break
                seen.append((name, place, each))


def _owner(owner: str, name: str, place: KeyPath) -> str:
    if not place:
        return owner
    return Problem(path=place[:2]).key if owner == name else f"container {owner}"


@rule(
    "PortMapping, Amazon ECS API Reference; amazon-ecs-agent issue 3428; terraform-aws-ecs issue 89",
    keys=(
        *container_keys("port", "additional_ports.<name>.port", "additional_ports.<name>.protocol"),
        *routing_keys("container", "container_port"),
    ),
)
def routed_port_has_one_protocol(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a service whose load balancer uses a port that is in two mappings of its container."""
    for path, service, routing in routings(environment):
        for name, port in listening_ports(service.containers, routing.container, routing.container_port):
            for port_name, each in service.containers[name].additional_ports.items():
                if each.port == port and each.protocol != "tcp":
                    yield Problem(
                        path=(*path[:3], "containers", name, "additional_ports", port_name, "port"),
                        value=each.port,
                        allowed="a port other than the one that the load balancer forwards to",
                    )


@rule("PortMapping, Amazon ECS API Reference: name", keys=container_keys("additional_ports.<name>"))
def port_name_comes_once(environment: Environment) -> Iterator[Problem]:
    """A service names a port of its task by this name alone, and the AWS CDK refuses two containers with one."""
    for path, task in tasks(environment):
        owners: dict[str, str] = {}
        for name, container in task.containers.items():
            for port in container.additional_ports:
                if (owner := owners.setdefault(port, name)) != name:
                    yield Problem(
                        path=(*path, "containers", name, "additional_ports", port),
                        finding=f"container {owner} has a port of this name",
                        fix="choose another name",
                    )


@warning(
    "PortMapping, Amazon ECS API Reference: appProtocol; Use Service Connect to connect Amazon ECS services",
    keys=container_keys("additional_ports.<name>.app_protocol", "additional_ports.<name>.protocol"),
)
def application_protocol_is_over_tcp(environment: Environment) -> Iterator[Problem]:
    """HTTP, HTTP/2, and gRPC are over TCP, and so is what Service Connect forwards."""
    for path, container, _ in containers(environment):
        for name, port in container.additional_ports.items():
            if port.app_protocol is not None and port.protocol == "udp":
                yield Problem(
                    path=(*path, "additional_ports", name, "app_protocol"),
                    finding=f"it is {port.app_protocol}, and the protocol is udp",
                    fix="remove app_protocol, or set protocol to tcp",
                )
