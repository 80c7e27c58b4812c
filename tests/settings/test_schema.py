"""The schema of a file: every key is explained, and every pattern has an example."""

from __future__ import annotations

import re
from collections.abc import Iterator

from settings.schema import Node, options, schema, value_type


def test_a_file_need_not_state_its_name() -> None:
    assert schema()["required"] == ["region", "availability_zones", "tags"]


def test_every_key_is_explained() -> None:
    unexplained = []
    queue: list[tuple[str, Node]] = [("", schema())]
    while queue:
        path, node = queue.pop()
        for key, field in node.get("properties", {}).items():
            if not field.get("description") and not any(option.get("description") for option in options(field)):
                unexplained.append(f"{path}.{key}")
            queue += [(f"{path}.{key}", option) for option in options(field)]
        if "items" in node:
            queue += [(path, option) for option in options(node["items"])]
        if node.get("type") == "object" and "properties" not in node:
            queue += [(path, option) for option in options(value_type(node))]
    assert unexplained == []


def test_whatever_must_match_a_pattern_has_an_example_that_does() -> None:
    def texts(node: object) -> Iterator[Node]:
        if isinstance(node, dict):
            if "pattern" in node and node.get("type") == "string":
                yield node
            node = list(node.values())
        for child in node if isinstance(node, list) else ():
            yield from texts(child)

    found = list(texts({**schema(), "propertyNames": None}))
    assert len(found) > 20
    assert [node for node in found if not all(re.search(node["pattern"], each) for each in node["examples"])] == []
