"""The block that is printed loads as it is."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from settings import EnvironmentWarning, load_environment
from tests.support.rule_pairs import HEAD
from tests.tools.compute_choice.test_choice import CASES
from tools.compute_choice.answers import Answers
from tools.compute_choice.block import block
from tools.compute_choice.choice import Choice
from tools.compute_choice.ways import Way

WORKLOADS = {
    **{name: case["answers"] for name, case in CASES.items()},
    "x86, any way": {
        "tasks_average": 3,
        "vcpus": 1,
        "gib": 3,
        "architecture": "x86_64",
        "interruptible": 0.5,
        "spot_discount": 0.6,
    },
    "scaled": {"tasks_average": 3, "tasks_min": 0, "tasks_max": 12, "vcpus": 0.1, "gib": 0.3},
    "windows": {"tasks_average": 2, "vcpus": 1, "gib": 4, "windows": True, "architecture": "x86_64"},
    "daemons": {"tasks_average": 2, "vcpus": 1, "gib": 4, "daemons": True},
}
POSSIBLE = [
    pytest.param(name, cost.way, id=f"{name}-{cost.way.name}")
    for name, answers in WORKLOADS.items()
    for cost in Choice.of(Answers.checked(answers)).possible
    if cost.way is not Way.EC2
]


@pytest.mark.parametrize(("name", "way"), POSSIBLE)
def test_a_block_loads(name: str, way: Way, tmp_path: Path) -> None:
    answers = Answers.checked(WORKLOADS[name])
    cost = next(each for each in Choice.of(answers).possible if each.way is way)
    file = tmp_path / "pasted.yaml"
    file.write_text(HEAD + block(cost, answers))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", EnvironmentWarning)
        environment = load_environment(str(file))

    assert (environment.eks is not None) is way.is_kubernetes
    assert (environment.ecs is not None) is not way.is_kubernetes


def test_every_way_of_this_project_is_among_them() -> None:
    assert {each.values[1] for each in POSSIBLE} == set(Way) - {Way.EC2}


def test_what_is_not_part_of_this_project_is_said() -> None:
    answers = Answers.checked({"tasks_average": 3, "vcpus": 1, "gib": 2, "orchestrator": "none"})
    cost = next(each for each in Choice.of(answers).possible if each.way is Way.EC2)

    assert block(cost, answers) == "# Amazon EC2 without an orchestrator is not part of this project.\n"
