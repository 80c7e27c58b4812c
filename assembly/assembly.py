"""All templates of one environment."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from assembly.intrinsics import Intrinsics
from assembly.resource import REFERENCE, Resource

_STACK = "aws:cloudformation:stack"


class Arn(NamedTuple):
    """The parts of an ARN; `resource` is all that follows the account."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def of(cls, text: str) -> Arn:
        """Its parts; those that a pattern such as `*` or `arn:*` leaves out are `*`."""
        # The colons of a pseudo parameter, such as `${AWS::Partition}`, do not separate.
        parts = re.split(r":(?![^${}]*\})", text, maxsplit=5)[1:]
        return cls(*(*parts, *["*"] * 5)[:5])


class Assembly:
    """The stacks of one environment, and everything in them."""

    def __init__(
        self,
        templates: Mapping[str, Mapping[str, Any]],
        *,
        stack_dependencies: Mapping[str, Iterable[str]] = MappingProxyType({}),
        places: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    ) -> None:
        """Note the templates; each question is answered once.

        Args:
            templates: Stack name -> template.
            stack_dependencies: Stack name -> stacks that the CDK CLI deploys first, imported from or not.
            places: Stack name -> its account and Region; empty where it states none.
        """
        self.templates = templates
        self._stack_dependencies = stack_dependencies
        self._places = places
        self._intrinsics = {
            stack: Intrinsics(stack, template, self._imported, self._pseudo_parameters(stack))
            for stack, template in templates.items()
        }

    @classmethod
    def read(cls, folder: Path) -> Self:
        """From a folder that the CDK has synthesized into, such as `cdk.out`."""
        artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
        stacks = {name: each for name, each in artifacts.items() if each["type"] == _STACK}
        return cls(
            {
                name: json.loads((folder / each["properties"]["templateFile"]).read_text())
                for name, each in stacks.items()
            },
            stack_dependencies={
                name: [other for other in each.get("dependencies", ()) if other in stacks]
                for name, each in stacks.items()
            },
            places={name: _place(each["environment"]) for name, each in stacks.items()},
        )

    def with_templates(self, templates: Mapping[str, Mapping[str, Any]]) -> Self:
        """The same stacks with other templates."""
        return type(self)(templates, stack_dependencies=self._stack_dependencies, places=self._places)

    @cached_property
    def resources(self) -> list[Resource]:
        """Every resource of every stack."""
        return [
            Resource(stack, logical_id, source, self._intrinsics[stack].resolved)
            for stack, template in self.templates.items()
            for logical_id, source in template.get("Resources", {}).items()
        ]

    @cached_property
    def _by_type(self) -> Mapping[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found

    @cached_property
    def _by_place(self) -> Mapping[tuple[str, str], Resource]:
        return {(resource.stack, resource.logical_id): resource for resource in self.resources}

    def of_type(self, *types: str) -> list[Resource]:
        """The resources of these types, such as `AWS::EC2::VPC`."""
        return [resource for each in types for resource in self._by_type.get(each, ())]

    def find(self, text: object) -> Resource | None:
        """The resource that a resolved value refers to; None if it is another text, or refers to several."""
        found = self.references(text)
        return found[0] if len(found) == 1 else None

    def references(self, text: object) -> list[Resource]:
        """Every resource that is named in a resolved text."""
        if not isinstance(text, str):
            return []
        places = dict.fromkeys((stack, logical_id) for stack, logical_id, _ in REFERENCE.findall(text))
        return [self._by_place[place] for place in places if place in self._by_place]

    def region(self, stack: str) -> str:
        """Region of a stack, as a `Ref` to it is resolved."""
        return self._pseudo_parameters(stack).get("AWS::Region", "${AWS::Region}")

    def account(self, stack: str) -> str:
        """Account of a stack, as a `Ref` to it is resolved."""
        return self._pseudo_parameters(stack).get("AWS::AccountId", "${AWS::AccountId}")

    def _pseudo_parameters(self, stack: str) -> Mapping[str, str]:
        account, region = self._places.get(stack, ("", ""))
        known = {"AWS::AccountId": account, "AWS::Region": region, "AWS::StackName": stack}
        return {name: value for name, value in known.items() if value}

    def arn(self, stack: str, service: str, resource: str) -> str:
        """The ARN of something in the account and the Region of a stack."""
        return f"arn:${{AWS::Partition}}:{service}:{self.region(stack)}:{self.account(stack)}:{resource}"

    def is_arn_of(self, pattern: str, stack: str) -> bool:
        """Whether an ARN, or a pattern of it, is of the account and the Region of a stack, as far as it names them."""
        arn = Arn.of(pattern)
        return arn.region in ("", "*", self.region(stack)) and arn.account in ("", "*", self.account(stack))

    def outputs(self, stack: str) -> Mapping[str, Any]:
        """Name of an output of a stack -> its resolved value."""
        return {
            name: self._intrinsics[stack].resolved(output.get("Value"))
            for name, output in self.templates[stack].get("Outputs", {}).items()
            if isinstance(output, dict)
        }

    @cached_property
    def exports(self) -> Mapping[str, tuple[str, Any]]:
        """Name of an export -> its stack and its value, as it stands there."""
        return {
            str(self._intrinsics[stack].resolved(output["Export"]["Name"])): (stack, output.get("Value"))
            for stack, template in self.templates.items()
            for output in template.get("Outputs", {}).values()
            if isinstance(output, dict) and "Export" in output
        }

    def _imported(self, name: str) -> Any:  # noqa: ANN401 - an export may be of any value
        if name not in self.exports:
            return f"${{Fn::ImportValue {name}}}"
        stack, value = self.exports[name]
        return self._intrinsics[stack].resolved(value)

    @cached_property
    def _direct(self) -> Mapping[Resource, frozenset[Resource]]:
        return {resource: frozenset(self._prerequisites(resource)) for resource in self.resources}

    def _prerequisites(self, resource: Resource) -> Iterator[Resource]:
        for logical_id in resource.depends_on:
            if (resource.stack, logical_id) in self._by_place:
                yield self._by_place[resource.stack, logical_id]
        for text in resource.texts:
            yield from (each for each in self.references(text) if each != resource)

    def direct_prerequisites(self, resource: Resource) -> frozenset[Resource]:
        """What the resource itself refers to or names in `DependsOn`, in its own stack and in others."""
        return self._direct[resource]

    def stacks_before(self, stack: str) -> frozenset[str]:
        """Every stack that is deployed before a stack."""
        return self._stacks_before.get(stack, frozenset())

    def prerequisites(self, resource: Resource) -> frozenset[Resource]:
        """Everything that CloudFormation creates before the resource, and deletes after it.

        That is what it refers to or names in `DependsOn`, what these do, and so on, through imports of other stacks.
        """
        found: set[Resource] = set()
        waiting = [resource]
        while waiting:
            for each in self._direct[waiting.pop()]:
                if each not in found:
                    found.add(each)
                    waiting.append(each)
        return frozenset(found)

    @cached_property
    def _stacks_before(self) -> Mapping[str, frozenset[str]]:
        direct: dict[str, set[str]] = {stack: set() for stack in self.templates}
        for resource, prerequisites in self._direct.items():
            direct[resource.stack] |= {each.stack for each in prerequisites} - {resource.stack}
        for stack, others in self._stack_dependencies.items():
            direct.setdefault(stack, set()).update(others)
        return {stack: frozenset(_reachable(stack, direct)) for stack in direct}

    def stacks_of_prerequisites(self, resource: Resource) -> set[str]:
        """Other stacks that the resource itself needs something of."""
        return {each.stack for each in self._direct[resource]} - {resource.stack}

    def stack_comes_before(self, first: str, then: str) -> bool:
        """Whether the one stack is deployed before the other."""
        return first in self._stacks_before.get(then, frozenset())

    def comes_before(self, first: Resource, then: Resource) -> bool:
        """Whether CloudFormation creates the one before the other, and deletes it after.

        A stack is deployed after all of a stack that it imports from, or that the CDK was told to deploy first.
        """
        if first.stack != then.stack:
            return first.stack in self._stacks_before[then.stack]
        return first in self.prerequisites(then)


def _place(environment: str) -> tuple[str, str]:
    """Account and Region of `aws://<account>/<region>`."""
    account, _, region = environment.removeprefix("aws://").partition("/")
    return "" if account == "unknown-account" else account, "" if region == "unknown-region" else region


def _reachable(start: str, direct: Mapping[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for each in direct.get(waiting.pop(), set()) - found:
            found.add(each)
            waiting.append(each)
    return found
