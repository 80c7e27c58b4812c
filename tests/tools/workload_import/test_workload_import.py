"""What is printed for small files, in the manner of public ones; nothing in them is lost, and no secret is shown."""

from __future__ import annotations

import copy
import json
import random
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from app import build
from settings import EnvironmentWarning
from settings.loader import check
from tests.support.random_environment_checks import findings_of_plugins
from tests.support.synthesis import new_app
from tools.workload_import import compose_tasks
from tools.workload_import.__main__ import READERS, main
from tools.workload_import.accepted import HEAD
from tools.workload_import.block import Block
from tools.workload_import.ledger import EMPTY, Ledger, Note, leaves
from tools.workload_import.report import outcome, report

HERE = Path(__file__).parent
FILES = {
    **{path.stem: ("compose", path) for path in sorted((HERE / "compose").glob("*.yaml")) if path.stem != "common"},
    **{path.stem: ("task-definition", path) for path in sorted((HERE / "task_definition").glob("*.json"))},
}
NAMES = pytest.mark.parametrize("name", FILES)
OPEN = ("environment", "labels", "ulimits", "sysctls", "dockerLabels")
# Every value of the fixtures that must not be shown contains it.
MARKED = "hunter2"


def imported(name: str) -> tuple[Block, Ledger]:
    kind, path = FILES[name]
    return READERS[kind](path)


def printed(block: Block, ledger: Ledger) -> str:
    return "\n".join(report(block, ledger, "file")[0])


@pytest.mark.parametrize("path", sorted(HERE.glob("*/*.expected")), ids=lambda path: path.stem)
def test_the_list_and_the_keys_are_printed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind = "compose" if path.parent.name == "compose" else "task-definition"
    source = path.with_suffix(".yaml" if kind == "compose" else ".json")
    assert main([kind, str(source)]) == 0
    assert capsys.readouterr().out == path.read_text(encoding="utf-8")


def test_every_file_has_its_expected_output() -> None:
    assert {path for _, path in FILES.values()} == {
        path.with_suffix(".yaml" if path.parent.name == "compose" else ".json") for path in HERE.glob("*/*.expected")
    }


@NAMES
def test_every_value_is_carried_or_listed(name: str) -> None:
    _, ledger = imported(name)
    notes = ledger.notes()
    for path, _ in leaves((), ledger.document):
        assert ledger.is_carried(path) or is_listed(path, notes), path


@NAMES
def test_a_key_that_nobody_knows_is_listed_wherever_it_stands(name: str, tmp_path: Path) -> None:
    kind, source = FILES[name]
    document = raw(source)
    for place in mappings(document):
        changed = copy.deepcopy(document)
        at(changed, place)["zz_unknown"] = "zz"
        _, ledger = READERS[kind](written(tmp_path, source, changed))
        paths = [path for path, value in leaves((), ledger.document) if path[-1] == "zz_unknown" or value == "zz"]
        assert paths, place
        for path in paths:
            # A variable, a label, and a service are things of any name.
            is_open = path[-2:-1] and path[-2] in OPEN
            assert is_listed(path, ledger.notes()) or (is_open and ledger.is_carried(path)), path


@NAMES
def test_what_is_carried_is_in_the_result(name: str, tmp_path: Path) -> None:
    """Another value of a key that is said to be carried makes another block, or another list."""
    kind, source = FILES[name]
    block, ledger = imported(name)
    document = raw(source)
    carried = [path for path, value in leaves((), document) if ledger.is_carried(path) and value not in EMPTY]
    assert carried
    for path in random.Random(1).sample(carried, min(25, len(carried))):  # noqa: S311 - a sample of tests
        changed = copy.deepcopy(document)
        at(changed, path[:-1])[path[-1]] = another(at(changed, path))
        other, other_ledger = READERS[kind](written(tmp_path, source, changed))
        assert (other.data, reasons(other_ledger)) != (block.data, reasons(ledger)), path


@NAMES
def test_no_secret_is_printed(name: str) -> None:
    assert MARKED not in printed(*imported(name))


@NAMES
def test_no_permission_is_invented(name: str) -> None:
    block, _ = imported(name)
    for entries in block.tasks:
        for task in entries.values():
            assert not {"task_role_statements", "egress", "execute_command", "routing"} & set(task)


@NAMES
def test_the_keys_read_back_are_those_that_were_made(name: str) -> None:
    block, _ = imported(name)
    assert YAML(typ="safe", pure=True).load(block.text()) == block.data


