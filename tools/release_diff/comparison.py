"""What CloudFormation would do to go from one set of templates to another. Pure functions over template dicts.

The rules are those of the registry schemas, and where these leave room the answer is the worse one:

- a create-only property that differs replaces; a default that is spelled out, or a list in another order, differs
- what is replaced has another physical id, so whatever has a create-only property that refers to it (`Ref`,
  `Fn::GetAtt`, `Fn::Sub`, or `Fn::ImportValue` of an export that refers to it) is replaced as well
- what refers to it in any other property is changed in place, although its text is the same
- a parameter whose definition differs is another value wherever it is read
- a launch template that is changed in place has another version, and what reads that is changed in place

Not seen: any other attribute that takes another value when its resource is changed in place. Conditions and mappings
are refused rather than guessed at; our templates have none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from tools.release_diff.create_only import CreateOnlyProperties, value_at

Template = Mapping[str, Any]
Address = tuple[str, str]
"""A resource or parameter: its stack and its logical id."""

PROTECTED = frozenset(
    {
        "AWS::EC2::VPC",
        "AWS::EC2::Subnet",
        "AWS::EC2::NatGateway",
        "AWS::EC2::EIP",
        "AWS::ECR::Repository",
        "AWS::ECS::Cluster",
        "AWS::ECS::Service",
        "AWS::EKS::Cluster",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
    }
)
"""What holds data or traffic, or an address that others may have on a list."""


class Effect(StrEnum):
    """What happens to a resource, worst first."""

    REPLACED = "replaced"
    DELETED = "deleted"
    CHANGED = "changed"
    ADDED = "added"


class UnsupportedTemplateError(ValueError):
    """A template of a form whose outcome is not told here."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to one resource, and why."""

    stack: str
    logical_id: str
    resource_type: str
    effect: Effect
    because: tuple[str, ...] = ()
    """The properties that decide, each with what it refers to if its own text is the same."""

    policy: str | None = None
    """What becomes of the old one when it is replaced (UpdateReplacePolicy) or deleted (DeletionPolicy)."""

    @property
    def is_protected(self) -> bool:
        """Whether something that holds data or traffic goes.

        What `Retain` keeps is counted in: it stays, but in no stack, and the traffic goes to another.
        """
        return self.effect in (Effect.REPLACED, Effect.DELETED) and self.resource_type in PROTECTED


def compare(
    base: Mapping[str, Template], head: Mapping[str, Template], create_only: CreateOnlyProperties
) -> list[Change]:
    """All resources that do not stay untouched, worst first.

    Args:
        base: What is there, templates by stack name.
        head: What shall be.
        create_only: What replaces.

    Raises:
        UnknownTypeError: If a resource that could be replaced is of a type that `create_only` does not know.
        UnsupportedTemplateError: If a template has conditions or mappings.
    """
    for stack, template in [*base.items(), *head.items()]:
        if template.keys() & {"Conditions", "Mappings"}:
            raise UnsupportedTemplateError(f"{stack} has conditions or mappings, which are not compared")
    old, new = dict(_resources(base)), dict(_resources(head))
    kept = {address: resource for address, resource in new.items() if address in old}
    replaced = _replaced(base, head, old, kept, create_only)
    values = _OtherValues.between(base, head, replaced.keys())

    changes = [
        _change(address, resource, Effect.DELETED, policy=resource.get("DeletionPolicy", "Delete"))
        for address, resource in old.items()
        if address not in new
    ]
    changes += [_change(address, resource, Effect.ADDED) for address, resource in new.items() if address not in old]
    changed = {
        address: because
        for address, resource in kept.items()
        if address not in replaced and (because := _changed(address[0], old[address], resource, values))
    }
    changed |= {
        address: because
        for address, resource in kept.items()
        if address not in replaced.keys() | changed.keys()
        and (because := _new_versions(address[0], resource, new, changed))
    }
    for address, resource in kept.items():
        if address in replaced:
            policy = resource.get("UpdateReplacePolicy", "Delete")
            # Of a type that changes, the one that goes is the old.
            changes.append(_change(address, old[address], Effect.REPLACED, replaced[address], policy))
        elif address in changed:
            changes.append(_change(address, resource, Effect.CHANGED, changed[address]))
    order = list(Effect)
    return sorted(changes, key=lambda change: (order.index(change.effect), change.stack, change.logical_id))


def references(value: object) -> Iterator[tuple[str, str]]:
    """What a value refers to: (`Ref`, logical id) within its stack, (`Fn::ImportValue`, name of the export) beyond."""
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            match key, item:
                case "Ref", str():
                    yield "Ref", item
                case "Fn::GetAtt", str():
                    yield "Ref", item.partition(".")[0]
                case "Fn::GetAtt", [str(logical_id), *_]:
                    yield "Ref", logical_id
                case "Fn::ImportValue", _:
                    yield "Fn::ImportValue", _text(item)
                case "Fn::Sub", str():
                    yield from _substituted(item, {})
                case "Fn::Sub", [str(text), dict(variables)]:
                    yield from _substituted(text, variables)
                    yield from references(variables)
                case _:
                    yield from references(item)


