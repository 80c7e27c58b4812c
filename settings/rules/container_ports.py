"""Rules of the ports of containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.ecs import TaskSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.keys import container_keys, task_keys
from settings.rules.rule import rule, warning
from settings.rules.subjects import containers, tasks

# "Using AWS Distro for OpenTelemetry on Amazon ECS", "AWS X-Ray daemon", "StatsD", "Using FireLens": of the
# configurations that this project gives them.
_PORTS_OF_A_COLLECTOR: Final = ((4317, "tcp"), (4318, "tcp"), (2000, "udp"))
_PORT_OF_AN_AGENT: Final = (8125, "udp")
_PORT_OF_A_ROUTER: Final = (24224, "tcp")


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
        taken = dict(_ports_of_sidecars(task))
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


def _ports_of_sidecars(task: TaskSettings) -> Iterator[tuple[tuple[int, str], str]]:
    """What the log router and the sidecars listen on, unless a configuration of somebody else decides it."""
    collector = task.sidecars.collector
    if collector is not None and collector.configuration_parameter_arn is None:
        yield from ((port, "sidecars.collector") for port in _PORTS_OF_A_COLLECTOR)
    if task.sidecars.cloudwatch_agent is not None:
        yield _PORT_OF_AN_AGENT, "sidecars.cloudwatch_agent"
    if task.log_router is not None:
        yield _PORT_OF_A_ROUTER, "log_router"


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
