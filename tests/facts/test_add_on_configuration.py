"""The data of configuration values says what the schemas of the add-ons say."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from facts.add_on_configuration import FILE, left_out, schema_of
from reference_constructs.eks.add_ons.catalog import CATALOG


@pytest.mark.parametrize(
    ("add_on", "key", "types"),
    [
        ("coredns", "replicaCount", ("integer",)),
        ("coredns", "nodeSelector", ("object",)),
        ("coredns", "affinity", ("object", "null")),
        ("coredns", "priorityClassName", ()),
        ("vpc-cni", "enableNetworkPolicy", ("string",)),
        ("kube-proxy", "hostNetwork", ()),
        ("eks-node-monitoring-agent", "extraObjects", ("array",)),
        ("external-dns", "sources", ()),
    ],
)
def test_a_value_has_the_types_of_the_schema(add_on: str, key: str, types: tuple[str, ...]) -> None:
    schema = schema_of(add_on)
    assert schema is not None
    assert schema.types(key) == types


def test_a_mapping_is_open_or_has_keys() -> None:
    coredns, cni = schema_of("coredns"), schema_of("vpc-cni")
    assert coredns is not None
    assert cni is not None
    selector, variables = coredns.below("nodeSelector"), cni.below("env")
    assert selector is not None
    assert variables is not None
    assert selector.is_open
    assert not variables.is_open
    assert variables.types("A_NEW_ONE") == ("string",)
    assert list(cni.places_of("WARM_IP_TARGET")) == ["env"]
    assert coredns.below("tolerations") is None


def test_default_configurations_have_known_keys() -> None:
    for row in CATALOG.values():
        schema = schema_of(row.name)
        if schema is not None:
            assert {*row.configuration, *(row.fargate_configuration or {})} <= set(schema.keys)


def test_an_add_on_of_the_catalog_has_keys_or_a_reason() -> None:
    assert {name for name in CATALOG if schema_of(name) is None} == set(left_out())
    assert schema_of("adot") is None


def test_each_add_on_has_a_source_and_a_date() -> None:
    for name, entry in json.loads(FILE.read_text(encoding="utf-8"))["add_ons"].items():
        assert name in CATALOG
        assert entry["source"]
        assert date.fromisoformat(entry["dated"]) <= datetime.now(UTC).date()