def _substituted(text: str, variables: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    # `${!Name}` is a text and no reference; as a name it would be "!Name", which nothing has.
    for name in re.findall(r"\$\{([^}]+)\}", text):
        if name not in variables:
            yield "Ref", name.strip().partition(".")[0]


def _replaced(
    base: Mapping[str, Template],
    head: Mapping[str, Template],
    old: Mapping[Address, Mapping[str, Any]],
    kept: Mapping[Address, Mapping[str, Any]],
    create_only: CreateOnlyProperties,
) -> dict[Address, tuple[str, ...]]:
    """What gets a new physical id, with the reasons: first what differs, then again and again what refers to that."""
    replaced = {
        address: because
        for address, resource in kept.items()
        if (because := _differs(old[address], resource, create_only))
    }
    while True:
        values = _OtherValues.between(base, head, replaced.keys())
        found = {
            address: because
            for address, resource in kept.items()
            if address not in replaced
            and (
                because := values.reach(
                    address[0],
                    {path: value_at(resource.get("Properties", {}), path) for path in create_only.paths(resource)},
                )
            )
        }
        if not found:
            return replaced
        replaced |= found


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], create_only: CreateOnlyProperties) -> tuple[str, ...]:
    if old["Type"] != new["Type"]:
        return (f"Type, now {new['Type']}: CloudFormation refuses that",)
    before, after = old.get("Properties", {}), new.get("Properties", {})
    return tuple(path for path in create_only.paths(new) if value_at(before, path) != value_at(after, path))


def _changed(stack: str, old: Mapping[str, Any], new: Mapping[str, Any], values: _OtherValues) -> tuple[str, ...]:
    """The properties and attributes that an update in place is made for. The order of deployment is none of them."""
    before, after = old.get("Properties", {}), new.get("Properties", {})
    properties = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    attributes = sorted((old.keys() | new.keys()) - {"Type", "Properties", "DependsOn"})
    return (
        *properties,
        *(name for name in attributes if old.get(name) != new.get(name)),
        *values.reach(stack, {name: value for name, value in after.items() if name not in properties}),
    )


def _new_versions(
    stack: str,
    resource: Mapping[str, Any],
    resources: Mapping[Address, Mapping[str, Any]],
    changed: Mapping[Address, tuple[str, ...]],
) -> tuple[str, ...]:
    """The properties that read the version of a launch template that is changed in place: its machines are renewed."""
    return tuple(
        f"{name} ({logical_id}.LatestVersionNumber)"
        for name, value in resource.get("Properties", {}).items()
        for place, logical_id in changed
        if place == stack
        and resources[place, logical_id]["Type"] == "AWS::EC2::LaunchTemplate"
        and json.dumps({"Fn::GetAtt": [logical_id, "LatestVersionNumber"]}) in json.dumps(value)
    )


@dataclass(frozen=True, kw_only=True)
class _OtherValues:
    """What gives another value although its name is the same."""

    addresses: AbstractSet[Address]
    """Resources that are replaced, and parameters that are defined otherwise."""

    exports: Mapping[str, str]
    """Exports by name, each with what it comes from."""

    @classmethod
    def between(
        cls, base: Mapping[str, Template], head: Mapping[str, Template], replaced: AbstractSet[Address]
    ) -> _OtherValues:
        """Exports whose text differs, or leads to something that is replaced, if over other exports."""
        addresses = _moved_parameters(base, head) | replaced
        old, new = dict(_exports(base)), dict(_exports(head))
        exports = {name: name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
        while True:
            values = cls(addresses=addresses, exports=exports)
            found = {
                name: origins[0]
                for name, (stack, value) in new.items()
                if name not in exports and (origins := values.origins(stack, value, qualified=True))
            }
            if not found:
                return values
            exports = exports | found

    def reach(self, stack: str, properties: Mapping[str, object]) -> tuple[str, ...]:
        """Those of these properties that refer to one, with what they refer to."""
        return tuple(
            f"{name} ({', '.join(origins)})"
            for name, value in properties.items()
            if (origins := self.origins(stack, value))
        )

    def origins(self, stack: str, value: object, *, qualified: bool = False) -> list[str]:
        """What a value of a stack refers to that is another one now, each once."""
        found = set[str]()
        for kind, name in references(value):
            if kind == "Fn::ImportValue" and name in self.exports:
                found.add(self.exports[name])
            elif kind == "Ref" and (stack, name) in self.addresses:
                found.add(f"{stack}.{name}" if qualified else name)
        return sorted(found)


def _moved_parameters(base: Mapping[str, Template], head: Mapping[str, Template]) -> set[Address]:
    return {
        (stack, name)
        for stack, template in head.items()
        for name, parameter in template.get("Parameters", {}).items()
        if stack in base and base[stack].get("Parameters", {}).get(name) != parameter
    }


def _exports(templates: Mapping[str, Template]) -> Iterator[tuple[str, tuple[str, object]]]:
    for stack, template in templates.items():
        for output in template.get("Outputs", {}).values():
            if "Export" in output:
                yield _text(output["Export"]["Name"]), (stack, output["Value"])


def _resources(templates: Mapping[str, Template]) -> Iterator[tuple[Address, Mapping[str, Any]]]:
    for stack, template in templates.items():
        for logical_id, resource in template["Resources"].items():
            yield (stack, logical_id), resource


def _change(
    address: Address,
    resource: Mapping[str, Any],
    effect: Effect,
    because: tuple[str, ...] = (),
    policy: str | None = None,
) -> Change:
    stack, logical_id = address
    return Change(
        stack=stack,
        logical_id=logical_id,
        resource_type=resource["Type"],
        effect=effect,
        because=because,
        policy=policy,
    )


def _text(name: object) -> str:
    """The name of an export, which may be a function itself."""
    return name if isinstance(name, str) else json.dumps(name, sort_keys=True)
