"""What is wrong with a Kubernetes object by the schema of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from facts.karpenter_schemas import schema_of_spec

_TYPES = {"object": Mapping, "array": list, "string": str, "integer": int, "boolean": bool}


def schema_problems(manifest: Mapping[str, Any]) -> list[str]:
    """Everything in `spec` that the schema does not allow; nothing for kinds of Kubernetes itself."""
    schema = schema_of_spec(manifest["apiVersion"], manifest["kind"])
    return [] if schema is None else list(_problems(manifest["spec"], schema, "spec"))


def _problems(value: object, schema: Mapping[str, Any], path: str) -> Iterator[str]:
    if schema.get("int_or_string") or "anyOf" in schema:
        is_right = isinstance(value, str | int)
    else:
        is_right = isinstance(value, _TYPES[schema.get("type", "object")])
    if not is_right:
        yield f"{path}: {value!r} has the wrong type"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{path}: {value!r} is none of {schema['enum']}"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{path}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{path}: {value} is out of bounds"
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{path}: {len(value)} items"
        for index, item in enumerate(value):
            yield from _problems(item, schema["items"], f"{path}[{index}]")
    if isinstance(value, Mapping):
        yield from _mapping_problems(value, schema, path)


def _mapping_problems(value: Mapping[str, Any], schema: Mapping[str, Any], path: str) -> Iterator[str]:
    members, others = schema.get("properties", {}), schema.get("additionalProperties")
    yield from (f"{path}: there is no {key}" for key in schema.get("required", ()) if key not in value)
    for key, inner in value.items():
        if key in members:
            yield from _problems(inner, members[key], f"{path}.{key}")
        elif schema.get("open"):
            continue
        elif isinstance(others, Mapping):
            if not others.get("open"):
                yield from _problems(inner, others, f"{path}.{key}")
        else:
            yield f"{path}.{key}: there is no such key"
