"""From a name or a path to a checked `Environment`, or to one error that lists everything that is wrong."""

from __future__ import annotations

import json
import math
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pydantic import ValidationError

from settings.environment import Environment
from settings.given_images import NO_IMAGES, GivenImages
from settings.lenient import LenientValidation
from settings.model_problems import in_quotes, model_problems
from settings.problems import EnvironmentWarning, InvalidEnvironmentError, KeyPath, Problem, notation
from settings.rules import find_problems, find_warnings
from settings.rules.sections import section_has_a_value
from settings.unknown import remove_unknown
from settings.yaml_document import EXTENSION_PREFIX, UnreadableYamlError, YamlDocument

ENVIRONMENTS = Path(__file__).parent.parent / "environments"
# How the CDK marks what it fills in later, in texts and in lists of texts.
TOKENS = ("${Token[", "#{Token[")
# How Python writes the numbers that JSON does not have.
NOT_OF_JSON = ("NaN", "Infinity")


def load_environment(name_or_path: str, *, folder: Path = ENVIRONMENTS, images: GivenImages = NO_IMAGES) -> Environment:
    """Read and check an environment.

    Args:
        name_or_path: `sandbox` for `environments/sandbox.yaml`, or the path of a YAML file anywhere.
        folder: Where names are looked up.
        images: Images that take the place of those in the file.

    Raises:
        InvalidEnvironmentError: With all problems of the file at once.

    Warns:
        EnvironmentWarning: With all warnings that the file does not acknowledge.
    """
    path = _find_file(name_or_path, folder)
    file = _short(path)
    try:
        document = YamlDocument(path)
    except UnreadableYamlError as error:
        raise InvalidEnvironmentError(file=file, problems=error.problems) from None
    unknown = list(images.problems(document.data))
    environment, problems = check(images.put_into({"name": path.stem, **_without_extensions(document)}))

    def named(found: Iterable[Problem]) -> list[Problem]:
        return [images.named(problem, document.data) for problem in _located(found, document)]

    if problems or unknown:
        raise InvalidEnvironmentError(file=file, problems=[*named(problems), *unknown])
    if unacknowledged := list(_unacknowledged(environment, document)):
        warnings.warn(EnvironmentWarning(file=file, problems=named(unacknowledged)), stacklevel=2)
    return environment


def _without_extensions(document: YamlDocument) -> dict[str, object]:
    return {key: value for key, value in document.data.items() if not key.startswith(EXTENSION_PREFIX)}


def check(data: Mapping[str, object]) -> tuple[Environment, list[Problem]]:
    """The environment that a document describes, and all that is wrong with it.

    Args:
        data: The document, as JSON has it, with the name of the environment.

    Returns:
        With problems, the environment is without the values that are wrong.
    """
    problems: list[Problem] = []
    text = json.dumps(data)
    try:
        environment = Environment.model_validate_json(text)
    except ValidationError as error:
        problems += model_problems(error, data)
        # Problems between the other keys are reported together with these.
        environment = Environment.model_validate_json(text, context=LenientValidation())
        remove_unknown(environment)
    wrong = {problem.path for problem in problems}
    for problem in _not_for_templates(data) if any(each in text for each in (*TOKENS, *NOT_OF_JSON)) else ():
        if not any(problem.path[: len(path)] == path for path in wrong):
            problems.append(problem)
    return environment, [*problems, *find_problems(environment)]


def _unacknowledged(environment: Environment, document: YamlDocument) -> Iterator[Problem]:
    acknowledged = environment.acknowledged_warnings
    for problem in find_warnings(environment):
        # The environment does not say whether null is written, or nothing is.
        is_chosen = problem.warning == section_has_a_value.__name__ and document.place(problem.path).written
        if not is_chosen and not any(each.answers(warning=problem.warning, key=problem.key) for each in acknowledged):
            yield problem


def _not_for_templates(node: object, path: KeyPath = ()) -> Iterator[Problem]:
    """Text that the CDK would take for a value that it fills in later, and numbers that JSON does not have.

    Either would end the synthesis with a traceback, or make a template that is no JSON.
    """
    if isinstance(node, str) and (found := [token for token in TOKENS if token in node]):
        yield Problem(
            path=path,
            finding=f"the text contains {found[0]}, which the CDK reserves for values that it fills in later",
            fix=f"write it without {found[0]}",
        )
    if isinstance(node, float) and not math.isfinite(node):
        yield Problem(path=path, finding="this is not a finite number", fix="write a finite number, or text in quotes")
    children = node.items() if isinstance(node, Mapping) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from _not_for_templates(key, (*path, key))
        yield from _not_for_templates(child, (*path, key))


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


def _located(problems: Iterable[Problem], document: YamlDocument) -> list[Problem]:
    """Each with its line, and once, however many aliases lead there."""
    found: dict[object, Problem] = {}
    for problem in problems:
        place = document.place(problem.path)
        located = replace(in_quotes(problem, place, document.data), line=place.line)
        if place.missing and not problem.finding:
            # What a reader has not written needs a word more.
            of_the_file = problem.path == ("name",)
            origin = "from the name of the file" if of_the_file else "the default"
            fix = "rename the file, or add the key name" if of_the_file else problem.fix
            finding = f"{notation(problem.value)}, {origin}, is not allowed"
            located = replace(located, finding=finding, fix=fix)
        identity = (place.node, place.missing, replace(located, path=(), line=None, value=repr(problem.value)))
        first = found.setdefault(identity, located)
        if first is not located and (first.path, first.line) != (located.path, located.line):
            found[identity] = replace(first, also=(*first.also, located.key))
    return list(found.values())
