"""Questions are asked, or answers are read, and the choice is what the documentation shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT
from tools.compute_choice.__main__ import main
from tools.compute_choice.answers import Answers
from tools.compute_choice.questions import QUESTIONS, ask

PAGE = ROOT / "docs" / "choosing.md"
EXAMPLE = ROOT / "docs" / "choosing_example.yaml"


def test_the_page_shows_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(EXAMPLE)]) == 0

    shown = re.search(r"```text\n(.*?)```\n<!-- end of choice -->", PAGE.read_text(), re.DOTALL)
    assert shown is not None
    assert shown[1] == capsys.readouterr().out


def _answered(**answers: str) -> Iterator[str]:
    for name in QUESTIONS:
        yield from answers.get(name, "").split("|")


def test_questions_are_asked_until_the_answer_is_allowed() -> None:
    said = list[str]()
    replies = _answered(tasks_average="|many|4", vcpus="0.5", gib="1", commitment_years="2|3", windows="yes")

    answers = ask(lambda _: next(replies), said.append)

    assert answers == Answers(tasks_average=4, vcpus=0.5, gib=1, commitment_years=3, windows=True)
    assert len(said) == 3
    assert next(replies, "none left") == "none left"


def test_a_question_shows_its_default() -> None:
    asked = list[str]()
    replies = _answered(tasks_average="4", vcpus="0.5", gib="1")

    def read(question: str) -> str:
        asked.append(question)
        return next(replies)

    ask(read, print)
    assert asked[0] == "Which orchestrator is needed (any, none, ecs, kubernetes)? [any] "
    assert "Tasks on average? " in asked
    assert "Windows containers (yes, no)? [no] " in asked


def test_at_a_terminal_the_questions_are_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    replies = _answered(tasks_average="3", vcpus="0.25", gib="0.5")
    monkeypatch.setattr("builtins.input", lambda _: next(replies))

    assert main([]) == 0
    assert "Use Amazon ECS on Fargate (3 of 0.25 vCPU, 0.5 GB): $21.63 a month before operations" in (
        capsys.readouterr().out
    )


def test_whoever_stops_answering_is_not_shown_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", stop)

    assert main([]) == 130
    assert "interrupted" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file"),
        ("- a\n", "not a mapping of questions to answers"),
        ("tasks_average: [\n", "ANSWERS="),
        ("tasks_average: 4\nvcpus: 0\ngib: 1\n", "vcpus: Input should be greater than 0"),
    ],
)
def test_answers_that_cannot_be_used_are_an_error(
    content: str | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "answers.yaml"
    if content is not None:
        file.write_text(content)

    assert main([str(file)]) == 2
    assert said in capsys.readouterr().err


def test_what_nothing_can_run_is_a_status_of_its_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text("{tasks_average: 1, vcpus: 190, gib: 1000, gpus: 1}\n")

    assert main([str(file)]) == 1
    assert "Nothing here can run this" in capsys.readouterr().out
