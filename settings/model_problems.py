"""What the model says of wrong values, in words that the schema gives; pydantic's own are for programmers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from reference_constructs.ecs.task_options import FARGATE_PROVIDERS
from settings.problems import KeyPath, Problem, notation
from settings.rules.comparisons import did_you_mean, listed
from settings.schema import Node, kinds, node_at, options, places_of, value_type
from settings.secret_texts import is_a_secret, speaks_of_a_secret
from settings.spelling import meant
from settings.yaml_document import Place

_IN_QUOTES = "put the value in quotes"
_MISSING = "this required key is missing"
_UNKNOWN = "unknown key"
_HIDDEN = "the value (not shown) is not allowed"
_NOTHING = "there is no value (null)"
# Where a key is in more places than these, none of them is likely.
_MOST_PLACES = 3
# Within the entry that the key was written in, one more: a container, or one of its three sidecars.
_MOST_PLACES_WITHIN = 4
# Keys of a mapping that are short enough to read.
_MOST_KEYS = 7
_OF_A_LIST = ("array", "minItems", "maxItems")
_BOOLEANS = {"true": "true", "yes": "true", "on": "true", "false": "false", "no": "false", "off": "false"}


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


def in_quotes(problem: Problem, place: Place, data: object) -> Problem:
    """A problem whose fix is to put the value in quotes, with the value as the file has it.

    YAML has already made another value of `1.30`, of `012`, and of `yes` in older versions.

    Args:
        problem: Any problem.
        place: Where its value is written.
        data: The file, with its name.
    """
    # A value that is better not shown comes with a finding.
    if problem.fix != _IN_QUOTES or problem.finding not in ("", _NOTHING) or place.written is None:
        return problem
    finding = f"{place.written} is not allowed" if place.written else problem.finding
    if not any(_takes(option, place.written) for option in options(node_at(problem.path, data))):
        return replace(problem, finding=finding, fix="")
    if not place.written:
        return replace(problem, fix='write "" for an empty text')
    where = f", in line {place.value_line}" if place.value_line != place.line else ""
    kind = {bool: "a boolean", type(None): "null"}.get(type(problem.value), "a number")
    return replace(
        problem,
        finding=finding,
        fix=f'{_IN_QUOTES}{where}: "{place.written}"',
        why=f"Without quotes, it is {kind} in YAML, not text.",
    )


def _takes(node: Node, text: str) -> bool:
    """Whether a text is among what the schema describes."""
    if node.get("type") != "string":
        return False
    size = node.get("minLength", 0) <= len(text) <= node.get("maxLength", len(text))
    return size and text in node.get("enum", [text]) and re.search(node.get("pattern", ""), text) is not None


def _problem(details: ErrorDetails, data: object) -> Problem:
    path = _path_in_file(details, data)
    found = details["input"]
    match details["type"]:
        case "extra_forbidden":
            return _unknown_key(path, data)
        case "union_tag_not_found" | "union_tag_invalid" if isinstance(found, Mapping):
            return _unknown_kind(path, found)
        case "union_tag_not_found":
            finding = _NOTHING if found is None else ""
            return Problem(path=path, value=found, finding=finding, allowed=f"a mapping with {_kind(path)}")
    if details["loc"][-1] == "[key]":
        names = _names(node_at(path[:-1], data))
        return Problem(path=path, value=found, allowed=_allowed(details, names), fix=_hint(found, names))
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
        fix=_fix(details, path, data),
        meaning=meaning,
    )


def _unknown_key(path: KeyPath, data: object) -> Problem:
    key = str(path[-1])
    keys = [each for option in options(node_at(path[:-1], data)) for each in option.get("properties", {})]
    return Problem(
        path=path,
        value=key,
        finding=_UNKNOWN,
        allowed=", ".join(keys),
        fix=did_you_mean(key, keys) or _with_other_words(key, keys) or _elsewhere(path) or _as_an_entry(keys),
    )


def _with_other_words(key: str, keys: Collection[str]) -> str:
    """Keys with a word more, as for `cpu` and for `rewrite`, or less, as for `service_connect_configuration`."""
    longer = [each for each in keys if each.startswith(f"{key}_") or each.endswith(f"_{key}")]
    shorter = [each for each in keys if key.startswith(f"{each}_")]
    found = longer or [max(shorter, key=len)] if longer or shorter else []
    return f"did you mean {listed(found, 'or')}?" if 0 < len(found) <= _MOST_PLACES else ""


def _as_an_entry(keys: Collection[str]) -> str:
    """Where keys of one's own choice belong."""
    return "put it below additional" if "additional" in keys else ""


