"""The example of each section, cut from `docs/configuration_example.yaml`, so that it is valid because the file is.

Of what excludes keys of that file, from one of `examples/`.
"""

from __future__ import annotations

import re
from functools import cache
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from reference_constructs.ecs.any_capacity_options import DEFAULT_CAPACITY
from settings.documentation.sections import Section, mappings
from settings.schema import Node

_ROOT = Path(__file__).parents[2]
EXAMPLE_FILE = _ROOT / "docs" / "configuration_example.yaml"
# What excludes keys of that file is in another one.
_OTHERS = ("existing-vpc", "existing-net", "working-hours", "eks-outpost")
EXAMPLE_FILES = (EXAMPLE_FILE, *(_ROOT / "examples" / f"{name}.yaml" for name in _OTHERS))


def example(section: Section) -> str:
    """Part of a file that sets keys of a section, from the top of the file down.

    Optional mappings of names and lists of mappings are left out: their own examples follow.

    Raises:
        ValueError: If the example file has nothing at the section, so that whoever adds a section adds its example.
    """
    steps = re.findall(r"<name>|\[\]|[^.\[\]]+", section.paths[0])
    found = next((cut for file in EXAMPLE_FILES if (cut := _cut(_document(file), steps, section))), None)
    if not found:
        raise ValueError(f"{EXAMPLE_FILE.name} sets no key of {section.title}: add an example of it")
    text = StringIO()
    _yaml().dump(found, text)
    return "".join(f"{line}\n" for line in text.getvalue().splitlines() if line.strip())


@cache
def _document(file: Path) -> CommentedMap:
    document: CommentedMap = _yaml().load(file)
    document.ca.comment = None
    return document


def _yaml() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 120
    yaml.indent(sequence=4, offset=2)
    return yaml


def _cut(value: object, steps: list[str], section: Section) -> object:
    """The first place that the steps lead to, with what is above it; None without any."""
    if section.of_kind and isinstance(value, CommentedMap) and value.get("kind", section.of_kind) != section.of_kind:
        return None
    if not steps:
        if not isinstance(value, CommentedMap) or (
            section.kind and value.get("kind", DEFAULT_CAPACITY) != section.kind
        ):
            return None
        return _without_sections(value, section)
    step, *rest = steps
    if step == "[]":
        items = value if isinstance(value, CommentedSeq) else ()
        inner = next((found for item in items if (found := _cut(item, rest, section))), None)
        return CommentedSeq([inner]) if inner else None
    if not isinstance(value, CommentedMap):
        return None
    names = list(value) if step == "<name>" else [name for name in (step,) if name in value]
    for name in names:
        if inner := _cut(value[name], rest, section):
            # Below nodes of a kind, a reader has to see of which.
            kind = {"kind": value["kind"]} if "kind" in value else {}
            return CommentedMap({**kind, name: inner})
    return None


def _without_sections(value: CommentedMap, section: Section) -> CommentedMap:
    required = section.node.get("required", [])
    properties = section.node.get("properties", {})
    kept = CommentedMap()
    for key in value:
        node = properties.get(key, {})
        if key in required or not _is_left_out(node, is_top=section.parent is None):
            kept[key] = _inner(value[key], node, required=key in required)
    return kept


def _is_left_out(node: Node, *, is_top: bool) -> bool:
    paths = [path for path, _ in mappings(node, "")]
    return any(path != "" or is_top for path in paths)


def _inner(value: object, node: Node, *, required: bool) -> object:
    """The same for the mappings inside."""
    for path, mapping in mappings(node, ""):
        inner = Section(node=mapping, parent=Section(node={}, parent=None))
        if path == "" and isinstance(value, CommentedMap):
            return _without_sections(value, inner)
        if path == ".<name>" and isinstance(value, CommentedMap) and required:
            return CommentedMap({name: _without_sections(each, inner) for name, each in value.items()})
    return value
