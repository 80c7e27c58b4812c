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
            yield _keys(specification.get("Tags"))
    elif step in properties:
        each, _, below = rest.partition("/")
        if each == "*":
            for item in properties[step]:
                yield from tag_keys(item, below)
        else:
            yield from tag_keys(properties[step], rest)


def _keys(tags: Any) -> set[str]:  # noqa: ANN401 - any JSON
    if isinstance(tags, Mapping):
        return set(tags)
    return {tag["Key"] for tag in tags or []}