def _elsewhere(path: KeyPath) -> str:
    """Where a key belongs that is at the wrong place of its section, or not at the top of the file."""
    places = [place for place in places_of(str(path[-1])) if not place or place.split(".")[0] == path[0]]
    if len(places) > _MOST_PLACES:
        places = [place for place in places if _is_within(place, path[:-1])]
    if not 0 < len(places) <= _MOST_PLACES_WITHIN:
        return ""
    return f"{path[-1]} is a key of {listed([place or 'the top level of the file' for place in places], 'or')}"


def _is_within(place: str, path: KeyPath) -> bool:
    """Whether a place of the model, such as `ecs.services.<name>.containers.<name>`, is below a path of a file."""
    parts = place.split(".")
    return len(parts) > len(path) and all(
        part in (str(step), "<name>") for part, step in zip(parts, path, strict=False)
    )


def _unknown_kind(path: KeyPath, node: Mapping[str, object]) -> Problem:
    """Of a mapping whose other keys depend on its `kind`."""
    misspelled = [key for key in node if meant(key, ["kind"])]
    if "kind" not in node and misspelled:
        return Problem(path=(*path, misspelled[0]), value=misspelled[0], finding=_UNKNOWN, fix="did you mean kind?")
    if "kind" not in node:
        return Problem(path=(*path, "kind"), finding=_MISSING, allowed=_kind(path, ""))
    kind = node["kind"]
    hint = did_you_mean(kind, kinds(node_at(path))) if isinstance(kind, str) else ""
    finding = _NOTHING if kind is None else ""
    return Problem(path=(*path, "kind"), value=kind, finding=finding, allowed=_kind(path, ""), fix=hint)


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
    return problem.finding == _MISSING and any(meant(key, [str(problem.path[-1])]) for key in beside)


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
    if found is None:
        return _NOTHING
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
            return _number_of_items(node, details["input"])
        case "value_error" if "enum" not in node and node.get("format") != "ipv4network":
            return str(context["error"])
        case _:
            return _values(node)


def _number_of_items(node: Node, found: object) -> str:
    """How many a list or a mapping can have, which may be a member of a union, as of one that may be null."""
    kind, least, most = ("object", "minProperties", "maxProperties") if isinstance(found, Mapping) else _OF_A_LIST
    sizes = next((each for each in options(node) if each.get("type") == kind), node)
    low, high = sizes.get(least), sizes.get(most)
    return "1 item" if high == 1 else f"{_range(low, high)} items"


def _fix(details: ErrorDetails, path: KeyPath, data: object) -> str:
    """What is most likely to be done about a value of the wrong type, or one that is none of a choice."""
    node, found = node_at(path, data), details["input"]
    members = options(node)
    types = {member.get("type") for member in members}
    above = [option for option in options(node_at(path[:-1], data)) if path[-1] in option.get("properties", {})]
    if found is None and above and all(path[-1] not in option.get("required", ()) for option in above):
        return "give it a value; without the key, it has its default"
    if found is None and any(_can_be_empty(member) for member in members):
        return "write {} to take every default"
    if details["type"] == "string_type" and (found is None or isinstance(found, bool | int | float)):
        return _IN_QUOTES if node.get("format") != "ipv4network" else ""
    if isinstance(found, str) and node.get("format") == "ipv4network":
        return _network(found)
    if isinstance(found, str) and "boolean" in types and found.lower() in _BOOLEANS:
        return f"write {_BOOLEANS[found.lower()]}"
    if isinstance(found, str) and "integer" in types and re.fullmatch(r"[0-9]+", found):
        return "write the number without quotes"
    items = [item for member in members for item in options(member.get("items", {}))]
    if isinstance(found, str) and any(_takes(item, found) for item in items):
        return "make it a list, with - or in brackets"
    chosen = _names_of_the_file(path, data)
    if isinstance(found, str) and chosen:
        return did_you_mean(found, chosen) or f"use one of {listed(chosen, 'or')}"
    tidy = str(found).strip().lower()
    # What a validator refuses for another reason, it refuses in lowercase too.
    is_tidy = details["type"] != "value_error" or str(details["ctx"]["error"]).endswith("in lowercase")
    if isinstance(found, str) and tidy != found and is_tidy and any(_takes(member, tidy) for member in members):
        return f"did you mean {tidy}?"
    return _hint(found, node)


