"""Rules of who can connect to a service, and of what Service Connect and service discovery exclude."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.comparisons import come_once
from settings.rules.rule import rule, warning
from settings.rules.subjects import services, tasks

_SERVICE = "ecs.services.<name>"
_CONNECT = f"{_SERVICE}.service_connect"
_WORKER = "ecs.queue_workers.<name>"
_FROM = f"{_SERVICE}.reachable_from"
_GROUPS = f"{_SERVICE}.security_group_ids"
_MAX_GROUPS = 5


@rule("Security group rules, Amazon VPC User Guide", keys=(_FROM, f"{_SERVICE}.containers.<name>.port"))
def reachable_service_listens(environment: Environment) -> Iterator[Problem]:
    """There is no port to open."""
    for path, service in services(environment):
        listens = any(each.port is not None or each.additional_ports for each in service.containers.values())
        if service.reachable_from and not listens:
            yield Problem(
                path=(*path, "reachable_from"),
                finding="there is reachable_from, but no container has a port",
                fix="set port of a container, or remove reachable_from",
            )


@rule(
    "Amazon ECS Service Connect: considerations",
    keys=(_CONNECT, f"{_WORKER}.service_connect", f"{_SERVICE}.operating_system", f"{_WORKER}.operating_system"),
)
def service_connect_is_for_linux(environment: Environment) -> Iterator[Problem]:
    """The proxy of Service Connect is a Linux container."""
    for path, task in tasks(environment):
        if getattr(task, "service_connect", None) is not None and task.is_windows:
            yield Problem(
                path=(*path, "service_connect"),
                finding=f"there is service_connect, and operating_system is {task.operating_system}",
                fix="use service_discovery",
            )


@rule(
    "Required resources for Amazon ECS blue/green deployments",
    keys=(f"{_SERVICE}.service_discovery", f"{_SERVICE}.deployment.strategy"),
)
def shift_has_no_service_discovery(environment: Environment) -> Iterator[Problem]:
    """Records have the addresses of old tasks and of new ones: Amazon ECS cannot shift who connects to which."""
    for path, service in services(environment):
        if service.service_discovery is not None and service.deployment.shifts_traffic:
            yield Problem(
                path=(*path, "service_discovery"),
                finding=f"there is service_discovery, and strategy is {service.deployment.strategy}",
                fix="use service_connect, or ROLLING",
            )


@rule(
    "AuthorizeSecurityGroupIngress, Amazon EC2 API Reference",
    keys=(_FROM, _GROUPS, "ecs.reachable_security_groups.<name>.reachable_from"),
)
def admitted_service_comes_once(environment: Environment) -> Iterator[Problem]:
    """A security group has each rule once, and a network interface each security group."""
    for path, service in services(environment):
        yield from come_once((*path, "reachable_from"), service.reachable_from)
        yield from come_once((*path, "security_group_ids"), service.security_group_ids)
    for name, group in (environment.ecs.reachable_security_groups if environment.ecs else {}).items():
        yield from come_once(("ecs", "reachable_security_groups", name, "reachable_from"), group.reachable_from)


@warning("Amazon ECS Service Connect: security groups", keys=(f"{_CONNECT}.serves", _FROM, _GROUPS))
def served_port_is_reachable(environment: Environment) -> Iterator[Problem]:
    """The proxies of other services know the name, and their connections are dropped."""
    for path, service in services(environment):
        connect = service.service_connect
        if connect is not None and connect.serves and not service.reachable_from and not service.security_group_ids:
            yield Problem(
                path=(*path, "service_connect", "serves"),
                finding="a port is served, and there is no reachable_from",
                fix="name the services that may connect in reachable_from",
            )


@warning("Amazon ECS Service Connect: client services", keys=(f"{_FROM}[]", _CONNECT))
def caller_knows_the_names(environment: Environment) -> Iterator[Problem]:
    """A name of Service Connect is known to tasks with its proxy only, which tasks without a service cannot have."""
    found = {str(path[-1]): (str(path[-2]), task) for path, task in tasks(environment)}
    for path, service in services(environment):
        connect = service.service_connect
        if connect is None or not connect.serves or service.service_discovery is not None:
            continue
        for index, name in enumerate(service.reachable_from):
            kind, caller = found.get(name, ("", None))
            if caller is not None and getattr(caller, "service_connect", None) is None:
                can = "service_connect" in type(caller).model_fields
                yield Problem(
                    path=(*path, "reachable_from", index),
                    finding=f"the {kind.replace('_', ' ').removesuffix('s')} {name} has no service_connect",
                    fix=f"add service_connect: {{}} to {name}" if can else "add service_discovery",
                )


@warning("Amazon VPC quotas: security groups per network interface", keys=(_GROUPS, _FROM))
def interface_has_few_security_groups(environment: Environment) -> Iterator[Problem]:
    """A network interface has five security groups, unless the quota of the account is raised."""
    callers = environment.ecs.callers if environment.ecs is not None else ()
    for path, service in services(environment):
        balancers = {each.load_balancer for each in service.all_routings.values()}
        balancers |= {each.load_balancer for each in service.network_routings.values()}
        count = 1 + len(balancers) + (str(path[-1]) in callers) + len(service.security_group_ids)
        if count > _MAX_GROUPS:
            yield Problem(
                path=(*path, "security_group_ids"),
                finding=f"the tasks have {count} security groups, those that are made here among them",
                fix=f"remove {count - _MAX_GROUPS}, or acknowledge that the quota of the account is higher",
            )
