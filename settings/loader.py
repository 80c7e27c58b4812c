"""From a name or a path to a checked `Environment`, or to one error that lists everything that is wrong."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from settings.rules import find_problems
from settings.environment import Environment
from settings.lenient import LenientValidation
from settings.problems import InvalidEnvironmentError, KeyPath, Problem
from settings.schema import Node, node_at, options

ENVIRONMENTS = Path(__file__).parent.parent / "environments"


def load_environment(name_or_path: str, *, folder: Path = ENVIRONMENTS) -> Environment:
    """Read and check an environment.

    Args:
        name_or_path: `sandbox` for `environments/sandbox.yaml`, or the path of a YAML file anywhere.
        folder: Where names are looked up.

    Raises:
        InvalidEnvironmentError: With all problems of the file at once.
    """
    path = _find_file(name_or_path, folder)
    file = _short(path)
    document = _read_yaml(path, file)
    data = {"name": path.stem, **json.loads(json.dumps(document, default=str))}
    problems = list(_tokens(data))
    try:
        environment = Environment.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems += _merged([_problem(details, data) for details in error.errors() if not _is_of_its_items(details)])
        # What is wrong between the other keys is told in the same breath.
        environment = Environment.model_validate_json(json.dumps(data), context=LenientValidation())
    problems += find_problems(environment)
    if problems:
        raise InvalidEnvironmentError(file=file, problems=_located(problems, document))
    return environment


def _tokens(node: object, path: KeyPath = ()) -> Iterator[Problem]:
    """Text by which the CDK marks what it fills in later; in a file it would end the synthesis with a traceback."""
    if isinstance(node, str) and "${Token[" in node:
        yield Problem(path=path, value=node, allowed="text without ${Token[, which means something to the CDK")
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _tokens(child, (*path, key))


def _find_file(name_or_path: str, folder: Path) -> Path:
    if name_or_path.endswith((".yaml", ".yml")) or "/" in name_or_path:
        path = Path(name_or_path)
        allowed = "the path of a YAML file"
    else:
        path = folder / f"{name_or_path}.yaml"
        names = sorted(file.stem for file in folder.glob("*.yaml"))
        allowed = f"one of {', '.join(names)}, or the path of a YAML file"
    if not path.is_file():
        raise InvalidEnvironmentError(
            file=_short(path), problems=[Problem(path=("environment",), value=name_or_path, allowed=allowed)]
        )
    return path


def _short(path: Path) -> str:
    """The path as the user would type it, so that no message depends on the machine."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read_yaml(path: Path, file: str) -> CommentedMap:
    """YAML 1.2, so that `on` is a word; duplicate keys are errors, not the last one's victory."""
    try:
        document = YAML(typ="rt").load(path)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        problem = Problem(path=(), value=error.problem, allowed="valid YAML, every key once", line=line)
        raise InvalidEnvironmentError(file=file, problems=[problem]) from None
    except (YAMLError, UnicodeDecodeError) as error:
        problem = Problem(path=(), value=str(error), allowed="valid YAML in UTF-8")
        raise InvalidEnvironmentError(file=file, problems=[problem]) from None
    if not isinstance(document, CommentedMap):
        problem = Problem(path=(), value=document, allowed="a mapping of keys to values", line=1)
        raise InvalidEnvironmentError(file=file, problems=[problem])
    return document


def _problem(details: ErrorDetails, data: object) -> Problem:
    path = _path_in_file(details["loc"], data)
    if details["type"] == "extra_forbidden":
        keys = _keys_allowed_beside(path)
        close = difflib.get_close_matches(str(path[-1]), keys, n=1)
        hint = f"did you mean {close[0]}? " if close else ""
        return Problem(path=path, value=path[-1], allowed=f"{hint}known keys here: {', '.join(keys)}")
    node = node_at(path)
    meaning = " ".join(node.get("description", "").split())
    if details["type"] == "missing":
        return Problem(path=path, value=None, allowed="a value; it is required", meaning=meaning)
    value = list(details["input"]) if isinstance(details["input"], tuple) else details["input"]
    return Problem(path=path, value=value, allowed=_allowed(details, node), meaning=meaning)


def _is_of_its_items(details: ErrorDetails) -> bool:
    """Whether a list only lacks what is wrong in it, which is told item by item."""
    found = details["input"]
    return (
        details["type"] == "too_short"
        and isinstance(found, list | tuple)
        and len(found) >= details["ctx"]["min_length"]
    )


def _allowed(details: ErrorDetails, node: Node) -> str:
    if node.get("format") == "ipv4network":
        return "an IPv4 range without host bits, such as 10.0.0.0/16"
    context = details.get("ctx", {})
    match details["type"]:
        case "string_pattern_mismatch":
            example = f"text such as {node['examples'][0]}: " if "examples" in node else "text: "
            return f"{example}it must match {context['pattern']}"
        case "string_type" if isinstance(details["input"], int | float):
            return f'text: put it in quotes, "{details["input"]}"'
        case "too_short":
            return f"at least {context['min_length']}"
        case "value_error":
            return str(context["error"])
        case "greater_than_equal" | "less_than_equal" if {"minimum", "maximum"} <= set(node):
            return f"a number from {node['minimum']} to {node['maximum']}"
        case _:
            return details["msg"].removeprefix("Input should be ").removeprefix("Input is ")


def _path_in_file(loc: Sequence[str | int], data: object) -> KeyPath:
    """Pydantic's location without the steps that are no keys: members of a union, and `[key]` of a mapping."""
    path: list[str | int] = []
    for index, part in enumerate(loc):
        if part == "[key]":
            continue
        if isinstance(data, Mapping) and (part in data or index == len(loc) - 1):
            path.append(part)
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            path.append(part)
            data = data[part]
    return tuple(path)


def _merged(problems: list[Problem]) -> Iterator[Problem]:
    """One problem for each place: the members of a union each report their own."""
    by_path: dict[KeyPath, list[Problem]] = {}
    for problem in problems:
        by_path.setdefault(problem.path, []).append(problem)
    for path, group in by_path.items():
        allowed = ", or ".join(problem.allowed for problem in group)
        yield replace(group[0], path=path, allowed=allowed)


def _located(problems: Iterable[Problem], document: CommentedMap) -> Iterator[Problem]:
    for problem in problems:
        yield replace(problem, line=_line(problem.path, document))


def _line(path: KeyPath, document: CommentedMap) -> int:
    """Line of the key, or of the nearest one above it that the file has."""
    line = 1
    node: object = document
    for part in path:
        if isinstance(node, CommentedMap) and part in node:
            line = cast("int", node.lc.key(part)[0]) + 1
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line = cast("int", node.lc.item(part)[0]) + 1
        else:
            break
        node = node[part]
    return line


def _keys_allowed_beside(path: KeyPath) -> list[str]:
    return [key for option in options(node_at(path[:-1])) for key in option.get("properties", {})]