@NAMES
def test_what_is_printed_is_accepted_once_the_owner_has_decided(name: str) -> None:
    block, _ = imported(name)
    _, problems = check({**HEAD, **decided(block.data)})
    assert [line for problem in problems for line in problem.lines()] == []


@pytest.mark.slow
def test_what_is_printed_passes_the_gates(tmp_path: Path) -> None:
    document: dict[str, Any] = {**HEAD, "registry": {"repositories": {}}, "ecs": {}}
    del document["name"]
    for name in FILES:
        made = decided(imported(name)[0].data)
        document["registry"]["repositories"] |= made.get("registry", {}).get("repositories", {})
        for kind, entries in made["ecs"].items():
            document["ecs"].setdefault(kind, {}).update(entries)
    (tmp_path / "imported.yaml").write_text(json.dumps(document))
    app = new_app(
        outdir=tmp_path / "out",
        environment=str(tmp_path / "imported.yaml"),
        **{"@aws-cdk/core:failSynthOnValidationErrors": False},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        build(app)
    assert list(findings_of_plugins(app, tmp_path / "out")) == []


@pytest.mark.parametrize(("name", "expected"), [("whole", "whole"), ("sleeper", "whole"), ("shop", "in part")])
def test_the_outcome_says_whether_anything_is_left(name: str, expected: str) -> None:
    assert outcome(*imported(name)) == expected


def test_what_runs_once_is_a_standalone_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_tasks, "OFFERED", ("services", "standalone_tasks"))
    block, ledger = imported("jobs")
    assert block.names("services") == ["base", "api", "tool"]
    assert block.names("standalone_tasks") == ["migrate", "nightly"]
    assert block.ecs["standalone_tasks"]["migrate"] == {
        "containers": {
            "migrate": {
                "image": "registry.gitlab.com/example/app:3.1",
                "command": ["migrate", "--all"],
                "environment": {"LOG_LEVEL": "info", "QUEUE": "default"},
            }
        }
    }
    assert is_listed(("services", "migrate", "scale"), ledger.notes())


def test_a_mapping_cannot_be_carried_unread() -> None:
    node = Ledger({"deploy": {"replicas": 2, "unknown": 1}}).root.child("deploy")
    assert node is not None
    with pytest.raises(TypeError, match="carried unread"):
        node.carry()


def is_listed(path: tuple[str | int, ...], notes: list[Note]) -> bool:
    return any(note.fate != "carried" and path[: len(note.path)] == note.path for note in notes)


def reasons(ledger: Ledger) -> list[tuple[object, ...]]:
    return [(note.fate, note.path, note.reason) for note in ledger.notes()]


def raw(source: Path) -> Any:  # noqa: ANN401 - JSON
    text = source.read_text(encoding="utf-8")
    if source.suffix == ".json":
        return json.loads(text)
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text)))


def written(folder: Path, source: Path, document: object) -> Path:
    """The changed document, with the files beside it."""
    for other in source.parent.glob("*.env"):
        (folder / other.name).write_text(other.read_text())
    if source.suffix == ".yaml":
        (folder / "common.yaml").write_text((source.parent / "common.yaml").read_text())
    path = folder / source.name
    path.write_text(json.dumps(document))
    return path


def at(document: Any, path: tuple[str | int, ...]) -> Any:  # noqa: ANN401 - JSON
    for part in path:
        document = document[part]
    return document


def mappings(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place that has keys, but the one of the services, whose keys are names."""
    if isinstance(value, Mapping):
        if path != ("services",):
            yield path
        for key, each in value.items():
            yield from mappings(each, (*path, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from mappings(each, (*path, index))


def another(value: object) -> object:
    """A value of the same kind, which Compose and Amazon ECS take in the same place."""
    changes: list[tuple[Callable[[object], bool], Callable[[Any], object]]] = [
        (lambda each: isinstance(each, bool), lambda each: not each),
        (lambda each: isinstance(each, int), lambda each: each * 4 + 1),
        (lambda each: str(each).replace(".", "").isdigit(), lambda each: str(float(each) * 4 + 1)),
        (lambda _: True, lambda each: f"{each}9"),
    ]
    return next(change(value) for fits, change in changes if fits(value))


def decided(data: Mapping[str, object]) -> dict[str, Any]:
    """The keys, with a tag for each image."""
    made: dict[str, Any] = json.loads(json.dumps(data))
    for kind, entries in made["ecs"].items():
        for name, task in entries.items() if kind != "capacity" else ():
            for container in task["containers"].values():
                image = container.get("image", f"docker.io/example/{name}:latest")
                container["image"] = re.sub(r":(latest|\$\{.*\})$", ":1.0.0", image)
    return made
