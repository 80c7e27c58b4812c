"""Which properties of a resource take tags, as the CloudFormation registry says, and which tags are there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.support.synthesis import ROOT

DATA = ROOT / "tools/release_diff/tag_properties.json"


def tag_properties() -> Mapping[str, Sequence[str]]:
    """The properties that take tags, by resource type, as paths with `/` from its `Properties`."""
    types: Mapping[str, Sequence[str]] = json.loads(DATA.read_text())["types"]
    return types


def tag_keys(properties: Mapping[str, Any], path: str) -> Iterator[set[str]]:
    """The keys of each set of tags at a path; an empty set where what takes tags is there and has none.

    `Volumes/*/Tags` gives one set for each volume, so none if there are no volumes. `TagSpecifications/*/Tags` gives
    one at least, since the specifications are themselves a way to write tags.
    """
    step, _, rest = path.partition("/")
    if not rest:
        yield _keys(properties.get(step))
    elif step == "TagSpecifications":
        for specification in properties.get(step) or [{}]:
            yield from _unless_propagated(specification, "Tags")
    elif step in properties:
        each, _, below = rest.partition("/")
        for item, path_in_item in (
            [(item, below) for item in properties[step]] if each == "*" else [(properties[step], rest)]
        ):
            yield from tag_keys(item, path_in_item) if "/" in path_in_item else _unless_propagated(item, path_in_item)


def _unless_propagated(properties: Mapping[str, Any], key: str) -> Iterator[set[str]]:
    """Nothing where tags come from the service or the task definition, which have their own."""
    if "PropagateTags" not in properties:
        yield _keys(properties.get(key))


def _keys(tags: Any) -> set[str]:  # noqa: ANN401 - any JSON
    if isinstance(tags, Mapping):
        return set(tags)
    return {tag["Key"] for tag in tags or []}
