"""Writes what is generated from the model: `environments/schema.json` and `docs/configuration.md`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from settings.checks import RULES
from settings.schema import Node, options, resolved, schema, value_type

FOLDER = Path(__file__).parent
SCHEMA = FOLDER / "schema.json"
MANUAL = FOLDER.parent / "docs" / "configuration.md"

_HEAD = """# Configuration

Every key of an environment file. Generated from the model in `environments/` by `make schema`; do not edit.
A file shows only what it decides: every key without *required* has the default given here, and defaults are safe.
"""


def schema_json() -> str:
    """The JSON schema, by which editors complete and check a file (`yaml-language-server`)."""
    return json.dumps(schema(), indent=2) + "\n"


def manual() -> str:
    """One table for each mapping, in the order in which a reader of a file meets them."""
    sections = [_HEAD]
    queue: list[tuple[str, Node]] = [("The file", schema())]
    seen = set()
    while queue:
        title, node = queue.pop(0)
        rows = ["| key | value | default | meaning |", "|---|---|---|---|"]
        for key, field in node["properties"].items():
            path = key if title == "The file" else f"{title}.{key}"
            for inner_path, mapping in _mappings(field, path):
                if inner_path not in seen:
                    seen.add(inner_path)
                    queue.append((inner_path, mapping))
            default = "*required*" if key in node.get("required", []) else _default(field)
            meaning = _one_line(resolved(field).get("description", "")).replace("|", "\\|")
            rows.append(f"| `{key}` | {_type(field)} | {default} | {meaning} |")
        sections.append(f"## {title}\n\n{_one_line(node.get('description', ''))}\n\n" + "\n".join(rows) + "\n")
    return "\n".join([*sections, _rules()])


def _rules() -> str:
    """What no key says alone; by the part of the file that it concerns."""
    rows = ["| rule | or else | source |", "|---|---|---|"]
    for rule in RULES.values():
        rows.append(f"| {rule.name.replace('_', ' ')} | {rule.why} | {rule.source} |")
    return f"## Rules between keys\n\n{len(RULES)} of them, in `environments/checks/`.\n\n" + "\n".join(rows) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _default(field: Node) -> str:
    if isinstance(field.get("default"), dict) and field["default"]:
        return "its own defaults"
    return f"`{json.dumps(field.get('default'))}`"


def _mappings(field: Node, path: str) -> Iterator[tuple[str, Node]]:
    """The mappings that a field holds: directly, by name or in a list."""
    for node in options(field):
        if "properties" in node:
            yield path, node
        elif node.get("type") == "array":
            yield from _mappings(node["items"], f"{path}[]")
        elif node.get("type") == "object":
            yield from _mappings(value_type(node), f"{path}.<name>")


def _type(field: Node) -> str:
    return " or ".join(_one_type(option) for option in options(field))


def _one_type(node: Node) -> str:
    kind = node.get("type", "")
    if "enum" in node:
        return ", ".join(f"`{value}`" for value in node["enum"])
    if "properties" in node:
        return "mapping"
    if kind == "array":
        return f"list of {_type(node['items'])}"
    if kind == "object":
        return f"mapping of names to {_type(value_type(node))}"
    if kind in ("integer", "number"):
        low, high = node.get("minimum"), node.get("maximum")
        return "number" if low is None else f"number {low} to {high}" if high is not None else f"number from {low}"
    if node.get("format") == "ipv4network":
        return "CIDR"
    name = {"boolean": "`true` or `false`", "null": "`null`"}.get(kind, "text")
    return f"{name} such as `{node['examples'][0]}`" if "examples" in node else name


if __name__ == "__main__":
    SCHEMA.write_text(schema_json())
    MANUAL.parent.mkdir(exist_ok=True)
    MANUAL.write_text(manual())
