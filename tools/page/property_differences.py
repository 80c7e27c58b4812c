"""What differs between two resources, property by property, in words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from assembly import Graph, Resource
from tools.page.names import readable

_NOTHING: Final = object()
# What CloudFormation acts on beside properties.
_ATTRIBUTES: Final = ("DeletionPolicy", "UpdateReplacePolicy", "UpdatePolicy", "CreationPolicy", "DependsOn")


class PropertyDifference(NamedTuple):
    """A path, and what stood there and stands there; empty where nothing does."""

    path: str
    before: str
    after: str


def property_differences(
    before: tuple[Graph, Resource], after: tuple[Graph, Resource]
) -> tuple[PropertyDifference, ...]:
    """Every property, and every attribute beside them, whose value differs; references are names of resources."""
    (old_graph, old), (new_graph, new) = before, after
    found = [*_differences("", old.properties, new.properties)]
    for name in _ATTRIBUTES:
        found += _differences(name, old.source.get(name, _NOTHING), new.source.get(name, _NOTHING))
    said = (PropertyDifference(path, _said(old_graph, one), _said(new_graph, other)) for path, one, other in found)
    # A reference may have another text and the same name.
    return tuple(each for each in said if each.before != each.after)


def _differences(path: str, before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:  # noqa: ANN401 - any JSON
    if before == after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in sorted(before.keys() | after.keys()):
            inner = f"{path}.{key}" if path else str(key)
            yield from _differences(inner, before.get(key, _NOTHING), after.get(key, _NOTHING))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(path, before, after)
    else:
        yield path, before, after


def _of_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[tuple[str, Any, Any]]:
    gone = [(number, each) for number, each in enumerate(before) if each not in after]
    new = [(number, each) for number, each in enumerate(after) if each not in before]
    if not gone and not new:
        yield path, before, after  # in another order, or as often
    elif len(gone) == len(new):
        for (number, one), (_, other) in zip(gone, new, strict=True):
            yield from _differences(f"{path}[{number}]", one, other)
    else:
        yield from ((f"{path}[{number}]", each, _NOTHING) for number, each in gone)
        yield from ((f"{path}[{number}]", _NOTHING, each) for number, each in new)


def _said(graph: Graph, value: object) -> str:
    if value is _NOTHING:
        return ""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return readable(graph, text)
