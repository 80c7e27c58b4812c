"""What the model says of wrong values, in words that the schema gives; pydantic's own are for programmers."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Collection, Mapping

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from settings.problems import KeyPath, Problem, notation
from settings.rules.comparisons import listed
from settings.schema import Node, kinds, node_at, options
from settings.secret_texts import is_a_secret, speaks_of_a_secret

IN_QUOTES = "put the value in quotes"
_MISSING = "this required key is missing"
_UNKNOWN = "unknown key"
_HIDDEN = "the value (not shown) is not allowed"


def model_problems(error: ValidationError, data: object) -> list[Problem]:
    """One problem for each place: the members of a union each report their own.

    Args:
        error: What pydantic found.
        data: The file, with its name.
    """
    problems: dict[KeyPath, Problem] = {}
    for details in error.errors():
        if not _is_of_its_items(details):
            problem = _problem(details, data)
            problems.setdefault(problem.path, problem)
    return [problem for problem in problems.values() if not _is_misspelled(problem, problems.values())]


def _problem(details: ErrorDetails, data: object) -> Problem:
    path = _path_in_file(details, data)
    found = details["input"]
    match details["type"]:
        case "extra_forbidden":
            return _unknown_key(path, data)
        case "union_tag_not_found" | "union_tag_invalid" if isinstance(found, Mapping):
            return _unknown_kind(path, found)
        case "union_tag_not_found":
            return Problem(path=path, value=found, allowed=f"a mapping with {_kind(path)}")
    if details["loc"][-1] == "[key]":
        names = _names(node_at(path[:-1], data))
        return Problem(path=path, value=found, allowed=_allowed(details, names), fix=_fix(details, names))
    node = node_at(path, data)
    meaning = " ".join(node.get("description", "").split())
    if details["type"] == "missing":
        allowed = _values(node)
        return Problem(path=path, finding=_MISSING, allowed=allowed, meaning=meaning)
    return Problem(
        path=path,
        value=list(found) if isinstance(found, tuple) else found,
        finding=_finding(details, path),
        allowed=_allowed(details, node),
        fix=_fix(details, node),
        meaning=meaning,
    )


def _unknown_key(path: KeyPath, data: object) -> Problem:
    keys = [key for option in options(node_at(path[:-1], data)) for key in option.get("properties", {})]
    close = difflib.get_close_matches(str(path[-1]), keys, n=1)
    hint = f"did you mean {close[0]}?" if close else ""
    return Problem(path=path, value=path[-1], finding=_UNKNOWN, allowed=", ".join(keys), fix=hint)


def _unknown_kind(path: KeyPath, node: Mapping[str, object]) -> Problem:
    """Of a mapping whose other keys depend on its `kind`."""
    close = difflib.get_close_matches("kind", [key for key in node if key != "kind"], n=1)
    if "kind" not in node and close:
        return Problem(path=(*path, close[0]), value=close[0], finding=_UNKNOWN, fix="did you mean kind?")
    if "kind" not in node:
        return Problem(path=(*path, "kind"), finding=_MISSING, allowed=_kind(path, ""))
    return Problem(path=(*path, "kind"), value=node["kind"], allowed=_kind(path, ""))


def _kind(path: KeyPath, label: str = "kind: ") -> str:
    return f"{label}{listed(kinds(node_at(path)), 'or')}"


def _is_of_its_items(details: ErrorDetails) -> bool:
    """Whether a list only lacks what is wrong in it, which is reported item by item."""
    found = details["input"]
    return (
        details["type"] == "too_short"
        and isinstance(found, list | tuple)
        and len(found) >= details["ctx"]["min_length"]
    )


def _is_misspelled(problem: Problem, problems: Collection[Problem]) -> bool:
    """Whether a missing key is there under another name, which is reported."""
    beside = [
        str(each.path[-1]) for each in problems if each.path[:-1] == problem.path[:-1] and each.finding == _UNKNOWN
    ]
    return problem.finding == _MISSING and bool(difflib.get_close_matches(str(problem.path[-1]), beside, n=1))


def _names(node: Node) -> Node:
    """The schema of the names in an open mapping."""
    mapping = next(option for option in options(node) if option.get("type") == "object")
    patterns = [{"pattern": pattern} for pattern in mapping.get("patternProperties", ())]
    return {"type": "string", **mapping.get("propertyNames", {}), **next(iter(patterns), {})}


def _finding(details: ErrorDetails, path: KeyPath) -> str:
    found = details["input"]
    if details["type"] in ("too_short", "too_long"):
        count = len(found)
        return f"there {'is' if count == 1 else 'are'} {count or 'no'} item{'' if count == 1 else 's'}"
    return _HIDDEN if _may_be_secret(path, found) else ""


def _may_be_secret(path: KeyPath, value: object) -> bool:
    """Whether a value is better not repeated: it may be a secret that somebody has put in the wrong place."""
    text = json.dumps(value, default=str)
    names = [str(part) for part in path[-2:]]
    if "secrets" in names:
        return not text.startswith('"arn:')
    named = "environment" in names and any(map(speaks_of_a_secret, names))
    return named or names[-1:] == ["environment"] or any(is_a_secret(name, text) for name in names)


def _allowed(details: ErrorDetails, node: Node) -> str:
    context = details.get("ctx", {})
    match details["type"]:
        case "too_short" | "too_long":
            low = node.get("minItems", node.get("minProperties"))
            high = node.get("maxItems", node.get("maxProperties"))
            return f"{_range(low, high)} items" if high != 1 else "1 item"
        case "value_error" if "enum" not in node and node.get("format") != "ipv4network":
            return str(context["error"])
        case _:
            return _values(node)


def _fix(details: ErrorDetails, node: Node) -> str:
    found = details["input"]
    if (
        details["type"] == "string_type"
        and isinstance(found, bool | int | float)
        and node.get("format") != "ipv4network"
    ):
        return IN_QUOTES
    names = [name for option in options(node) for name in option.get("enum", ()) if isinstance(name, str)]
    close = difflib.get_close_matches(found, names, n=1) if isinstance(found, str) else []
    return f"did you mean {close[0]}?" if close else ""


def _values(node: Node) -> str:
    """The values that a key can have."""
    members = list(dict.fromkeys(_one(option) for option in options(node)))
    return ", or ".join(members)


def _one(node: Node) -> str:
    if "enum" in node:
        return listed([notation(value).strip("'") for value in node["enum"]], "or")
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "integer":
            return f"a whole number, {_range(node.get('minimum'), node.get('maximum'))}"
        case "array":
            return f"a list, of which each item is {_values(node['items'])}"
        case "object":
            return "a mapping"
        case "string" if node.get("format") == "ipv4network":
            return "an IPv4 CIDR block without host bits, such as 10.0.0.0/16"
        case "string":
            return _text(node)
        case _:
            return "any value"


def _text(node: Node) -> str:
    length = ""
    if {"minLength", "maxLength"} & set(node):
        length = f" of {_range(node.get('minLength'), node.get('maxLength'))} characters"
    pattern = f" that matches {node['pattern']}" if "pattern" in node else ""
    return f"text{length}{pattern}{',' if length or pattern else ''}{_example(node)}".removesuffix(",")


def _example(node: Node) -> str:
    if "examples" not in node:
        return ""
    example = str(node["examples"][0])
    # Without quotes, YAML would make a number of it.
    return f' such as "{example}"' if re.fullmatch(r"[0-9.]+", example) else f" such as {example}"


def _range(low: int | None, high: int | None) -> str:
    if high is None:
        return f"at least {low}"
    return f"at most {high}" if low is None else f"{low} to {high}"


def _path_in_file(details: ErrorDetails, data: object) -> KeyPath:
    """Pydantic's location without the steps that are no keys: members and kinds of a union, and `[key]`."""
    path: list[str | int] = []
    loc = details["loc"]
    may_be_kind = False
    for index, part in enumerate(loc):
        if part == "[key]" or (may_be_kind and isinstance(data, Mapping) and part == data.get("kind")):
            may_be_kind = False
            continue
        may_be_kind = True
        is_missing = details["type"] == "missing" and index == len(loc) - 1
        if isinstance(data, Mapping) and (part in data or is_missing):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)
