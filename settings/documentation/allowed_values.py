"""What a key of a file can be, in words."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from settings.schema import Node, kinds, options, value_type

LinkOf = Callable[[str], str]
"""From the path of a mapping to a link to its section; empty where it has none."""

# Words of a key name its unit.
_UNITS: Final = {
    "percent": " %",
    "gib": " GiB",
    "mib": " MiB",
    "seconds": " seconds",
    "days": " days",
    "cpu_units": " CPU units",
    "requests_per_5_minutes": " requests",
    "requests_per_target": " requests per minute",
}


def allowed_values(node: Node, *, key: str, path: str, link_of: LinkOf) -> str:
    """The values of a key: kinds, bounds with their unit, sizes of lists, what a pattern allows, and an example.

    Args:
        node: The value in the schema.
        key: The key.
        path: Its path.
        link_of: Where mappings have their sections.
    """
    if kinds(node):
        return f"mapping ([keys]({link_of(path)}))"
    return ", or ".join(_one(option, key, path, link_of) for option in options(node))


def in_yaml(value: object) -> str:
    """A value as one writes it in a file, on one line; in quotes where YAML would take it for something else."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {in_yaml(each)}' for key, each in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(in_yaml, value))}]"
    is_plain = isinstance(value, str) and re.fullmatch(r"[A-Za-z/][\w./:@*-]*|(\d+\.){3}\d+/\d+", value)
    return value if isinstance(value, str) and is_plain else json.dumps(value)


def listed(words: list[str]) -> str:
    """A list in a sentence: `a`, `b`, or `c`."""
    if len(words) < 3:
        return " or ".join(words)
    return f"{', '.join(words[:-1])}, or {words[-1]}"


def _one(node: Node, key: str, path: str, link_of: LinkOf) -> str:
    if "enum" in node or "const" in node:
        values = listed([f"`{in_yaml(value)}`" for value in node.get("enum", [node.get("const")])])
        return f"{values}{_unit(key)}"
    match node.get("type"):
        case "boolean":
            return "`true` or `false`"
        case "null":
            return "`null`"
        case "integer":
            return _integer(node, _unit(key))
        case "array":
            items = allowed_values(node["items"], key=key, path=f"{path}[]", link_of=link_of)
            return f"list{_size(node.get('minItems'), node.get('maxItems'), 'items')}, each: {items}"
        case "object" if "properties" in node:
            return f"mapping ([keys]({link_of(path)}))"
        case "object":
            return _open_mapping(node, path, link_of)
        case "string":
            return _text(node)
        case _:
            return "any value"


def _integer(node: Node, unit: str) -> str:
    if "maximum" not in node:
        return f"integer, {node['minimum']:,}{unit} or more"
    return f"integer from {node['minimum']:,} to {node['maximum']:,}{unit}"


def _open_mapping(node: Node, path: str, link_of: LinkOf) -> str:
    values = allowed_values(value_type(node), key="", path=f"{path}.<name>", link_of=link_of)
    size = _size(node.get("minProperties"), node.get("maxProperties"), "entries")
    names = node.get("propertyNames", {})
    keys = _one({"type": "string", **names}, "", "", link_of) if names else "text"
    return f"mapping{size}, each name: {keys}; each value: {values}"


def _text(node: Node) -> str:
    if node.get("format") == "ipv4network" and "patternErrorMessage" not in node:
        return "IPv4 CIDR block without host bits (for example `10.0.0.0/16`)"
    words: str = node.get("patternErrorMessage", "text")
    # Words of a pattern say the length where it matters to the pattern.
    if "maxLength" in node and not words[0].isdigit():
        words += f"; at most {node['maxLength']:,} characters"
    return f"{words} (for example `{in_yaml(node['examples'][0])}`)" if "examples" in node else words


def _size(low: int | None, high: int | None, of_what: str) -> str:
    if low is None and high is None:
        return ""
    if high is None:
        return f" of at least {low} {of_what}"
    return f" of at most {high} {of_what}" if low is None else f" of {low} to {high} {of_what}"


def _unit(key: str) -> str:
    return next((unit for suffix, unit in _UNITS.items() if f"_{suffix}_" in f"_{key}_"), "")
