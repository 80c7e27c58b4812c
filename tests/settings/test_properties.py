"""Whatever a file contains, it is accepted, or it is one error with places. Never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from settings import InvalidEnvironmentError, load_environment
from settings.documentation.examples import EXAMPLE_FILE
from settings.loader import check
from settings.problems import KeyPath
from tests.support.environment_keys import complete
from tests.support.rule_pairs import all_keys, notation


def every_key() -> dict[str, Any]:
    """The example of the documentation, which has every section, with every default stated."""
    data = complete(json.loads(json.dumps(YAML(typ="safe").load(EXAMPLE_FILE.read_text(encoding="utf-8")))))
    for service in data["ecs"]["services"].values():
        if service["scaling"]:
            del service["desired_count"]  # refused beside scaling
    return data


EVERY_KEY = every_key()
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.just("0.0.0.0/0"),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3),
    max_leaves=4,
)
# What an add-on is configured with is its own business.
FREE = "eks.add_ons.<name>.configuration."


def paths(node: object, path: KeyPath = ()) -> list[KeyPath]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [inner for key, child in children for inner in paths(child, (*path, key))]


PATHS = paths(EVERY_KEY)


def test_the_file_has_every_key_and_is_accepted(tmp_path: Path) -> None:
    present = {notation(path) for path in PATHS}
    # What all tasks have is there once, and a list may be empty.
    elsewhere = {below_name(key) for key in present}
    assert not [key for key in all_keys() - present if below_name(key) not in elsewhere and not key.endswith("[]")]
    assert rejection(written(tmp_path, json.dumps(EVERY_KEY))) is None
    assert check(EVERY_KEY)[1] == []


def below_name(key: str) -> str:
    return key.partition(".<name>.")[2] or key


@settings(max_examples=400)
@given(path=st.sampled_from(PATHS), junk=JUNK)
def test_one_wrong_value_anywhere(path: KeyPath, junk: object) -> None:
    def put_junk(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
        node[key] = junk

    _, problems = check(with_wrong(path, put_junk))
    assert all(each.allowed or each.fix for each in problems)


def with_wrong(path: KeyPath, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    data = copy.deepcopy(EVERY_KEY)
    node: Any = data
    for key in path[:-1]:
        node = node[key]
    change(node, path[-1])
    return data


def put_nonsense(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
    node[key] = [[["nonsense"]]]


@pytest.mark.parametrize("path", [path for path in PATHS if not notation(path).startswith(FREE)], ids=notation)
def test_one_wrong_value_is_no_reason_to_complain_of_others(path: KeyPath) -> None:
    _, problems = check(with_wrong(path, put_nonsense))
    assert problems
    for problem in problems:
        # At the place or below it.
        assert problem.path[: len(path)] == path, problem


def double_the_last_letter(key: str) -> str:
    return key + key[-1]


def leave_out_a_letter(key: str) -> str:
    return key[:1] + key[2:]


def swap_the_first_letters(key: str) -> str:
    return key[1] + key[0] + key[2:]


MISSPELLINGS = (double_the_last_letter, leave_out_a_letter, swap_the_first_letters)
# A key below `services` or `labels` is a name, and any is allowed.
KEYS = [path for path in PATHS if not notation(path).endswith(("<name>", "[]"))]


@pytest.mark.parametrize(("path", "misspelled"), list(zip(KEYS, cycle(MISSPELLINGS), strict=False)))
def test_one_misspelled_key_is_one_problem(path: KeyPath, misspelled: Callable[[str], str]) -> None:
    wrong = misspelled(str(path[-1]))

    def misspell(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
        node[wrong] = node.pop(key)

    _, (problem,) = check(with_wrong(path, misspell))
    assert problem.path == (*path[:-1], wrong)
    assert problem.lines()[0].endswith(": unknown key")
    # One letter tells ecs from eks.
    assert problem.fix == f"did you mean {path[-1]}?" or path == ("ecs",)


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    error = rejection(written(tmp_path_factory.getbasetemp(), text))
    for problem in error.problems if error else []:
        assert problem.allowed or problem.fix
        assert problem.line is None or problem.line >= 1
        assert problem.key in str(error)


def written(folder: Path, text: str) -> str:
    file = folder / "property.yaml"
    file.write_text(text, encoding="utf-8", errors="replace")
    return str(file)


def rejection(file: str) -> InvalidEnvironmentError | None:
    """Anything else that is raised is a defect and reaches the test."""
    try:
        load_environment(file)
    except InvalidEnvironmentError as error:
        return error
    return None
