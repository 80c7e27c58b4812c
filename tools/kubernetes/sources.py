"""Where an object of a rendering is written: Kustomize keeps no lines, and of patches the file at best."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from tools.kubernetes.findings import ObjectPath

_GENERATED = re.compile(r"-[0-9a-z]{10}$")
_NAMES = ("name", "key", "ip", "topologyKey", "type")


@dataclass(frozen=True)
class Source:
    """A file with objects, or with patches of them."""

    name: str
    """As it is shown."""

    text: str

    @cached_property
    def documents(self) -> list[MappingNode]:
        """Its documents, with their places."""
        return [each for each in YAML(typ="safe", pure=True).compose_all(self.text) if isinstance(each, MappingNode)]

    def lines_of(self, document: Mapping[str, Any], path: ObjectPath) -> tuple[int, int] | None:
        """How many parts of the path are written here, and the line of the last; None without the object.

        Args:
            document: The object as it was rendered.
            path: What in it.
        """
        for node in self.documents:
            if _is_written(node, document):
                return walk(node, document, path)
        return None

    def line_of_generator(self, name: str) -> int | None:
        """The line of the generator of a ConfigMap or Secret whose name ends with a hash.

        Args:
            name: As it was rendered.
        """
        wanted = _GENERATED.sub("", name)
        for node in self.documents:
            for key in ("configMapGenerator", "secretGenerator"):
                generators = child(node, key)
                for item in generators[1].value if generators and isinstance(generators[1], SequenceNode) else ():
                    found = child(item, "name")
                    if found and isinstance(found[1], ScalarNode) and found[1].value == wanted:
                        return int(found[1].start_mark.line) + 1
        return None


def place_of(sources: Sequence[Source], document: Mapping[str, Any], path: ObjectPath) -> tuple[str, int]:
    """File and line of a path of an object: the last file that has all of it, or as much of it as any.

    Args:
        sources: Files of the overlay, those that are applied later behind the others.
        document: The object as it was rendered.
        path: What in it.
    """
    best: tuple[int, str, int] | None = None
    for source in reversed(sources):
        found = source.lines_of(document, path)
        if found is not None and (best is None or found[0] > best[0]):
            best = (found[0], source.name, found[1])
    if best is not None:
        return best[1], best[2]
    for source in reversed(sources):
        line = source.line_of_generator(document["metadata"]["name"])
        if line is not None:
            return source.name, line
    return (sources[-1].name if sources else "", 1)


def _is_written(node: Node, document: Mapping[str, Any]) -> bool:
    kind, metadata = child(node, "kind"), child(node, "metadata")
    name = child(metadata[1], "name") if metadata else None
    return bool(
        kind
        and name
        and kind[1].value == document["kind"]
        and name[1].value in (document["metadata"]["name"], _GENERATED.sub("", document["metadata"]["name"]))
    )


def walk(node: Node, value: object, path: ObjectPath) -> tuple[int, int]:
    """How many parts of a path are written in a node, and the line of the last.

    Args:
        node: What is written.
        value: What was rendered.
        path: What in it.
    """
    line = int(node.start_mark.line) + 1
    for depth, part in enumerate(path):
        if isinstance(part, int):
            item = value[part] if isinstance(value, list) and part < len(value) else None
            found = _item(node, item, part)
        else:
            item = value.get(part) if isinstance(value, Mapping) else None
            found = child(node, part)
        if found is None:
            return depth, line
        key, node = found
        value = item
        line = int(key.start_mark.line) + 1
    return len(path), line


def child(node: Node, key: str) -> tuple[Node, Node] | None:
    """A key of a mapping, and its value.

    Args:
        node: The mapping.
        key: Which one.
    """
    if isinstance(node, MappingNode):
        for name, value in node.value:
            if name.value == key:
                return name, value
    return None


def _item(node: Node, value: object, index: int) -> tuple[Node, Node] | None:
    """An item of a list: that of the same name, or else the one at the same place."""
    if not isinstance(node, SequenceNode):
        return None
    names: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    for name in _NAMES:
        if name in names:
            for item in node.value:
                found = child(item, name)
                if found and str(found[1].value) == str(names[name]):
                    return item, item
            return None
    return (node.value[index], node.value[index]) if index < len(node.value) else None
