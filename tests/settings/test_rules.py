"""What holds for every rule between keys. Their pairs are in `rules/`, in a file for each subject."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import Environment, InvalidEnvironmentError, Problem, load_environment
from settings.ecs import ContainerSettings, EcsSettings, TaskSettings
from settings.problems import KeyPath
from settings.rules import RULES, Rule, rule
from tests.support.rule_pairs import (
    MANAGED,
    RulePair,
    all_keys,
    containers,
    eks,
    network,
    other,
    problems,
    service,
)
from tests.support.summary_figures import record

PAIR_FILES = sorted((Path(__file__).parent / "rules").glob("test_*.py"))
PAIRS: list[RulePair] = [
    pair for file in PAIR_FILES for pair in importlib.import_module(f"tests.settings.rules.{file.stem}").PAIRS
]
CHECK_OF_EACH_PAIR = ('@pytest.mark.parametrize("pair", PAIRS, ids=str)\n', "    pair.check(tmp_path)\n")
RULE_FILES = sorted((Path(__file__).parent.parent.parent / "settings" / "rules").glob("[!_]*.py"))


def test_every_rule_has_a_pair() -> None:
    assert {pair.rule.partition(":")[0] for pair in PAIRS} == set(RULES)
    assert len({pair.rule for pair in PAIRS}) == len(PAIRS)
    record("preflight", rules=len(RULES), pairs=len(PAIRS))


def test_every_pair_is_checked() -> None:
    assert [file.stem for file in PAIR_FILES if any(line not in file.read_text() for line in CHECK_OF_EACH_PAIR)] == []


# Not a test for each of what is read in no time: there are two thousand.
def test_every_rule_gives_a_reason_and_a_source() -> None:
    assert [name for name, each in RULES.items() if not each.why.endswith(".") or not each.source] == []


def test_every_rule_declares_keys_that_exist() -> None:
    known = all_keys()
    assert [name for name, each in RULES.items() if not each.keys or not known.issuperset(each.keys)] == []


def test_every_message_says_what_to_do_and_why() -> None:
    assert [pair.rule for pair in PAIRS if not says_what_to_do_and_why(pair)] == []


def says_what_to_do_and_why(pair: RulePair) -> bool:
    lines = pair.message.splitlines()[1:]
    labels = [line.partition(":")[0] for line in lines]
    return (
        labels in (["allowed", "why"], ["fix", "why"], ["allowed", "fix", "why"])
        and f"why: {pair.checked_rule.why}" in lines
    )


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.stem)
def test_every_file_of_rules_is_found_and_short(file: Path) -> None:
    assert f"settings.rules.{file.stem}" in sys.modules
    assert len(file.read_text().splitlines()) <= 200


def test_two_rules_of_one_name_are_refused() -> None:
    def region_is_known(_: Environment) -> Iterator[Problem]:
        yield from ()

    with pytest.raises(ValueError, match="there are two rules region_is_known"):
        rule("a source", keys=("region",))(region_is_known)


@pytest.mark.parametrize(
    ("task", "key"),
    [
        ({"cpu_units": 384}, "cpu_units"),
        ({"execute_command": True}, "containers.main.read_only_root_filesystem"),
        ({"secrets_kms_key_arns": ("arn:aws:kms:us-east-1:111122223333:key/1",)}, "secrets_kms_key_arns[0]"),
    ],
)
def test_rules_ask_every_task_whatever_runs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, task: dict[str, object], key: str
) -> None:
    main = ContainerSettings(image="quay.io/shop/job:1")
    job = TaskSettings.model_validate({"containers": {"main": main}, **task})

    def tasks(_: EcsSettings) -> Iterator[tuple[KeyPath, TaskSettings]]:
        yield ("ecs", "jobs", "nightly"), job

    monkeypatch.setattr(EcsSettings, "tasks", tasks)
    assert [problem.key for problem in problems(tmp_path, service())] == [f"ecs.jobs.nightly.{key}"]


def keys(folder: Path, text: str) -> list[str]:
    return [problem.key for problem in problems(folder, text)]


def test_problems_between_keys_are_reported_together(tmp_path: Path) -> None:
    text = eks(
        "nodes: {one: {kind: managed, min_size: 5}}",
        head=service("cpu_units: 384", "scaling: {min_capacity: 5, max_capacity: 4}"),
    )
    assert keys(tmp_path, text) == [
        "ecs.services.web.cpu_units",
        "ecs.services.web.scaling.min_capacity",
        "eks.nodes.one.min_size",
    ]


def test_they_are_reported_together_with_wrong_values(tmp_path: Path) -> None:
    text = eks("nodes: {one: {kind: managed, min_size: 5}}", head=service("cpu_units: 384", "desired_count: many"))
    assert keys(tmp_path, text) == [
        "ecs.services.web.cpu_units",
        "ecs.services.web.desired_count",
        "eks.nodes.one.min_size",
    ]


def test_a_wrong_value_in_one_entry_does_not_hide_the_next_entry(tmp_path: Path) -> None:
    text = eks("nodes: {one: {kind: managed, min_size: few}, two: {kind: managed, min_size: 5}}")
    assert keys(tmp_path, text) == ["eks.nodes.one.min_size", "eks.nodes.two.min_size"]
    text = service("cpu_units: many") + other("cpu_units: 384")
    assert keys(tmp_path, text) == ["ecs.services.web.cpu_units", "ecs.services.other.cpu_units"]


def test_a_wrong_range_does_not_hide_a_missing_endpoint(tmp_path: Path) -> None:
    text = network("cidr: 10.0.0.0/15", "nat_gateways: none") + "ecs: {}\n"
    assert keys(tmp_path, text) == ["network.interface_endpoints", "network.cidr"]


def test_a_defect_in_a_rule_is_not_hidden(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def defective(environment: Environment) -> Iterator[Problem]:
        yield Problem(path=(), value=environment.no_such_key)  # type: ignore[attr-defined]

    each = Rule(name="defective", why="", source="", keys=(), check=defective, only_warns=False)
    monkeypatch.setitem(RULES, "defective", each)
    with pytest.raises(AttributeError, match="no_such_key"):
        problems(tmp_path, eks(MANAGED))


def test_the_text_of_the_error_shows_no_secret(tmp_path: Path) -> None:
    path = tmp_path / "checked.yaml"
    path.write_text(containers("web: {image: 'app:1', environment: {DB: 'postgres://shop:hunter2@db/shop'}}"))
    with pytest.raises(InvalidEnvironmentError) as error:
        load_environment(str(path))
    assert "containers.web.environment.DB" in str(error.value)
    assert "hunter2" not in str(error.value)
