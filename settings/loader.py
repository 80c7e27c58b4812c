"""From a name or a path to a checked `Environment`, or to one error that lists everything that is wrong."""

from __future__ import annotations

import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import cast

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from settings.environment import Environment
from settings.lenient import LenientValidation
from settings.model_problems import IN_QUOTES, model_problems
from settings.problems import EnvironmentWarning, InvalidEnvironmentError, KeyPath, Problem
from settings.rules import find_problems, find_warnings
from settings.unknown import remove_unknown

ENVIRONMENTS = Path(__file__).parent.parent / "environments"
# How the CDK marks what it fills in later, in texts and in lists of texts.
TOKENS = ("${Token[", "#{Token[")


def load_environment(name_or_path: str, *, folder: Path = ENVIRONMENTS) -> Environment:
    """Read and check an environment.

    Args:
        name_or_path: `sandbox` for `environments/sandbox.yaml`, or the path of a YAML file anywhere.
        folder: Where names are looked up.

    Raises:
        InvalidEnvironmentError: With all problems of the file at once.

    Warns:
        EnvironmentWarning: With all warnings that the file does not acknowledge.
    """
    path = _find_file(name_or_path, folder)
    file = _short(path)
    document = _read_yaml(path, file)
    data = {"name": path.stem, **json.loads(json.dumps(document, default=str))}
    environment, problems = check(data)
    source = path.read_text(encoding="utf-8").splitlines()
    if problems:
        raise InvalidEnvironmentError(file=file, problems=[_located(each, document, source) for each in problems])
    if unacknowledged := list(_unacknowledged(environment)):
        located = [_located(each, document, source) for each in unacknowledged]
        warnings.warn(EnvironmentWarning(file=file, problems=located), stacklevel=2)
    return environment


def check(data: Mapping[str, object]) -> tuple[Environment, list[Problem]]:
    """The environment that a document describes, and all that is wrong with it.

    Args:
        data: The document, as JSON has it, with the name of the environment.

    Returns:
        With problems, the environment is without the values that are wrong.
    """
    problems = list(_tokens(data))
    try:
        environment = Environment.model_validate_json(json.dumps(data))
    except ValidationError as error:
        problems += model_problems(error, data)
        # Problems between the other keys are reported together with these.
        environment = Environment.model_validate_json(json.dumps(data), context=LenientValidation())
        remove_unknown(environment)
    return environment, [*problems, *find_problems(environment)]


def _unacknowledged(environment: Environment) -> Iterator[Problem]:
    acknowledged = environment.acknowledged_warnings
    for problem in find_warnings(environment):
        if not any(each.answers(warning=problem.warning, key=problem.key) for each in acknowledged):
            yield problem


def _tokens(node: object, path: KeyPath = ()) -> Iterator[Problem]:
    """Text that the CDK would take for a value that it fills in later; it would end the synthesis with a traceback."""
    if isinstance(node, str) and (found := [token for token in TOKENS if token in node]):
        yield Problem(
            path=path,
            finding=f"the text contains {found[0]}, which the CDK reserves for values that it fills in later",
            fix=f"write it without {found[0]}",
        )
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _tokens(key, (*path, key))
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
    """YAML 1.2, so that `on` is a text. A duplicate key is an error."""
    try:
        document = YAML(typ="rt").load(path)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        # A duplicate key comes with its values, which can be secrets.
        reason = (error.problem or "").partition(" with value ")[0]
        problem = Problem(
            path=(),
            finding=f"this is not valid YAML: {reason}",
            fix="correct the YAML; each key can be there once",
            line=line,
        )
        raise InvalidEnvironmentError(file=file, problems=[problem]) from None
    except (YAMLError, UnicodeDecodeError) as error:
        problem = Problem(path=(), finding=f"this is not valid YAML: {error}", allowed="valid YAML in UTF-8")
        raise InvalidEnvironmentError(file=file, problems=[problem]) from None
    if not isinstance(document, CommentedMap):
        problem = Problem(path=(), finding="the file is not a mapping", allowed="a mapping of keys to values", line=1)
        raise InvalidEnvironmentError(file=file, problems=[problem])
    return document


def _located(problem: Problem, document: CommentedMap, source: list[str]) -> Problem:
    """With its line, and with what stands there where the advice is to put that in quotes."""
    line, column = _position(problem.path, document)
    problem = replace(problem, line=line + 1)
    if column is None or problem.fix != IN_QUOTES or problem.finding:
        return problem
    # The text of the file, because YAML has already made another value of 1.30 and of 012.
    written = re.match(r"[^\s,\[\]{}#&*!|>'\"]+", source[line][column:])
    return replace(problem, fix=f'{IN_QUOTES}: "{written[0]}"') if written else problem


def _position(path: KeyPath, document: CommentedMap) -> tuple[int, int | None]:
    """Line of the key, or of the nearest one above it that the file has; column of its value on the same line."""
    line, column = 0, None
    node: object = document
    for part in path:
        if isinstance(node, CommentedMap) and part in node:
            line = cast("int", node.lc.key(part)[0])
            value_line, column = cast("tuple[int, int]", node.lc.value(part))
            column = column if value_line == line else None
        elif isinstance(node, CommentedSeq) and isinstance(part, int) and part < len(node):
            line, column = cast("tuple[int, int]", node.lc.item(part))
        else:
            return line, None
        node = node[part]
    return line, column
