"""Runs in the tool's own virtual environment, which has `kubernetes_validate`: objects in, what is wrong out.

Standard input: `{"objects": [{"version", "document", "schema", "exists"}, ...]}`, with `schema` for custom resources
alone, and `exists` where only the kind is asked for. Standard output: for each of them `{"found", "errors"}`, with a
path and a message for each error. It imports nothing of the project.
"""

from __future__ import annotations

import json
import re
import sys
from functools import cache
from typing import Any

import jsonschema
from jsonschema.validators import Draft202012Validator
from kubernetes_validate.utils import major_minor, schema_contents
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012


@cache
def _definitions(folder: str, version: str) -> Any:
    path = f"kubernetes-json-schema/{folder}/_definitions.json"
    definitions = Resource.from_contents(schema_contents(path, version), default_specification=DRAFT202012)
    # Read once, and not again for each reference.
    return Registry().with_resources([("", definitions), ("_definitions.json", definitions)]).crawl()


@cache
def _validator(kind: str, api_version: str, version: str) -> Any:
    """The strict schema of a kind of Kubernetes itself; None if that version does not have it."""
    # `rbac.authorization.k8s.io/v1` is `rbac-v1` in the names of the files.
    short = re.sub(r"^([^./]*)(?:\.[^/]*)?/", r"\1-", api_version)
    folder = f"v{version}.0-local-strict"
    try:
        schema = schema_contents(f"kubernetes-json-schema/{folder}/{kind.lower()}-{short}.json", version)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Draft202012Validator(schema, registry=_definitions(folder, version))


def _strict(schema: Any) -> Any:
    """A schema of a custom resource with no other keys than it names, as an API server with strict fields has it."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _strict(value) for key, value in schema.items() if key != "properties"}
    if "properties" in schema:
        made["properties"] = {key: _strict(value) for key, value in schema["properties"].items()}
    is_open = made.pop("open", False) or made.pop("x-kubernetes-preserve-unknown-fields", False)
    if made.pop("int_or_string", False) or made.pop("x-kubernetes-int-or-string", False):
        made.pop("type", None)
    if isinstance(made.get("type"), str) and made["type"] == "object" and not is_open and "properties" in made:
        made.setdefault("additionalProperties", False)
    return made


def _errors(validator: Any, value: Any, prefix: list[Any]) -> list[list[Any]]:
    found = []
    for error in validator.iter_errors(value):
        deepest: jsonschema.ValidationError = error
        if error.context:
            deepest = jsonschema.exceptions.best_match([error]) or error
        found.append([[*prefix, *deepest.absolute_path], deepest.message[:300]])
    return found


def main() -> None:
    """Answer one question."""
    answers = []
    for each in json.load(sys.stdin)["objects"]:
        document, schema = each["document"], each["schema"]
        if schema is not None and each["exists"]:
            answers.append({"found": True, "errors": []})
            continue
        if schema is not None:
            is_whole = schema.get("x-whole-object", False)
            value, prefix = (document, []) if is_whole else (document.get("spec") or {}, ["spec"])
            answers.append({"found": True, "errors": _errors(Draft202012Validator(_strict(schema)), value, prefix)})
            continue
        of_kind = _validator(document["kind"], document["apiVersion"], major_minor(each["version"]))
        errors = _errors(of_kind, document, []) if of_kind is not None and not each["exists"] else []
        answers.append({"found": of_kind is not None, "errors": errors})
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
