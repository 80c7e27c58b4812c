"""Writes what is generated from the model: `environments/schema.json` and `docs/configuration.md`."""

from __future__ import annotations

import json
from pathlib import Path

from settings.documentation.page import page, replaced_by_change
from settings.rules import RULES
from settings.schema import schema

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "environments" / "schema.json"
MANUAL = ROOT / "docs" / "configuration.md"


def schema_json() -> str:
    """The JSON schema, by which editors complete and check a file (`yaml-language-server`)."""
    return json.dumps(schema(), indent=2) + "\n"


def manual() -> str:
    """The page that documents every key."""
    return page(rules=RULES, replaced=replaced_by_change())


if __name__ == "__main__":
    SCHEMA.write_text(schema_json(), encoding="utf-8")
    MANUAL.write_text(manual(), encoding="utf-8")
