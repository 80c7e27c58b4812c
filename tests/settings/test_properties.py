"""Whatever a file contains, it is accepted, or it is one error with places. Never anything else."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from ruamel.yaml import YAML

from settings import InvalidEnvironmentError, load_environment
from settings.documentation.examples import EXAMPLE_FILE
from settings.environment import Environment
from settings.loader import ENVIRONMENTS, check
from settings.problems import KeyPath, Problem
from settings.schema import node_at, options
from settings.yaml_document import YamlDocument
from tests.support.complete_environments import COMPLETE_ENVIRONMENTS
from tests.support.environment_keys import complete
from tests.support.key_effects import without_name
from tests.support.rule_pairs import all_keys, notation
from tests.support.sampling import sampled


def every_key(file: Path) -> dict[str, Any]:
    """An example, with every default stated."""
    data = complete({"name": "shop", **json.loads(json.dumps(YAML(typ="safe").load(file.read_text(encoding="utf-8"))))})
    ecs = data["ecs"] or {"services": {}, "capacity": {}}
    for group in ecs["capacity"].values():
        if group["instance_requirements"]:
            group.pop("instance_types", None)  # refused beside requirements
    for service in ecs["services"].values():
        if service["scaling"] or service["scheduling_strategy"] == "DAEMON":
            del service["desired_count"]  # refused beside either
        if service["capacity_provider_strategy"][0]["capacity_provider"] == "FARGATE":
            del service["placement_strategies"]  # refused on Fargate, if it is another than the default
        if service["operating_system"] != "linux":
            for container in service["containers"].values():
                del container["user"], container["read_only_root_filesystem"]  # refused in Windows containers
    for name, balancer in ecs.get("network_load_balancers", {}).items():
        if balancer["existing"]:  # which refuses what shapes a new one
            kept = {key: balancer[key] for key in ("existing", "listeners")}
            ecs["network_load_balancers"][name] = kept
    for worker in ecs.get("queue_workers", {}).values():
        if worker["queue"]["existing"]:
            worker["queue"] = {"existing": worker["queue"]["existing"]}  # which refuses the others
    return data


# The example of the documentation has every section but those that exclude keys beside them.
EVERY_KEY = every_key(EXAMPLE_FILE)
EXISTING_NETWORK = every_key(EXAMPLE_FILE.parents[1] / "examples" / "existing-vpc.yaml")
EXISTING_NETWORK["network"] = {"existing": EXISTING_NETWORK["network"]["existing"]}
EXISTING_ECS = every_key(EXAMPLE_FILE.parents[1] / "examples" / "existing-net.yaml")
EXISTING_ECS["network"] = {
    key: EXISTING_ECS["network"][key] for key in ("interface_endpoints", "gateway_endpoints", "existing")
}
EXISTING_ECS["ecs"]["load_balancer"] = {"existing": EXISTING_ECS["ecs"]["load_balancer"]["existing"]}
WORKING_HOURS = every_key(EXAMPLE_FILE.parents[1] / "examples" / "working-hours.yaml")
ALONE: dict[KeyPath, dict[str, Any]] = {
    ("network", "existing"): EXISTING_NETWORK,
    ("ecs", "load_balancer", "existing"): EXISTING_ECS,
    ("ecs", "existing_cluster"): EXISTING_ECS,
    ("working_hours",): WORKING_HOURS,
    ("eks", "outpost"): every_key(EXAMPLE_FILE.parents[1] / "examples" / "eks-outpost.yaml"),
}
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
# What an add-on or an operating system is configured with is its own business.
FREE = tuple(
    f"eks.{place}."
    for place in (
        "add_ons.<name>.configuration",
        "nodes.<name>.bottlerocket_settings",
        "nodes.<name>.kubelet",
        "nodes.<name>.node_config",
    )
)


def paths(node: object, path: KeyPath = ()) -> list[KeyPath]:
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path] * bool(path) + [inner for key, child in children for inner in paths(child, (*path, key))]


PATHS = [path for path in paths(EVERY_KEY) if path not in ALONE]
PATHS += [path for alone, file in ALONE.items() for path in paths(file) if path[: len(alone)] == alone]


def test_the_file_has_every_key_and_is_accepted(tmp_path: Path) -> None:
    present = {notation(path) for path in PATHS}
    # What all tasks have is there once, like that of all routings and of all load balancers, and a list may be empty.
    elsewhere = {part for key in present for part in parts(key)}
    unnamed = {without_names(key) for key in present}
    assert not [
        key
        for key in all_keys() - present
        if elsewhere.isdisjoint(parts(key)) and without_names(key) not in unnamed and not key.endswith("[]")
    ]
    for data in (EVERY_KEY, EXISTING_NETWORK, EXISTING_ECS, WORKING_HOURS, ALONE["eks", "outpost"]):
        assert rejection(written(tmp_path, json.dumps(data))) is None
        assert check(data)[1] == []


def without_names(key: str) -> str:
    """The same key of what has no name: a routing, a load balancer."""
    while shorter := without_name(key):
        key = shorter
    return key


def parts(key: str) -> set[str]:
    """What follows a name, or one of the capabilities, which have the same keys; else the whole key."""
    places = [found.end() for found in re.finditer(r"\.<name>\.|^eks\.capabilities\.\w+\.", key)]
    return {key[place:] for place in places if key[place:] != "<name>"} or {key}


@pytest.mark.thorough
@settings(max_examples=150)
@given(path=st.sampled_from(PATHS), junk=JUNK)
def test_one_wrong_value_anywhere(path: KeyPath, junk: object) -> None:
    def put_junk(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
        node[key] = junk

    _, problems = check(with_wrong(path, put_junk))
    assert all(each.allowed or each.fix for each in problems)


def file_with(path: KeyPath) -> dict[str, Any]:
    return next((file for alone, file in ALONE.items() if path[: len(alone)] == alone), EVERY_KEY)


def with_wrong(path: KeyPath, change: Callable[[Any, Any], None]) -> dict[str, Any]:
    """A file with what holds the path changed; the rest it shares with the right one."""
    data: dict[str, Any] = copy.copy(file_with(path))
    node: Any = data
    for key in path[:-1]:
        node[key] = copy.copy(node[key])
        node = node[key]
    change(node, path[-1])
    return data


def put_nonsense(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
    node[key] = [[["nonsense"]]]


@pytest.mark.parametrize(
    "path", sampled(((path,) for path in PATHS if not notation(path).startswith(FREE)), one_of=16), ids=notation
)
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


@pytest.mark.parametrize(("path", "misspelled"), sampled(zip(KEYS, cycle(MISSPELLINGS), strict=False), one_of=16))
def test_one_misspelled_key_is_one_problem(path: KeyPath, misspelled: Callable[[str], str]) -> None:
    wrong = misspelled(str(path[-1]))

    def misspell(node: Any, key: object) -> None:  # noqa: ANN401 - a mapping or a list
        node[wrong] = node.pop(key)

    _, (problem,) = check(with_wrong(path, misspell))
    assert problem.path == (*path[:-1], wrong)
    assert problem.lines()[0].endswith(": unknown key")
    # One letter tells ecs from eks, so that the key may be one of two.
    assert problem.fix.startswith("did you mean ")
    assert str(path[-1]) in re.findall(r"\w+", problem.fix)[3:]


FILES = (
    EVERY_KEY,
    # Without what the environments share in memory: a change is in one place.
    *json.loads(json.dumps(COMPLETE_ENVIRONMENTS)),
    *({"name": path.stem, **YamlDocument(path).data} for path in (EXAMPLE_FILE, *sorted(ENVIRONMENTS.glob("*.yaml")))),
)


def known_keys(path: KeyPath, file: object) -> set[str]:
    """Of a mapping that has certain keys only; empty for any other value."""
    return {key for option in options(node_at(path, file)) for key in option.get("properties", {})}


def value_at(path: KeyPath, file: object) -> Any:  # noqa: ANN401 - whatever a file has there
    for key in path:
        file = file[key]  # type: ignore[index]
    return file


CLOSED_MAPPINGS = [
    (number, path)
    for number, file in enumerate(FILES)
    for path in [(), *paths(file)]
    if isinstance(value_at(path, file), dict) and known_keys(path, file)
]


def words_like(keys: set[str]) -> st.SearchStrategy[str]:
    """Any word, and words that are near to keys or begin one."""
    near = [change(key) for key in sorted(keys) for change in (*MISSPELLINGS, str.upper, lambda key: key.split("_")[0])]
    return st.text(min_size=1, max_size=12) | st.sampled_from(near) | st.sampled_from(["tags", "name", "kinds", "port"])


@pytest.mark.thorough
@settings(max_examples=150)
@given(data=st.data(), place=st.sampled_from(CLOSED_MAPPINGS), value=JUNK)
def test_one_unknown_key_anywhere_is_one_problem(
    data: st.DataObject, place: tuple[int, KeyPath], value: object
) -> None:
    number, path = place
    known = known_keys(path, FILES[number])
    key = data.draw(words_like(known).filter(lambda word: word not in known))
    file = copy.deepcopy(FILES[number])
    value_at(path, file)[key] = value
    _, (problem,) = check(file)
    assert problem.path == (*path, key)
    assert problem.lines()[0].endswith(": unknown key")


def test_the_files_of_these_tests_are_right() -> None:
    assert [check(file)[1] for file in FILES] == [[]] * len(FILES)


WRONG: tuple[object, ...] = (
    *(None, True, 0, -1, 10**9, 1.5, float("inf"), "", " ", "No such value!", "a" * 2000, "5", "yes", "\u00b2"),
    *([], {}, [None], [[1]], ["a", "a"], ["a"] * 60, {"a": {}}, {"": 1}, {"a b": "c"}, {"kind": 5}, [{}], [{"zz": 1}]),
    {f"k{number}": "v" for number in range(60)},
)


def of_the_model(file: dict[str, Any]) -> list[Any]:
    """What pydantic says."""
    try:
        Environment.model_validate_json(json.dumps(file))
    except ValidationError as error:
        return list(error.errors())
    return []


# Words of pydantic's messages, of which the users of a file know nothing.
WORDS_OF_PYDANTIC = ("Tuple", "Dictionary", "Input", "String should", "Value error", "after validation", "pydantic")


def too_many(path: KeyPath) -> list[object]:
    """One item, entry, or character more than the schema allows, each of which is right."""
    found = value_at(path, file_with(path))
    for option in options(node_at(path, file_with(path))):
        if "maxItems" in option and found:
            return [found[:1] * (option["maxItems"] + 1)]
        if "maxLength" in option:
            return ["a" * (option["maxLength"] + 1)]
        if "maxProperties" in option and found:
            name, value = next(iter(found.items()))
            return [{f"{name}{number}": value for number in range(option["maxProperties"] + 1)}]
    return []


@pytest.mark.thorough
def test_a_value_that_the_model_refuses_is_one_problem_in_words() -> None:
    seen = set()
    # One place of each key.
    checked = {notation(path): path for path in PATHS if not notation(path).startswith(FREE)}.values()
    for number, path in enumerate(checked):
        # Keys of one type stand one after another, so each type meets every value.
        for value in (*WRONG[number % 14 :: 14], *too_many(path)):
            file = with_wrong(path, lambda node, key, value=value: node.__setitem__(key, value))  # type: ignore[misc]
            errors = of_the_model(file)
            seen |= {error["type"] for error in errors}
            if errors:
                said_of_wrong_value(path, value, check(file)[1], errors)
    assert seen == {
        *("bool_type", "dict_type", "int_type", "model_type", "string_type", "tuple_type"),
        *("extra_forbidden", "missing", "literal_error", "union_tag_invalid", "union_tag_not_found", "value_error"),
        *("greater_than_equal", "less_than_equal", "string_pattern_mismatch", "string_too_long", "string_too_short"),
        *("too_long", "too_short"),
    }


def said_of_wrong_value(path: KeyPath, value: object, problems: list[Problem], errors: list[Any]) -> None:
    # What is a mapping has keys of its own, with which rules have to do.
    if not isinstance(value, dict):
        assert [problem for problem in problems if problem.path[: len(path)] != path] == []
    if not isinstance(value, dict | list):
        assert [problem.path for problem in problems] == [path]
    for problem in problems:
        text = "\n".join(problem.lines())
        assert not [word for word in WORDS_OF_PYDANTIC if word in text], text
        assert not [error["msg"] for error in errors if error["msg"] in text], text
        assert problem.allowed or problem.fix
        # Patterns are for programs.
        assert " ^" not in text


def test_a_wrong_entry_does_not_hide_what_is_wrong_with_others() -> None:
    wrong: object
    for wrong in ({"kind": "elastic"}, None, [], {"kind": "managed", "min_size": "few"}, {}):
        file = copy.deepcopy(EVERY_KEY)
        file["eks"]["fargate_pod_logs"] = False  # which is for Fargate profiles
        file["eks"]["nodes"] = {"a-wrong": wrong, "right": {"kind": "managed", "min_size": 5}}
        _, problems = check(file)
        assert {problem.path[:3] for problem in problems} == {("eks", "nodes", "a-wrong"), ("eks", "nodes", "right")}


@settings(max_examples=100)
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
