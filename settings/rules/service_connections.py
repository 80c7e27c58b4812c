"""Rules of how services find and reach each other."""

from __future__ import annotations

from collections.abc import Iterator

from reference_constructs.ecs.service_connect_options import ServedPortOptions
from settings.ecs import ServiceSettings
from settings.environment import Environment
from settings.problems import KeyPath, Problem
from settings.rules.comparisons import did_you_mean, listed
from settings.rules.rule import rule
from settings.rules.subjects import services, tasks

_SERVICE = "ecs.services.<name>"
_CONNECT = f"{_SERVICE}.service_connect"
_SERVES = f"{_CONNECT}.serves"
_FROM = f"{_SERVICE}.reachable_from"
_CONTAINER = f"{_SERVICE}.containers.<name>"
_PORTS = (f"{_CONTAINER}.port", f"{_CONTAINER}.port_name", f"{_CONTAINER}.additional_ports")


def served(environment: Environment) -> Iterator[tuple[KeyPath, str, ServedPortOptions, ServiceSettings]]:
    """Every port that Service Connect serves, with its name in the namespace."""
    for path, service in services(environment):
        if service.service_connect is not None:
            for name, each in service.service_connect.serves.items():
                yield (*path, "service_connect", "serves", name), name, each, service


def protocol_of(service: ServiceSettings, port_name: str) -> str | None:
    """Application protocol of a port; None for TCP."""
    protocols: dict[str | None, str | None] = {}
    for container in service.containers.values():
        protocols[container.port_name] = container.port_app_protocol
        protocols |= {name: port.app_protocol for name, port in container.additional_ports.items()}
    return protocols.get(port_name)


def callers(environment: Environment) -> Iterator[tuple[KeyPath, str]]:
    """Every name of a service or task that is to be admitted."""
    for path, service in services(environment):
        for index, caller in enumerate(service.reachable_from):
            yield (*path, "reachable_from", index), caller
    for name, each in (environment.ecs.reachable_security_groups if environment.ecs else {}).items():
        for index, caller in enumerate(each.reachable_from):
            yield ("ecs", "reachable_security_groups", name, "reachable_from", index), caller


@rule(
    "Security group rules, Amazon VPC User Guide",
    keys=(f"{_FROM}[]", "ecs.reachable_security_groups.<name>.reachable_from[]"),
)
def caller_is_a_service(environment: Environment) -> Iterator[Problem]:
    """Tasks are admitted by a security group that those of one name have, and one that is not in the file has none."""
    names = list(dict.fromkeys(str(path[-1]) for path, _ in tasks(environment)))
    for path, caller in callers(environment):
        if caller not in names:
            yield Problem(
                path=path,
                value=caller,
                allowed=f"the name of a service, a queue worker, or another task ({listed(names or ('none yet',))})",
                fix=did_you_mean(caller, sorted(names)),
            )


@rule(
    "Security group rules, Amazon VPC User Guide",
    keys=(f"{_FROM}[]", "ecs.reachable_security_groups.<name>.reachable_from[]"),
)
def caller_is_of_one_kind(environment: Environment) -> Iterator[Problem]:
    """It would be left open whose tasks are admitted."""
    kinds: dict[str, list[str]] = {}
    for path, _ in tasks(environment):
        kinds.setdefault(str(path[-1]), []).append(".".join(map(str, path)))
    for path, caller in callers(environment):
        if len(kinds.get(caller, ())) > 1:
            finding = f"{caller} is the name of {listed(kinds[caller])}"
            yield Problem(path=path, finding=finding, fix="rename one of them")


@rule("Amazon ECS Service Connect components: port names", keys=(f"{_SERVES}.<name>.port_name", *_PORTS))
def served_port_has_its_name(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a port name that no port mapping of the task definition has."""
    for path, _, each, service in served(environment):
        if each.port_name not in service.named_ports:
            yield Problem(
                path=(*path, "port_name"),
                value=each.port_name,
                allowed=f"a port_name, or a name in additional_ports ({listed(service.named_ports or ('none yet',))})",
            )


@rule(
    "PortMapping, Amazon ECS API Reference",
    keys=(*_PORTS, f"{_CONTAINER}.port_app_protocol"),
)
def port_name_is_of_one_port(environment: Environment) -> Iterator[Problem]:
    """A name and a protocol are those of a port, and Amazon ECS refuses two ports of one name in a task."""
    for path, service in services(environment):
        taken: set[str] = set()
        for container in service.containers.values():
            taken |= set(container.additional_ports)
        for name, container in service.containers.items():
            place = (*path, "containers", name)
            for key in ("port_name", "port_app_protocol"):
                if container.port is None and getattr(container, key) is not None:
                    yield Problem(path=(*place, key), finding=f"there is {key}, but no port", fix="add port")
            if container.port is not None and container.port_app_protocol is not None and not container.port_name:
                yield Problem(
                    path=(*place, "port_app_protocol"),
                    finding="there is port_app_protocol, but no port_name",
                    fix="add port_name",
                )
            if container.port is not None and container.port_name is not None:
                if container.port_name in taken:
                    yield Problem(
                        path=(*place, "port_name"),
                        value=container.port_name,
                        allowed="a name that no other port of the task has",
                    )
                taken.add(container.port_name)


@rule("TimeoutConfiguration, Amazon ECS API Reference", keys=(f"{_SERVES}.<name>.request_timeout_seconds", *_PORTS))
def request_timeout_is_of_requests(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a timeout of requests where the proxy sees TCP connections only."""
    for path, _, each, service in served(environment):
        if each.request_timeout_seconds is not None and protocol_of(service, each.port_name) is None:
            yield Problem(
                path=(*path, "request_timeout_seconds"),
                finding=f"the port {each.port_name} has no application protocol",
                fix="set port_app_protocol, or app_protocol in additional_ports, or remove request_timeout_seconds",
            )
