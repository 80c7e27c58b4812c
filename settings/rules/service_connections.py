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
_WORKER_CONNECT = "ecs.queue_workers.<name>.service_connect"
_SERVES = f"{_CONNECT}.serves"
_DISCOVERY = f"{_SERVICE}.service_discovery"
_FROM = f"{_SERVICE}.reachable_from"
_CONTAINER = f"{_SERVICE}.containers.<name>"
_PORTS = (f"{_CONTAINER}.port", f"{_CONTAINER}.port_name", f"{_CONTAINER}.additional_ports")
_NAMESPACE = "ecs.namespace"


def served(environment: Environment) -> Iterator[tuple[KeyPath, str, ServedPortOptions, ServiceSettings]]:
    """Every port that Service Connect serves, with its name in the namespace."""
    for path, service in services(environment):
        if service.service_connect is not None:
            for name, each in service.service_connect.serves.items():
                yield (*path, "service_connect", "serves", name), name, each, service


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
            yield Problem(path=path, finding=f"{caller} is the name of {listed(kinds[caller])}", fix="rename one of them")


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


@rule(
    "Interconnect Amazon ECS services",
    keys=(_CONNECT, _WORKER_CONNECT, _DISCOVERY, _NAMESPACE, f"{_NAMESPACE}.kind"),
)
def names_have_a_namespace(environment: Environment) -> Iterator[Problem]:
    """Names are in a namespace of AWS Cloud Map, and records in the hosted zone of one with `kind: private_dns`."""
    namespace = environment.ecs.namespace if environment.ecs is not None else None
    for path, task in tasks(environment):
        for key in ("service_connect", "service_discovery"):
            if getattr(task, key, None) is not None and namespace is None:
                yield Problem(
                    path=(*path, key), finding=f"there is {key}, but no ecs.namespace", fix="add ecs.namespace"
                )
    for path, service in services(environment):
        if service.service_discovery is not None and namespace is not None and namespace.kind != "private_dns":
            yield Problem(
                path=(*path, "service_discovery"),
                finding="there is service_discovery, and kind of ecs.namespace is http",
                fix="set ecs.namespace.kind to private_dns, which replaces the namespace, or use service_connect",
            )


@rule(
    "ServiceConnectService, Amazon ECS API Reference: discoveryName; CreateService, AWS Cloud Map API Reference",
    keys=(f"{_SERVES}.<name>", f"{_DISCOVERY}.name", _DISCOVERY),
)
def name_in_the_namespace_comes_once(environment: Environment) -> Iterator[Problem]:
    """AWS Cloud Map refuses two services of one name in a namespace."""
    named = [(path, name) for path, name, _, _ in served(environment)]
    for path, service in services(environment):
        if service.service_discovery is not None:
            named.append(((*path, "service_discovery"), service.service_discovery.name or str(path[-1])))
    owners: dict[str, str] = {}
    for path, name in named:
        owner = owners.setdefault(name, ".".join(map(str, path)))
        if owner != ".".join(map(str, path)):
            yield Problem(path=path, finding=f"the name {name} is also that of {owner}", fix="choose another name")


@rule("TimeoutConfiguration, Amazon ECS API Reference", keys=(f"{_SERVES}.<name>.request_timeout_seconds", *_PORTS))
def request_timeout_is_of_requests(environment: Environment) -> Iterator[Problem]:
    """Amazon ECS refuses a timeout of requests where the proxy sees TCP connections only."""
    for path, _, each, service in served(environment):
        protocols: dict[str | None, str | None] = {}
        for container in service.containers.values():
            protocols[container.port_name] = container.port_app_protocol
            protocols |= {name: port.app_protocol for name, port in container.additional_ports.items()}
        if each.request_timeout_seconds is not None and protocols.get(each.port_name) is None:
            yield Problem(
                path=(*path, "request_timeout_seconds"),
                finding=f"the port {each.port_name} has no application protocol",
                fix="set port_app_protocol, or app_protocol in additional_ports, or remove request_timeout_seconds",
            )
