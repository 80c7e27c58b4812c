"""The choice is the one that was computed by hand, or the file says which figure differs and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from tools.compute_choice.answers import Answers, AnswersError
from tools.compute_choice.choice import Choice
from tools.compute_choice.exclusions import exclusions
from tools.compute_choice.instances import tasks_on
from tools.compute_choice.ways import Way, break_even_packing, costs

CASES: dict[str, dict[str, Any]] = YAML(typ="safe").load((Path(__file__).parent / "cases.yaml").read_text())
NEAR = 0.002
TASK: dict[str, object] = {"tasks_average": 4, "vcpus": 1, "gib": 2}


def _answers(**answers: object) -> Answers:
    return Answers.checked({**TASK, **answers})


def _best(**answers: object) -> Way:
    best = Choice.of(_answers(**answers)).best
    assert best is not None
    return best.way


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        pytest.param(name, figure, id=f"{name[:1]}-{figure['way']}-{figure['usd']}")
        for name, case in CASES.items()
        for figure in case["figures"]
    ],
)
def test_a_figure_is_the_one_that_was_computed(name: str, figure: dict[str, Any]) -> None:
    changes = {**figure.get("change", {}), "instance_type": figure.get("instance_type")}
    answers = Answers.checked({**CASES[name]["answers"], **changes})
    way = Way[figure["way"]]
    if not changes.get("interruptible") and not way.is_spot:
        assert exclusions(way, answers) == []

    found = costs(way, answers)

    assert found is not None
    assert found.monthly is not None
    assert (found.monthly == pytest.approx(figure["usd"], rel=NEAR)) is ("differs" not in figure), found


@pytest.mark.parametrize("name", CASES)
def test_a_case_has_the_answer_that_was_computed(name: str) -> None:
    best = Choice.of(Answers.checked(CASES[name]["answers"])).best

    assert best is not None
    assert best.way is Way[CASES[name]["best"]]


def test_the_instances_of_the_second_case_are_those_that_the_file_explains() -> None:
    best = Choice.of(Answers.checked(CASES["2 twenty tasks that use a fifth of their CPU"]["answers"])).best

    assert best is not None
    assert best.what == "3 r7g.large, 7 on each"
    assert best.monthly == pytest.approx(241.75, abs=0.01)


@pytest.mark.parametrize(
    ("kubernetes", "answers", "tasks"),
    [
        (False, {"vcpus": 0.5, "gib": 1}, 30),
        # 110 pods reserve 1,565 MiB and half of the memory goes with it.
        (True, {"vcpus": 0.5, "gib": 1}, 28),
        (False, {"vcpus": 4, "gib": 4}, 4),
        # A part of the last vCPU is reserved.
        (True, {"vcpus": 4, "gib": 4}, 3),
        (False, {"vcpus": 0.01, "gib": 0.01, "awsvpc": False}, 1600),
        (True, {"vcpus": 0.01, "gib": 0.01}, 110),
    ],
)
def test_a_node_holds_what_is_left_of_it(kubernetes: bool, answers: dict[str, object], tasks: int) -> None:
    assert tasks_on("c7g.4xlarge", _answers(**answers), kubernetes=kubernetes) == tasks


def test_smaller_jvms_change_the_answer() -> None:
    changes = list(Choice.of(Answers.checked(CASES["3 twelve JVMs"]["answers"])).what_would_change_it())

    assert "tasks of 15.2 GiB, of which 4 fit on a r7g.2xlarge: Amazon ECS on EC2, $945.40" in changes


BREAK_EVEN = {
    # Type: on demand, Managed Instances, 3 years of both, Spot at -60 % beside Fargate Spot; computed by hand.
    "m7i.large": (0.89, 1.00, 0.84, 1.18),
    "m7g.large": (0.91, 1.02, 0.88, 1.21),
    "c7g.large": (0.96, 1.07, 0.93, 1.28),
    "r7g.large": (0.91, 1.01, 0.87, 1.19),
    "m8g.large": (1.00, 1.11, 0.96, 1.32),
    "t4g.medium": (0.47, 0.52, 0.47, 0.67),
}


@pytest.mark.parametrize("instance_type", BREAK_EVEN)
def test_the_break_even_packing_is_the_one_that_was_computed(instance_type: str) -> None:
    found = (
        break_even_packing(instance_type, Way.ECS_EC2, _answers()),
        break_even_packing(instance_type, Way.MANAGED_INSTANCES, _answers()),
        break_even_packing(instance_type, Way.ECS_EC2, _answers(commitment_years=3)),
        break_even_packing(instance_type, Way.ECS_EC2_SPOT, _answers(interruptible=1, spot_discount=0.6)),
    )

    assert found == pytest.approx(BREAK_EVEN[instance_type], abs=0.008)


@pytest.mark.parametrize(
    ("answers", "ways", "rule"),
    [
        ({"gpus": 1}, (Way.FARGATE, Way.FARGATE_SPOT, Way.EKS_FARGATE), "GPUs: "),
        ({"privileged": True}, (Way.FARGATE, Way.EKS_FARGATE), "privileged: "),
        ({"daemons": True}, (Way.FARGATE, Way.MANAGED_INSTANCES), "daemons"),
        ({"vcpus": 33, "gib": 64}, (Way.FARGATE, Way.EKS_FARGATE), "size: "),
        ({"vcpus": 32, "gib": 60, "architecture": "x86_64"}, (Way.EKS_FARGATE,), "size: "),
        ({"architecture": "arm64"}, (Way.EKS_FARGATE,), "Arm: "),
        ({"windows": True}, (Way.MANAGED_INSTANCES, Way.EKS_AUTO, Way.EKS_FARGATE), "Windows: "),
        ({"orchestrator": "kubernetes"}, (Way.FARGATE, Way.ECS_EC2, Way.EC2), "orchestrator: "),
        ({"orchestrator": "ecs"}, (Way.EKS_AUTO, Way.EC2), "orchestrator: "),
        ({}, (Way.FARGATE_SPOT, Way.EKS_MANAGED_SPOT), "interruptions: "),
        ({"interruptible": 1}, (Way.ECS_EC2_SPOT, Way.EKS_MANAGED_SPOT), "Spot price: "),
        ({"instance_type": "t4g.small"}, (Way.ECS_EC2, Way.EKS_MANAGED), "room: "),
    ],
)
def test_what_cannot_be_is_excluded_by_a_rule(answers: dict[str, object], ways: tuple[Way, ...], rule: str) -> None:
    choice = Choice.of(_answers(**answers))

    for way in ways:
        assert any(reason.startswith(rule) for reason in choice.excluded[way]), (way, choice.excluded[way])
        assert way not in [each.way for each in choice.possible]


@pytest.mark.parametrize(
    ("answers", "ways"),
    [
        ({}, (Way.FARGATE, Way.ECS_EC2, Way.MANAGED_INSTANCES, Way.EKS_AUTO, Way.EKS_MANAGED)),
        ({"architecture": "x86_64"}, (Way.EKS_FARGATE,)),
        ({"orchestrator": "none"}, (Way.EC2,)),
        ({"interruptible": 0.5, "spot_discount": 0.5}, (Way.FARGATE_SPOT, Way.ECS_EC2_SPOT, Way.EKS_MANAGED_SPOT)),
        ({"gpus": 1}, (Way.ECS_EC2, Way.MANAGED_INSTANCES, Way.EKS_AUTO)),
        ({"vcpus": 32, "gib": 60, "instance_type": "m7g.16xlarge"}, (Way.FARGATE, Way.ECS_EC2)),
    ],
)
def test_what_can_be_is_not_excluded(answers: dict[str, object], ways: tuple[Way, ...]) -> None:
    assert set(ways) <= {each.way for each in Choice.of(_answers(**answers)).possible}


@pytest.mark.parametrize(
    ("guide", "answers", "expected"),
    [
        # The guide of the project's start. It holds where its words are taken as answers.
        (
            "large, steady, and price-conscious",
            {"tasks_average": 200, "vcpus": 1, "gib": 4, "cpu_used": 0.3, "oversubscribe": True, "commitment_years": 3},
            Way.ECS_EC2,
        ),
        ("small", {"tasks_average": 2, "vcpus": 0.25, "gib": 0.5}, Way.FARGATE),
        ("bursty", {"tasks_average": 3, "tasks_min": 1, "tasks_max": 60}, Way.FARGATE),
        ("batch", {"tasks_average": 20, "vcpus": 4, "gib": 16, "hours": 60, "starts": 30}, Way.FARGATE),
        (
            "overhead-conscious",
            {"tasks_average": 50, "cpu_used": 0.5, "oversubscribe": True, "operations_rate": 72.12, "packing": 0.6},
            Way.FARGATE,
        ),
        # Where figures disagree: size and steadiness alone do not make instances cheaper than Fargate.
        ("large and steady, filled by what is requested", {"tasks_average": 200, "vcpus": 1, "gib": 4}, Way.FARGATE),
    ],
)
def test_the_guide_is_what_figures_say(guide: str, answers: dict[str, object], expected: Way) -> None:
    assert _best(**answers) is expected, guide


def test_operations_change_the_answer_when_they_are_worth_it() -> None:
    case = CASES["5 two GPUs"]["answers"]
    choices = [Choice.of(Answers.checked({**case, "operations_rate": rate})) for rate in (0, 10, 72.12)]

    assert [each.best and each.best.way for each in choices] == [Way.ECS_EC2, Way.ECS_EC2, Way.MANAGED_INSTANCES]
    assert "an hour of operations worth $14.10 or more: Amazon ECS Managed Instances, 10 hours less" in list(
        choices[0].what_would_change_it()
    )


def test_a_cluster_that_exists_is_paid_already() -> None:
    found = [costs(Way.EKS_AUTO, _answers(existing_cluster=each)) for each in ("none", "eks")]

    assert found[0] is not None
    assert found[1] is not None
    assert (found[0].monthly or 0) - (found[1].monthly or 0) == pytest.approx(73)
    assert found[0].operations_hours - found[1].operations_hours == 8


def test_nothing_may_be_possible() -> None:
    choice = Choice.of(_answers(gpus=1, gib=1000, vcpus=190))

    assert choice.best is None
    assert choice.sentence() == "Nothing here can run this: ease one of the exclusions above."


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"tasks_average": 4, "vcpus": 1}, "gib: Field required"),
        ({**TASK, "color": "red"}, "color: Extra inputs are not permitted"),
        ({**TASK, "commitment_years": 2}, "commitment_years: Input should be 0, 1 or 3"),
        ({**TASK, "tasks_min": 5}, "answers: Value error, tasks_min <= tasks_average <= tasks_max does not hold"),
    ],
)
def test_wrong_answers_are_refused(answers: dict[str, object], said: str) -> None:
    with pytest.raises(AnswersError) as error:
        Answers.checked(answers)
    assert str(error.value) == said
