"""The JSON schema of the model, and look-ups in it: what a key means, and which stand beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from reference_constructs.ecs.any_capacity_options import DEFAULT_CAPACITY
from settings.environment import Environment
from settings.problems import KeyPath
from settings.yaml_document import EXTENSION_PREFIX

Node = dict[str, Any]


@cache
def schema() -> Node:
    """The schema of a file, by which editors complete and check it."""
    generated = Environment.model_json_schema()
    # The loader takes the name from the file, so a file need not state it.
    generated["required"].remove("name")
    # They hold anchors, and are read by nobody.
    generated["patternProperties"] = {f"^{EXTENSION_PREFIX}": {}}
    for definition in generated["$defs"].values():
        _require_kind(definition)
    for mapping in (generated, *generated["$defs"].values()):
        for field in mapping.get("properties", {}).values():
            if "$ref" in field:
                # Pydantic leaves out a description that the definition has too; a reader of the key looks for it here.
                definition = generated["$defs"][field["$ref"].rpartition("/")[2]]
                field.setdefault("description", definition["description"])
    _for_editors(generated)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


def _require_kind(definition: Node) -> None:
    """`kind` comes first and is required: code that makes a kind need not state it, but a file must.

    Except for what was there before there were kinds.
    """
    properties = definition.get("properties", {})
    if "const" in properties.get("kind", {}):
        kind = {key: value for key, value in properties["kind"].items() if key != "default"}
        definition["properties"] = {"kind": kind, **{key: properties[key] for key in properties if key != "kind"}}
        if kind["const"] != DEFAULT_CAPACITY:
            definition["required"] = ["kind", *definition.get("required", [])]


def _for_editors(node: object) -> None:
    """Descriptions on one line, and names that match no pattern refused, as the loader does."""
    if isinstance(node, dict):
        if isinstance(node.get("description"), str):
            node["description"] = " ".join(node["description"].split())
        if "patternProperties" in node:
            node["additionalProperties"] = False
        node = list(node.values())
    for child in node if isinstance(node, list) else ():
        _for_editors(child)


def resolved(node: Node) -> Node:
    """The definition behind a reference, with what the reference itself says on top."""
    if "$ref" not in node:
        return node
    definition: Node = schema()["$defs"][node["$ref"].rpartition("/")[2]]
    return {**definition, **node}


def options(node: Node) -> list[Node]:
    """The members of a union, or the node itself; references resolved."""
    members = node.get("anyOf") or node.get("oneOf") or [node]
    return [resolved(option) for option in members]


def kinds(node: Node) -> dict[str, Node]:
    """The members of a union that `kind` tells apart, by that kind; empty for any other node."""
    members = options(node) if "oneOf" in node else []
    return {each["properties"]["kind"]["const"]: each for each in members if "kind" in each.get("properties", {})}


def value_type(node: Node) -> Node:
    """What the names of an open mapping stand for."""
    values: Node = node.get("additionalProperties") or next(iter(node.get("patternProperties", {}).values()), {})
    return values


def node_at(path: KeyPath, document: object = None) -> Node:
    """The schema of the value at a path of a file; empty where the model knows none.

    Args:
        path: Keys from the top of the file.
        document: The file. What stands there decides between the members of a union that `kind` tells apart.
    """
    node = schema()
    for part in path:
        members = options(_of_its_kind(node, document))
        node = next((child for option in members if (child := _child(option, part))), {})
        document = _value(document, part)
    return resolved(_of_its_kind(node, document))


@cache
def places_of(key: str) -> tuple[str, ...]:
    """The mappings that have a key of this name, as `docs/configuration.md` writes their paths; empty for the top.

    Args:
        key: The key alone.
    """
    return tuple(dict.fromkeys(_mappings_with(key, "", schema())))


def _mappings_with(key: str, path: str, node: Node) -> Iterator[str]:
    for option in options(node):
        properties = option.get("properties", {})
        if key in properties:
            kind = properties.get("kind", {}).get("const")
            yield path.removeprefix(".") + (f" with kind: {kind}" if kind else "")
        for name, child in properties.items():
            yield from _mappings_with(key, f"{path}.{name}", child)
        if "items" in option:
            yield from _mappings_with(key, f"{path}[]", option["items"])
        if option.get("type") == "object" and "properties" not in option:
            yield from _mappings_with(key, f"{path}.<name>", value_type(option))


def _of_its_kind(node: Node, value: object) -> Node:
    kind = value.get("kind", DEFAULT_CAPACITY) if isinstance(value, Mapping) else None
    return kinds(node).get(kind, node) if isinstance(kind, str) else node


def _value(node: object, part: str | int) -> object:
    if isinstance(node, Mapping):
        return node.get(part)
    return node[part] if isinstance(node, list) and isinstance(part, int) and part < len(node) else None


def _child(node: Node, part: str | int) -> Node:
    child: Node
    if isinstance(part, int):
        child = node.get("items", {})
    elif "properties" in node:
        child = node["properties"].get(part, {})
    elif node.get("type") == "object":
        child = value_type(node)
    else:
        child = {}
    return child
