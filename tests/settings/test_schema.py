"""The schema by which editors complete and check a file, and what is looked up in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from settings.__main__ import SCHEMA, schema_json
from settings.schema import Node, kinds, node_at, options, schema, value_type

NODE = ("eks", "nodes", "general")


def nodes_below(node: object) -> Iterator[Node]:
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes_below(child)


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_json(), "run `make schema`"


def test_a_file_need_not_state_its_name() -> None:
    assert json.loads(schema_json())["required"] == ["region", "availability_zones", "tags"]


def test_every_key_has_a_description() -> None:
    undescribed = []
    queue: list[tuple[str, Node]] = [("", schema())]
    while queue:
        path, node = queue.pop()
        for key, field in node.get("properties", {}).items():
            if not field.get("description") and not any(option.get("description") for option in options(field)):
                undescribed.append(f"{path}.{key}")
            queue += [(f"{path}.{key}", option) for option in options(field)]
        if "items" in node:
            queue += [(path, option) for option in options(node["items"])]
        if node.get("type") == "object" and "properties" not in node:
            queue += [(path, option) for option in options(value_type(node))]
    assert undescribed == []


def test_a_key_with_a_mapping_is_described_in_its_own_words_beside_the_reference() -> None:
    tags = schema()["properties"]["tags"]
    assert tags["$ref"] == "#/$defs/TagSettings"
    assert tags["description"] == "Tags to apply to every resource."
    assert schema()["$defs"]["TagSettings"]["description"] != tags["description"]
    fields = [field for node in nodes_below(schema()) for field in node.get("properties", {}).values()]
    assert [field["$ref"] for field in fields if "$ref" in field and "description" not in field] == []


def test_descriptions_are_sentences_on_one_line() -> None:
    described = [node["description"] for node in nodes_below(schema()) if isinstance(node.get("description"), str)]
    assert len(described) > 100
    assert [text for text in described if "\n" in text or not text.endswith((".", "`."))] == []


def test_what_must_match_a_pattern_has_an_example_that_does_and_says_in_words_what_is_allowed() -> None:
    texts = [node for node in nodes_below(schema()) if "pattern" in node and node.get("type") == "string"]
    assert len(texts) > 20
    assert [node for node in texts if not all(re.search(node["pattern"], each) for each in node["examples"])] == []
    assert [node for node in texts if not node.get("patternErrorMessage")] == []


def test_names_have_an_example_that_matches_and_editors_refuse_others() -> None:
    named = [node for node in nodes_below(schema()) if "patternProperties" in node and "propertyNames" in node]
    assert len(named) >= 9
    for node in named:
        (pattern,) = node["patternProperties"]
        assert all(re.search(pattern, each) for each in node["propertyNames"]["examples"])
        assert node["propertyNames"]["patternErrorMessage"]
        assert node["additionalProperties"] is False


def test_keys_that_hold_anchors_are_known_at_the_top_alone() -> None:
    unnamed = [node for node in nodes_below(schema()) if "patternProperties" in node and "propertyNames" not in node]
    assert unnamed == [schema()]
    assert schema()["patternProperties"] == {"^x-": {}}
    assert schema()["additionalProperties"] is False


def test_a_kind_of_node_is_stated_first_and_always() -> None:
    found = kinds(value_type(schema()["$defs"]["EksSettings"]["properties"]["nodes"]))
    assert list(found) == ["managed", "fargate", "auto_mode", "karpenter", "hybrid", "self_managed"]
    for kind, node in found.items():
        assert next(iter(node["properties"])) == node["required"][0] == "kind"
        assert node["properties"]["kind"]["const"] == kind
        assert "default" not in node["properties"]["kind"]
    assert found["fargate"]["required"] == ["kind", "selectors"]


def test_the_kind_in_the_file_decides_which_keys_there_are() -> None:
    def keys(node: Node) -> list[str]:
        return [key for option in options(node) for key in option.get("properties", {})]

    fargate = {"eks": {"nodes": {"general": {"kind": "fargate"}}}}
    assert set(keys(node_at(NODE, fargate))) == {"kind", "needs", "selectors", "tags"}
    assert {"instance_types", "selectors"} <= set(keys(node_at(NODE)))
    assert node_at((*NODE, "volume_gib"), fargate) == {}
    assert node_at((*NODE, "volume_gib"))["minimum"] == 20
    assert node_at((*NODE, "selectors", 0, "namespace"), fargate)["description"].startswith("Namespace of the pods")
