"""Patches that stand in a `kustomization.yaml`, or are lists of operations: what they change, and in which line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tools.kubernetes.findings import ObjectPath
from tools.kubernetes.sources import Source, child, walk

_END = "-"


@dataclass(frozen=True)
class Patch(Source):
    """A patch with a target: a part of an object, or operations of JSON Patch (RFC 6902)."""

    target: Mapping[str, str] = field(default_factory=dict)
    """What it changes, by kind, name, and labels; empty for the object that the patch names."""

    lines_before: int = 0
    """Lines of the file above the text."""

    @cached_property
    def _content(self) -> list[Node]:
        return list(YAML(typ="safe", pure=True).compose_all(self.text))

    def lines_of(self, document: Mapping[str, Any], path: ObjectPath) -> tuple[int, int] | None:
        """How many parts of the path are written here, and the line of the last; None for another object.

        Args:
            document: The object as it was rendered.
            path: What in it.
        """
        if self.target and not _is_target(self.target, document):
            return None
        found = super().lines_of(document, path) if not self.target else max(self._found(document, path), default=None)
        return (found[0], found[1] + self.lines_before) if found is not None and found[0] else None

    def _found(self, document: Mapping[str, Any], path: ObjectPath) -> Iterator[tuple[int, int]]:
        for node in self._content:
            if isinstance(node, MappingNode):
                yield walk(node, document, path)
            for operation in node.value if isinstance(node, SequenceNode) else ():
                depth, line = _operation(operation, document, path)
                if depth:
                    yield depth, line


def patches_of(file: Path, root: Path) -> list[Source]:
    """The patches of a kustomization that no file of objects has, in their order.

    Args:
        file: The `kustomization.yaml`.
        root: Names are relative to it.
    """
    text = file.read_text(encoding="utf-8")
    found: list[Source] = []
    for node in YAML(typ="safe", pure=True).compose_all(text):
        patches = child(node, "patches")
        for entry in patches[1].value if patches and isinstance(patches[1], SequenceNode) else ():
            target = _texts(child(entry, "target"))
            inline, path = child(entry, "patch"), child(entry, "path")
            if inline and isinstance(inline[1], ScalarNode):
                # The text of a block begins in the line after its `|`.
                above = inline[1].start_mark.line + (1 if inline[1].style in ("|", ">") else 0)
                found.append(Patch(str(file.relative_to(root)), inline[1].value, target, above))
            elif path and target:
                other = (file.parent / path[1].value).resolve()
                found.append(Patch(str(other.relative_to(root)), other.read_text(encoding="utf-8"), target))
    return found


def _operation(node: Node, document: Mapping[str, Any], path: ObjectPath) -> tuple[int, int]:
    """Depth and line of a path in one operation; 0 if it changes something else."""
    pointer, value = child(node, "path"), child(node, "value")
    if pointer is None:
        return 0, 0
    parts = [each.replace("~1", "/").replace("~0", "~") for each in str(pointer[1].value).split("/")[1:]]
    current: object = document
    for depth, (part, wanted) in enumerate(zip(parts, path, strict=False)):
        if isinstance(wanted, int):
            last = len(current) - 1 if isinstance(current, list) else -1
            if part != str(wanted) and not (part == _END and wanted == last):
                return 0, 0
        elif part != wanted:
            return 0, 0
        current = _in(current, wanted)
        if depth + 1 == len(parts) and value is not None:
            deeper, line = walk(value[1], current, path[depth + 1 :])
            return depth + 1 + deeper, line if deeper else int(node.start_mark.line) + 1
    return min(len(parts), len(path)), int(node.start_mark.line) + 1


def _in(value: object, part: str | int) -> object:
    if isinstance(part, int):
        return value[part] if isinstance(value, list) and part < len(value) else None
    return value.get(part) if isinstance(value, Mapping) else None


def _is_target(target: Mapping[str, str], document: Mapping[str, Any]) -> bool:
    """Kind and name are regular expressions of the whole (Kustomize, "patches"); the namespace may be changed."""
    metadata = document.get("metadata") or {}
    names = {"kind": document.get("kind", ""), "name": metadata.get("name", "")}
    if any(re.fullmatch(target[key], str(names[key])) is None for key in names if key in target):
        return False
    labels = metadata.get("labels") or {}
    wanted = [each.partition("=") for each in target.get("labelSelector", "").split(",") if each]
    return all(str(labels.get(key.strip())) == value.strip("= ") for key, _, value in wanted)


def _texts(found: tuple[Node, Node] | None) -> dict[str, str]:
    if found is None or not isinstance(found[1], MappingNode):
        return {}
    return {str(key.value): str(value.value) for key, value in found[1].value if isinstance(value, ScalarNode)}
