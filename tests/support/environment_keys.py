"""Every key of the environment model, each with places in an environment and other values that it may have there."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from settings import Environment
from settings.schema import Node, resolved, schema, value_type
from tests.support.complete_environments import COMPLETE_ENVIRONMENTS

Data = dict[str, Any]
Path = tuple[str | int, ...]

_JSON_TEXTS: Final = {"ipv4network": ("10.64.0.0/16", "192.31.196.128/25")}
"""By format: text of which one cannot derive another by changing a letter."""


# By id of a node of the schema.
_ALTERNATIVES: Final[dict[int, tuple[Node, list[Node]]]] = {}
# By id of an environment: names that others may refer to, those of one mapping together.
_DEFINED_NAMES: Final[dict[int, tuple[Data, list[list[str]]]]] = {}


class Place(NamedTuple):
    """A key in an environment."""

    key: str
    """The key as documentation names it: `ecs.services.<name>.depends_on[].condition`, `eks.nodes.<managed>.labels`."""

    path: Path
    node: Node
    value: Any


class Change(NamedTuple):
    """Another value at a path of an environment."""

    path: Path
    value: Any

    def applied(self, data: Data) -> Data:
        """The environment with this value, and nothing else, changed; they share what is the same."""
        changed: Data = copy.copy(data)
        holder: Any = changed
        for part in self.path[:-1]:
            holder[part] = copy.copy(holder[part])
            holder = holder[part]
        holder[self.path[-1]] = self.value
        return changed


def key_names() -> list[str]:
    """Every key that has a value of its own, in the order of the schema."""
    return list(dict.fromkeys(_names(schema(), "")))


def complete(data: Mapping[str, Any]) -> Data:
    """The environment with every default stated."""
    return Environment.model_validate(data).model_dump(mode="json")


def is_allowed(data: Data) -> bool:
    """Whether the model takes an environment, whatever the rules between its keys say."""
    try:
        Environment.model_validate(data)
    except ValidationError:
        return False
    return True


def filled(environments: Iterable[Mapping[str, Any]]) -> list[Data]:
    """Complete environments, and for each key that is in none of them a copy of one with what would hold the key."""
    found = [complete(each) for each in environments]
    held = {place.key for data in found for place in places(data)}
    for key in key_names():
        if key not in held:
            found.append(_with_holder_of(key, found))
            held |= {place.key for place in places(found[-1])}
    return found


def _with_holder_of(key: str, environments: list[Data]) -> Data:
    for data in environments:
        for place in sorted(places(data), key=lambda place: -len(place.path)):
            if key.startswith(place.key) and not place.value:
                for option in alternatives(place.node):
                    value = smallest(option)
                    changed = Change(place.path, value).applied(data)
                    if is_allowed(changed) and any(each.key == key for each in places(complete(changed))):
                        return complete(changed)
    raise LookupError(f"no environment can hold {key}: add it to tests/support/complete_environments.py")


def alternatives(node: Node) -> list[Node]:
    """The members of a union, of unions too, or the node itself; references resolved."""
    # With the node, so that no other one gets its id.
    if id(node) not in _ALTERNATIVES:
        full = resolved(node)
        members = full.get("anyOf") or full.get("oneOf")
        found = [option for member in members for option in alternatives(member)] if members else [full]
        _ALTERNATIVES[id(node)] = (node, found)
    return _ALTERNATIVES[id(node)][1]


def _is_null(node: Node) -> bool:
    return node.get("type") == "null"


def _is_group(node: Node) -> bool:
    """A mapping that is always there: only its keys have values."""
    return all("properties" in option for option in alternatives(node))


def _kind(mapping: Node) -> str | None:
    kind: str | None = mapping.get("properties", {}).get("kind", {}).get("const")
    return kind


def _names(node: Node, prefix: str) -> Iterator[str]:
    for option in alternatives(node):
        if "properties" in option:
            for key, inner in option["properties"].items():
                name = f"{prefix}.{key}" if prefix else key
                if not _is_group(inner):
                    yield name
                yield from _names(inner, name)
        elif option.get("type") == "object":
            for member in alternatives(value_type(option)):
                yield from _names(member, f"{prefix}.<{_kind(member) or 'name'}>")
        elif option.get("type") == "array":
            yield from _names(option["items"], f"{prefix}[]")


def places(data: Data) -> Iterator[Place]:
    """Every key of a complete environment."""
    yield from _places(schema(), data, "", ())


def _places(node: Node, value: Any, prefix: str, path: Path) -> Iterator[Place]:  # noqa: ANN401 - any JSON
    for option in alternatives(node):
        if "properties" in option and isinstance(value, dict):
            if _kind(option) not in (None, value.get("kind")):
                continue
            for key, inner in option["properties"].items():
                name = f"{prefix}.{key}" if prefix else key
                if not _is_group(inner):
                    yield Place(name, (*path, key), inner, value[key])
                yield from _places(inner, value[key], name, (*path, key))
        elif option.get("type") == "object" and isinstance(value, dict):
            for key, inner_value in value.items():
                for member in alternatives(value_type(option)):
                    inner_prefix = f"{prefix}.<{_kind(member) or 'name'}>"
                    yield from _places(member, inner_value, inner_prefix, (*path, key))
        elif option.get("type") == "array" and isinstance(value, list):
            for index, item in enumerate(value):
                yield from _places(option["items"], item, f"{prefix}[]", (*path, index))


def changes(place: Place, data: Data) -> Iterator[Change]:
    """Other values for a key that the model allows, those that are likely to be accepted by AWS first."""
    if "const" in place.node:
        candidates = _of_another_kind(place, data)
    else:
        names = _defined_names(data)
        candidates = (Change(place.path, value) for value in _other_values(place.node, place.value, names))
    seen: list[Any] = [place.value]
    for change in candidates:
        if change.value not in seen and is_allowed(change.applied(data)):
            seen.append(change.value)
            yield change


def _of_another_kind(place: Place, data: Data) -> Iterator[Change]:
    """What says which kind a mapping is changes with the mapping, for one of the same environment."""
    siblings: Any = data
    for part in place.path[:-2]:
        siblings = siblings[part]
    kinds = [each for each in siblings.values() if isinstance(each, dict) and "kind" in each]
    # A single mapping has no siblings of its kinds; the same key of another environment has.
    others = kinds if place.path[-2] != "destination" else _log_destinations()
    for sibling in others:
        if sibling["kind"] != place.value:
            yield Change(place.path[:-1], sibling)


@cache
def _log_destinations() -> list[Data]:
    data = [environment["ecs"] for environment in filled(COMPLETE_ENVIRONMENTS) if environment["ecs"]]
    routers = [each["log_router"] for ecs in data for each in ecs["services"].values() if each["log_router"]]
    return [each["destination"] for each in routers]


def _defined_names(data: Data) -> list[list[str]]:
    if id(data) not in _DEFINED_NAMES:
        names = [
            list(place.value)
            for place in places(data)
            if isinstance(place.value, dict) and not any("properties" in option for option in alternatives(place.node))
        ]
        _DEFINED_NAMES[id(data)] = (data, names)
    return _DEFINED_NAMES[id(data)][1]


def _other_values(node: Node, value: Any, names: list[list[str]]) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    options = alternatives(node)
    for option in options:
        if not _is_null(option):
            if value is None:
                value_of_option = smallest(option)
                yield value_of_option
                yield from _others(option, value_of_option, names)
            else:
                yield from _others(option, value, names)
    if any(map(_is_null, options)):
        yield None


def _others(node: Node, value: Any, names: list[list[str]]) -> Iterator[Any]:  # noqa: ANN401 - any JSON
    if "enum" in node or "const" in node:
        yield from node.get("enum", [node.get("const")])
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from _numbers(node, value)
    elif isinstance(value, str):
        yield from (text for text in _texts(node, value, names) if _matches(node, text))
    elif isinstance(value, list) and "items" in node:
        yield from _lists(node, value, names)
    elif isinstance(value, dict) and "properties" not in node:
        yield from _mappings(node, value, names)


def _numbers(node: Node, value: int) -> Iterator[int]:
    low, high = node.get("minimum", 0), node.get("maximum", 10**9)
    # Twice as much, because some sizes of AWS are powers of two.
    yield from (number for number in (value + 1, value - 1, 2 * value, low, high) if low <= number <= high)


def _texts(node: Node, value: str, names: list[list[str]]) -> Iterator[str]:
    for group in names:
        if value in group:
            yield from group
    yield from _JSON_TEXTS.get(node.get("format", ""), ())
    for index in [match.start() for match in re.finditer(r"[A-Za-z0-9]", value)][:-4:-1]:
        for step in (1, -1):
            letter = chr(ord(value[index]) + step)
            if letter.isascii() and letter.isalnum():
                yield value[:index] + letter + value[index + 1 :]
    yield f"{value}x"
    yield from node.get("examples", ())


def _matches(node: Node, text: str) -> bool:
    return bool(re.search(node.get("pattern", ""), text)) and len(text) >= node.get("minLength", 0)


def _lists(node: Node, value: list[Any], names: list[list[str]]) -> Iterator[list[Any]]:
    if value:
        if "properties" not in resolved(node["items"]):
            yield from (
                [*value, other] for other in _other_values(node["items"], value[-1], names) if other not in value
            )
        yield value[:-1]
    yield [*value, smallest(node["items"])]


def _mappings(node: Node, value: Data, names: list[list[str]]) -> Iterator[Data]:
    for name, inner in value.items():
        if not isinstance(inner, dict):
            for other in _other_values(value_type(node), inner, names):
                yield {**value, name: other}
    for name in reversed(value):
        yield {key: inner for key, inner in value.items() if key != name}
    yield value | smallest({**node, "default": None})


def smallest(node: Node) -> Any:  # noqa: ANN401 - any JSON
    """A value that the schema allows: a default that says something, or an example."""
    node = next(option for option in alternatives(node) if not _is_null(option))
    for key in ("default", "const"):
        if node.get(key):
            return node[key]
    if "examples" in node or "enum" in node:
        return (node.get("examples") or node["enum"])[0]
    match node.get("type"):
        case "object" if "properties" in node:
            return {key: smallest(node["properties"][key]) for key in node.get("required", ())}
        case "object":
            names = node.get("propertyNames", {})
            return {(names.get("examples") or names.get("enum") or ["name"])[0]: smallest(value_type(node))}
        case "array":
            return [smallest(node["items"])]
        case "boolean":
            return True
        case "integer":
            return node.get("minimum", 1)
    return _JSON_TEXTS.get(node.get("format", ""), ("text",))[0]
