"""Writes create_only_properties.json: `make create-only-properties`.

Runs in tools/local_cloud/.venv, which has the schemas. The types are those of the snapshots, that is of every
environment that ships and every example.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tools.release_diff.create_only import DATA

SNAPSHOTS = Path(__file__).parents[2] / "tests" / "snapshot" / "__snapshots__"
REGION = "us-east-1"  # has every type


def types_in(templates: Iterable[Path]) -> list[str]:
    """The resource types of these templates, each once."""
    return sorted(
        {
            resource["Type"]
            for template in templates
            for resource in json.loads(template.read_text())["Resources"].values()
        }
    )


def extract(resource_type: str) -> dict[str, list[str]]:
    """What the registry says of one type."""
    schema: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    return {
        "create_only": _paths(schema.get("createOnlyProperties", [])),
        "conditional": _paths(schema.get("conditionalCreateOnlyProperties", [])),
    }


def _paths(pointers: list[str]) -> list[str]:
    return sorted(pointer.removeprefix("/properties/") for pointer in pointers)


def main() -> None:
    """Write the file, or with `--check` say by the exit status whether its content is current."""
    types = {name: extract(name) for name in types_in(sorted(SNAPSHOTS.rglob("*.json")))}
    if sys.argv[1:] == ["--check"]:
        known = json.loads(DATA.read_text())["types"]
        stale = sorted(name for name in types.keys() | known.keys() if types.get(name) != known.get(name))
        if stale:
            sys.exit(f"{DATA.name} is not current: {', '.join(stale)}; run `make create-only-properties`")
        return
    source = f"CloudFormation registry schemas of {REGION} in cfn-lint {version('cfn-lint')}"
    date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    DATA.write_text(json.dumps({"source": source, "date": date, "types": types}, indent=1) + "\n")


if __name__ == "__main__":
    main()
