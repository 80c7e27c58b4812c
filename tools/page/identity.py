"""For each role: who assumes it, what it may do, and which workload holds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from assembly import Graph, Resource
from assembly.policies import Statement, trusted
from tools.page.names import kind_of, name_of, readable, short_stack

_POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy")
# What only passes a role on: whoever refers to it holds the role.
_CARRIERS = ("AWS::IAM::InstanceProfile", "AWS::ECS::TaskDefinition", "AWS::EC2::LaunchTemplate")


@dataclass(frozen=True)
class Permission:
    """A statement in words."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[str, ...]
    wildcard_actions: tuple[str, ...]
    """Those of the actions that name more than one."""

    is_for_every_resource: bool

    @property
    def is_wide(self) -> bool:
        """Whether a reviewer wants to see it: it allows a wildcard of actions, or an action on everything."""
        return self.effect == "Allow" and bool(self.wildcard_actions or self.is_for_every_resource)


@dataclass(frozen=True)
class RoleIdentity:
    """A role."""

    role: Resource
    name: str
    trusted: tuple[str, ...]
    permissions: tuple[Permission, ...]
    aws_managed: tuple[str, ...]
    holders: tuple[str, ...]

    @property
    def wide(self) -> int:
        """How many of its statements are wide."""
        return sum(each.is_wide for each in self.permissions)


def identities(graph: Graph) -> list[RoleIdentity]:
    """Every role of the templates."""
    holders = _Holders(graph)
    return [
        RoleIdentity(
            role=role,
            name=f"{short_stack(graph, role.stack)}: {name_of(role)}",
            trusted=tuple(dict.fromkeys(_trusted(graph, role))),
            permissions=tuple(_permission(graph, each) for each in graph.role_policies.statements(role)),
            aws_managed=tuple(graph.role_policies.aws_managed(role)),
            holders=tuple(holders.of(role)),
        )
        for role in graph.of_type("AWS::IAM::Role")
    ]


def _trusted(graph: Graph, role: Resource) -> Iterator[str]:
    for kind, name, statement in trusted(role):
        who = "everybody" if name == "*" else readable(graph, name)
        conditions = _conditions(graph, statement.conditions)
        suffix = f", if {' and '.join(conditions)}" if conditions else ""
        yield f"{'' if kind in ('Service', '*') else f'{kind} '}{who}{suffix}"


def _permission(graph: Graph, statement: Statement) -> Permission:
    actions = [*statement.actions, *(f"everything but {each}" for each in statement.not_actions)]
    resources = [*statement.resources, *(f"everything but {each}" for each in statement.not_resources)]
    return Permission(
        effect=statement.effect,
        actions=tuple(actions),
        resources=tuple(readable(graph, each) for each in resources),
        conditions=tuple(_conditions(graph, statement.conditions)),
        wildcard_actions=tuple(each for each in actions if "*" in each or each.startswith("everything but ")),
        is_for_every_resource="*" in statement.resources or bool(statement.not_resources),
    )


def _conditions(graph: Graph, conditions: Mapping[str, Mapping[str, object]]) -> list[str]:
    return [
        f"{readable(graph, key)} {operator} {_listed(graph, value)}"
        for operator, pairs in conditions.items()
        for key, value in pairs.items()
    ]


def _listed(graph: Graph, value: object) -> str:
    values = value if isinstance(value, list) else [value]
    return " or ".join(readable(graph, str(each).lower() if isinstance(each, bool) else each) for each in values)


class _Holders:
    """Who is given a role."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    @cached_property
    def _referring(self) -> Mapping[Resource, list[Resource]]:
        found: dict[Resource, list[Resource]] = {}
        for resource in self._graph.resources:
            for each in {one for text in resource.texts for one in self._graph.references(text)} - {resource}:
                found.setdefault(each, []).append(resource)
        return found

    def of(self, role: Resource) -> list[str]:
        """In words, with what each uses it for."""
        found = list(dict.fromkeys(self._holders(role, set())))
        return found or list(dict.fromkeys(_service_accounts(role)))

    def _holders(self, held: Resource, seen: set[Resource]) -> Iterator[str]:
        for user in self._referring.get(held, ()):
            if user in seen or user.type in (*_POLICIES, "AWS::IAM::Role") or user.type.endswith("Policy"):
                continue
            seen.add(user)
            if user.type in _CARRIERS:
                carried = list(self._holders(user, seen))
                yield from carried or [self._said(user, held)]
            elif self._names_as_role(user, held) or held.type in _CARRIERS:
                yield self._said(user, held)

    def _names_as_role(self, user: Resource, role: Resource) -> bool:
        """Whether the reference stands in a property for a role, and not in a policy that names it."""
        return any(_is_role_key(key) for key in _keys_of(user.properties, role))

    def _said(self, user: Resource, held: Resource) -> str:
        place = f"{short_stack(self._graph, user.stack)}: {name_of(user)}"
        account = user.get("ServiceAccount")
        if account:
            return f"service account {user.get('Namespace')}/{account} ({kind_of(user)})"
        return f"{place} ({kind_of(user)})" if held.type != "AWS::ECS::TaskDefinition" else f"{place} (tasks)"


def _service_accounts(role: Resource) -> Iterator[str]:
    """Those that the trust policy of IAM roles for service accounts names; they refer to the role, not it to them."""
    for _, _, statement in trusted(role):
        for pairs in statement.conditions.values():
            for key, value in pairs.items():
                if key.endswith(":sub"):
                    yield f"service account {str(value).removeprefix('system:serviceaccount:').replace(':', '/')}"


def _is_role_key(key: str) -> bool:
    return "role" in key.lower() or key in ("PrincipalArn", "Arn", "DeliverLogsPermissionArn")


def _keys_of(value: object, role: Resource, key: str = "") -> Iterator[str]:
    if isinstance(value, str) and f"{{{role.stack}/{role.logical_id}" in value:
        yield key
    elif isinstance(value, Mapping):
        for name, child in value.items():
            yield from _keys_of(child, role, str(name))
    elif isinstance(value, list):
        for child in value:
            yield from _keys_of(child, role, key)
