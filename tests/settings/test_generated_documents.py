"""What is generated from the model is committed as the model is today."""

from __future__ import annotations

from settings.__main__ import MANUAL, SCHEMA, manual, schema_json


def test_the_committed_schema_is_current() -> None:
    assert SCHEMA.read_text() == schema_json(), "run `make schema`"


def test_the_committed_manual_is_current() -> None:
    assert MANUAL.read_text() == manual(), "run `make schema`"
