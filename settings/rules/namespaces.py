"""Rules of the namespace of ECS services, and of the names in it."""

from __future__ import annotations

from collections.abc import Iterator

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import rule
from settings.rules.service_connections import served
from settings.rules.subjects import services, tasks

_SERVICE = "ecs.services.<name>"
_CONNECT = f"{_SERVICE}.service_connect"
_WORKER_CONNECT = "ecs.queue_workers.<name>.service_connect"
_SERVES = f"{_CONNECT}.serves"
_DISCOVERY = f"{_SERVICE}.service_discovery"
_NAMESPACE = "ecs.namespace"


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


@rule("CreateHttpNamespace, AWS Cloud Map API Reference", keys=(f"{_NAMESPACE}.name", f"{_NAMESPACE}.namespace_arn"))
def namespace_is_new_or_exists(environment: Environment) -> Iterator[Problem]:
    """A new namespace has the name that the file states, and one that exists has its own."""
    namespace = environment.ecs.namespace if environment.ecs is not None else None
    if namespace is None:
        return
    if namespace.name is None and namespace.namespace_arn is None:
        yield Problem(
            path=("ecs", "namespace", "name"),
            finding="there is neither name nor namespace_arn",
            fix="add name for a new namespace, or namespace_arn of one that exists",
        )
    if namespace.name is not None and namespace.namespace_arn is not None:
        yield Problem(
            path=("ecs", "namespace", "name"),
            finding="there are both name and namespace_arn",
            fix="remove name, which is that of the namespace that exists",
        )


@rule(
    "CreateService, AWS Cloud Map API Reference; Shared AWS Cloud Map namespaces",
    keys=(_DISCOVERY, f"{_NAMESPACE}.namespace_arn", "account"),
)
def records_are_in_a_namespace_of_the_account(environment: Environment) -> Iterator[Problem]:
    """CloudFormation takes the ID of a namespace, which is known in its own account only."""
    namespace = environment.ecs.namespace if environment.ecs is not None else None
    arn = namespace.namespace_arn if namespace is not None else None
    owner = arn.split(":")[4] if arn else environment.account
    for path, service in services(environment):
        if service.service_discovery is not None and environment.account is not None and owner != environment.account:
            yield Problem(
                path=(*path, "service_discovery"),
                finding=f"there is service_discovery, and the namespace is in the account {owner}",
                fix="use service_connect, or a namespace of the account",
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
