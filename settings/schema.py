"""The JSON schema of the model, and look-ups in it: what a key means, and which stand beside it."""

from __future__ import annotations

from functools import cache
from typing import Any

from settings.environment import Environment
from settings.problems import KeyPath

Node = dict[str, Any]


@cache
def schema() -> Node:
    """The schema of a file, by which editors complete and check it."""
    generated = Environment.model_json_schema()
    # The loader takes the name from the file, so a file need not state it.
    generated["required"].remove("name")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


def resolved(node: Node) -> Node:
    """The definition behind a reference, with what the reference itself says on top."""
    if "$ref" not in node:
        return node
    definition: Node = schema()["$defs"][node["$ref"].rpartition("/")[2]]
    return {**definition, **node}


def options(node: Node) -> list[Node]:
    """The members of a union, or the node itself; references resolved."""
    return [resolved(option) for option in node.get("anyOf", [node])]


def value_type(node: Node) -> Node:
    """What the names of an open mapping stand for."""
    values: Node = node.get("additionalProperties") or next(iter(node.get("patternProperties", {}).values()), {})
    return values


def node_at(path: KeyPath) -> Node:
    """The schema of the value at a path of a file; empty where the model knows none."""
    node = schema()
    for part in path:
        node = next((child for option in options(node) if (child := _child(option, part))), {})
    return resolved(node)


def _child(node: Node, part: str | int) -> Node:
    child: Node
    if isinstance(part, int):
        child = node.get("items", {})
    elif "properties" in node:
        child = node["properties"].get(part, {})
    elif node.get("type") == "object":
        # An example of the name stands in for one of the value.
        child = {**node.get("propertyNames", {}), **value_type(node)}
    else:
        child = {}
    return child
