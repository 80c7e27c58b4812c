"""IAM and resource policies, parsed."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assembly.assembly import Assembly
from assembly.intrinsics import as_list
from assembly.resource import Resource


@dataclass(frozen=True)
class Statement:
    """One statement of a policy, with every list as a list."""

    effect: str
    actions: tuple[str, ...]
    not_actions: tuple[str, ...]
    resources: tuple[str, ...]
    not_resources: tuple[str, ...]
    principals: tuple[tuple[str, str], ...]
    """(`Service`, `logs.eu-west-1.amazonaws.com`), (`AWS`, an ARN), ...; (`*`, `*`) for everybody."""

    not_principals: bool
    conditions: Mapping[str, Mapping[str, Any]]

    def __hash__(self) -> int:
        return hash((self.effect, self.actions, self.resources, self.principals))

    def is_about(self, action: str) -> bool:
        """Whether the action is among its actions; a wildcard in the statement counts."""
        if self.not_actions:
            return not any(matches(action, pattern) for pattern in self.not_actions)
        return any(matches(action, pattern) for pattern in self.actions)

    def covers(self, resource: str) -> bool:
        """Whether the resource, a resolved ARN, is among its resources; a wildcard in the statement counts."""
        if self.not_resources:
            return not any(matches(resource, pattern, exact_case=True) for pattern in self.not_resources)
        return any(matches(resource, pattern, exact_case=True) for pattern in self.resources)

    def condition(self, key: str) -> list[tuple[str, list[str]]]:
        """(operator, values) of each condition on a key, such as `aws:SourceAccount`; keys have no case."""
        return [
            (operator, [str(value) for value in as_list(values)])
            for operator, pairs in self.conditions.items()
            for name, values in pairs.items()
            if name.lower() == key.lower()
        ]


def statements(document: object) -> list[Statement]:
    """The statements of a resolved policy document, which may be a text of `Fn::Sub`."""
    if isinstance(document, str):
        document = _read(document)
    if not isinstance(document, Mapping):
        return []
    return [_statement(each) for each in as_list(document.get("Statement")) if isinstance(each, Mapping)]


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _statement(source: Mapping[str, Any]) -> Statement:
    return Statement(
        effect=str(source.get("Effect", "")),
        actions=_texts(source.get("Action")),
        not_actions=_texts(source.get("NotAction")),
        resources=_texts(source.get("Resource")),
        not_resources=_texts(source.get("NotResource")),
        principals=tuple(_principals(source.get("Principal"))),
        not_principals="NotPrincipal" in source,
        conditions={key: value for key, value in (source.get("Condition") or {}).items() if isinstance(value, Mapping)},
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in as_list(value))


def _principals(value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield value, value
    elif isinstance(value, Mapping):
        for kind, names in value.items():
            yield from ((str(kind), str(name)) for name in as_list(names))


def matches(text: str, pattern: str, *, exact_case: bool = False) -> bool:
    """Whether a pattern of IAM, in which `*` and `?` are wildcards, matches a text."""
    if not exact_case:
        text, pattern = text.lower(), pattern.lower()
    # Brackets, which have a meaning in fnmatch, have none in IAM.
    return text == pattern or fnmatch.fnmatchcase(text, re.sub(r"\[", "[[]", pattern))


class RolePolicies:
    """What each role of the templates may do."""

    def __init__(self, assembly: Assembly) -> None:
        """Join the policies that are resources of their own with their roles."""
        self._statements: dict[Resource, list[Statement]] = {}
        self._managed: dict[Resource, list[str]] = {}
        for role in assembly.of_type("AWS::IAM::Role"):
            own = [each for policy in role.list("Policies") for each in statements(policy.get("PolicyDocument"))]
            self._statements[role] = own
            self._managed[role] = []
            for arn in map(str, role.list("ManagedPolicyArns")):
                policy = assembly.find(arn)
                if policy is not None and policy.type == "AWS::IAM::ManagedPolicy":
                    self._statements[role] += statements(policy.get("PolicyDocument"))
                elif ":policy/" in arn:
                    self._managed[role].append(arn.rpartition("/")[2])
        for policy in assembly.of_type("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"):
            for name in [*policy.list("Roles"), *policy.list("RoleName")]:
                holder = assembly.find(name)
                if holder in self._statements:
                    self._statements[holder] += statements(policy.get("PolicyDocument"))

    def statements(self, role: Resource) -> list[Statement]:
        """Every statement of its policies, but not of the managed policies of AWS."""
        return self._statements.get(role, [])

    def aws_managed(self, role: Resource) -> list[str]:
        """Names of the managed policies of AWS that it has."""
        return self._managed.get(role, [])


def trusted(role: Resource) -> Iterable[tuple[str, str, Statement]]:
    """(kind, principal, statement) of everybody who may assume a role."""
    return [
        (kind, name, statement)
        for statement in statements(role.get("AssumeRolePolicyDocument"))
        if statement.effect == "Allow"
        for kind, name in statement.principals
    ]