def _names_of_the_file(path: KeyPath, data: object) -> list[str]:
    """Names that the file chooses elsewhere, one of which the value can be."""
    if path[-1] != "capacity_provider":
        return []
    names: list[str] = []
    for keys in (("ecs", "capacity"), ("ecs", "existing_cluster", "capacity_providers")):
        node = data
        for key in keys:
            node = node.get(key) if isinstance(node, Mapping) else None
        names += map(str, node if isinstance(node, Mapping) else ())
    return [*FARGATE_PROVIDERS, *names]


def _network(text: str) -> str:
    """What a text that is no CIDR block may mean."""
    try:
        network = IPv4Network(text, strict=False)
    except ValueError:
        return ""
    if text == "0.0.0.0":  # noqa: S104 - nothing binds to it
        return "did you mean 0.0.0.0/0?"
    if "/" in text:
        # Of a type that takes only some blocks, it may be none of these.
        return f"did you mean {network}?" if str(network) != text else ""
    return f"add a prefix length: {text}/32 for this address alone"


def _can_be_empty(node: Node) -> bool:
    return node.get("type") == "object" and not node.get("required") and not node.get("minProperties")


def _hint(found: object, node: Node) -> str:
    names = [name for option in options(node) for name in option.get("enum", ()) if isinstance(name, str)]
    if not isinstance(found, str):
        return ""
    # A longer name of the same, as in `com.amazonaws.eu-west-1.logs`.
    ends = [name for name in names if found.endswith(f".{name}")]
    return f"did you mean {max(ends, key=len)}?" if ends else did_you_mean(found, names)


def _values(node: Node) -> str:
    """The values that a key can have."""
    members = list(dict.fromkeys(_one(option) for option in options(node)))
    return ", or ".join(members)


def _one(node: Node) -> str:
    if "enum" in node or "const" in node:
        return listed([notation(value).strip("'") for value in node.get("enum", [node.get("const")])], "or")
    match node.get("type"):
        case "boolean":
            return "true or false"
        case "null":
            return "null"
        case "integer":
            return f"a whole number, {_range(node.get('minimum'), node.get('maximum'))}"
        case "array":
            return f"a list, each item: {_values(node['items'])}"
        case "object" if "properties" in node:
            keys = list(node["properties"])
            return f"a mapping (keys: {', '.join(keys)})" if len(keys) <= _MOST_KEYS else "a mapping"
        case "object":
            names = node.get("propertyNames", {})
            (example, *_) = names.get("examples", names.get("enum", [""]))
            such = f", such as {example}," if example else ""
            return f"a mapping of names{such} to {_one_of_a_mapping(value_type(node))}"
        case "string" if node.get("format") == "ipv4network":
            return str(node.get("patternErrorMessage", "an IPv4 CIDR block without host bits, such as 10.0.0.0/16"))
        case "string":
            return _text(node)
        case _:
            return "any value"


def _one_of_a_mapping(node: Node) -> str:
    types = {option.get("type") for option in options(node)}
    return "mappings" if types == {"object"} else _values(node)


def _text(node: Node) -> str:
    """The words of a pattern, which is for programs; they say the length where it matters to the pattern."""
    words = node.get("patternErrorMessage", "text")
    length = {"minLength", "maxLength"} & set(node)
    if length and not words[0].isdigit():
        count = _range(node.get("minLength"), node.get("maxLength"))
        words += f"{';' if 'pattern' in node else ' of'} {count} characters"
    return f"{words}{_example(node)}"


def _example(node: Node) -> str:
    if "examples" not in node:
        return ""
    example = str(node["examples"][0])
    # Without quotes, YAML would make a number of it.
    return f', such as "{example}"' if re.fullmatch(r"[0-9.]+", example) else f", such as {example}"


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
