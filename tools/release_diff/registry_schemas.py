"""Writes create_only_properties.json and tag_properties.json: `make create-only-properties`.

Runs in tools/local_cloud/.venv, which has the schemas. The types are those of the snapshots, that is of every
environment that ships and every example, and a few more.
"""

from __future__ import annotations

import datetime
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tools.release_diff.create_only import DATA

# For a test of the stacks, which finds what could carry tags and does not.
TAG_DATA = DATA.with_name("tag_properties.json")
SNAPSHOTS = Path(__file__).parents[2] / "tests" / "snapshot" / "__snapshots__"
REGION = "us-east-1"  # has every type

# By which AWS Backup chooses what to back up.
_CRITERION = "ListOfTags"

Schema = Mapping[str, Any]
Properties = Iterator[tuple[str, Schema]]
"""Paths with `/`, each with its own schema."""


def types_in(templates: Iterable[Path]) -> list[str]:
    """The resource types of these templates, each once."""
    return sorted(
        {
            resource["Type"]
            for template in templates
            for resource in json.loads(template.read_text())["Resources"].values()
        }
    )


def schema_of(resource_type: str) -> Schema:
    """What the registry says of one type."""
    schema: Schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema
    return schema


def create_only(schema: Schema) -> dict[str, list[str]]:
    """The properties that cannot change without a replacement, always or in some cases."""
    return {
        "create_only": _paths(schema.get("createOnlyProperties", [])),
        "conditional": _paths(schema.get("conditionalCreateOnlyProperties", [])),
    }


def tag_properties(schema: Schema) -> list[str]:
    """The properties that take tags, nested ones too.

    Not those of the schema's own `tagging` alone: it says that a launch template and a repository creation template
    cannot be tagged, whose tags are for what is made from them.
    """
    tagging = schema.get("tagging", {})
    declared = [tagging["tagProperty"]] if tagging.get("taggable") else []
    named = [
        path
        for path, value in _properties(schema, schema)
        if path.endswith("Tags") and not path.endswith(_CRITERION) and value.get("type") in ("array", "object")
    ]
    return sorted({*_paths(declared), *named})


def _properties(root: Schema, schema: Schema, path: str = "", above: tuple[str, ...] = ()) -> Properties:
    """Every property with its path; a definition that holds itself is followed once."""
    for name, value in schema.get("properties", {}).items():
        yield from _resolved(root, value, path + name, above)


def _resolved(root: Schema, value: Schema, path: str, above: tuple[str, ...]) -> Properties:
    reference = value.get("$ref", "")
    if reference in above:
        return
    if reference:
        above = (*above, reference)
        value = root["definitions"][reference.removeprefix("#/definitions/")]
    if not path.endswith("/*"):
        yield path, value
    yield from _properties(root, value, f"{path}/", above)
    if isinstance(value.get("items"), Mapping):
        yield from _resolved(root, value["items"], f"{path}/*", above)


def _paths(pointers: list[str]) -> list[str]:
    return sorted(pointer.removeprefix("/properties/") for pointer in pointers)


def main() -> None:
    """Write the files, or with `--check` say by the exit status whether their content is current."""
    names = sorted(types_in(sorted(SNAPSHOTS.rglob("*.json"))))
    schemas = {name: schema_of(name) for name in names}
    contents: dict[Path, dict[str, Any]] = {
        DATA: {name: create_only(schema) for name, schema in schemas.items()},
        TAG_DATA: {name: tag_properties(schema) for name, schema in schemas.items()},
    }
    source = f"CloudFormation registry schemas of {REGION} in cfn-lint {version('cfn-lint')}"
    date = datetime.datetime.now(tz=datetime.UTC).date().isoformat()
    for path, types in contents.items():
        if sys.argv[1:] == ["--check"]:
            known = json.loads(path.read_text())["types"]
            stale = sorted(name for name in types.keys() | known.keys() if types.get(name) != known.get(name))
            if stale:
                sys.exit(f"{path.name} is not current: {', '.join(stale)}; run `make create-only-properties`")
        else:
            path.write_text(json.dumps({"source": source, "date": date, "types": types}, indent=1) + "\n")


if __name__ == "__main__":
    main()
