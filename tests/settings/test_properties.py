"""Whatever stands in a file: it is accepted, or it is one error with places. Never anything else."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from environments import InvalidEnvironmentError, load_environment
from environments.loader import ENVIRONMENTS
from random_environments import paths

SANDBOX: dict[str, Any] = json.loads(
    json.dumps(YAML(typ="safe").load((ENVIRONMENTS / "sandbox.yaml").read_text(encoding="utf-8")))
)
OF_OUR_CHOICE = (
    "access_entries",
    "containers",
    "environment",
    "fargate_profiles",
    "labels",
    "node_groups",
    "repositories",
    "secrets",
    "services",
)
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


@settings(max_examples=400)
@given(path=st.sampled_from(paths(SANDBOX)), junk=JUNK)
def test_one_wrong_value_anywhere(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[Any, ...], junk: object
) -> None:
    def put_junk(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
        node[key] = junk

    accepts_or_explains(tmp_path_factory, with_wrong(path, put_junk))


def with_wrong(path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> str:
    data = copy.deepcopy(SANDBOX)
    node = data
    for key in path[:-1]:
        node = node[key]
    change(node, path[-1])
    return json.dumps(data)


def put_nonsense(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
    node[key] = [[["nonsense"]]]


def misspell(node: Any, key: object) -> None:  # noqa: ANN401
    node[f"{key}_misspelt"] = node.pop(key)


NAMED = tuple(path for path in paths(SANDBOX) if isinstance(path[-1], str))


@pytest.mark.parametrize(
    ("path", "change"),
    [
        *((path, put_nonsense) for path in paths(SANDBOX)),
        # A key below `services` or `labels` is a name, and any is allowed.
        *((path, misspell) for path in NAMED if path[:-1] == () or path[-2] not in OF_OUR_CHOICE),
    ],
)
def test_one_wrong_value_is_no_reason_to_complain_of_others(
    tmp_path_factory: pytest.TempPathFactory, path: tuple[Any, ...], change: Callable[[Any, Any], None]
) -> None:
    error = rejection(written(tmp_path_factory, with_wrong(path, change)))
    assert error is not None
    for problem in error.problems:
        # At the place, below it, or at a section above that now lacks something it must have.
        shared = min(len(problem.path), len(path))
        assert problem.path[: shared - 1] == path[: shared - 1], problem
        assert str(problem.path[shared - 1]).startswith(str(path[shared - 1])), problem


@settings(max_examples=200)
@given(text=st.text(max_size=60))
def test_any_text(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    accepts_or_explains(tmp_path_factory, text)


def accepts_or_explains(folder: pytest.TempPathFactory, text: str) -> None:
    error = rejection(written(folder, text))
    for problem in error.problems if error else []:
        assert problem.allowed
        assert problem.line is None or problem.line >= 1
        assert problem.key in str(error)


def written(folder: pytest.TempPathFactory, text: str) -> str:
    file = folder.getbasetemp() / "property.yaml"
    Path(file).write_text(text, encoding="utf-8", errors="replace")
    return str(file)


def rejection(file: str) -> InvalidEnvironmentError | None:
    """Anything else that is raised is a defect and reaches the test."""
    try:
        load_environment(file)
    except InvalidEnvironmentError as error:
        return error
    return None
