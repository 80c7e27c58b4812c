"""The instances that are printed are those that the documentation computes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.rule_pairs import CONTAINER, HEAD, service
from tools.ecs_capacity.__main__ import main

ROOT = Path(__file__).parents[3]
BEFORE = """\
  capacity:
    default: {instance_types: [m7g.large], max_size: 7}
    managed: {kind: managed_instances}
    spare: {}
"""


def _printed(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> list[str]:
    file = tmp_path / "file.yaml"
    file.write_text(text)
    assert main([str(file)]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_group_is_said_with_its_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = service("capacity_provider_strategy: [{capacity_provider: default}]", "desired_count: 12", before=BEFORE)

    assert _printed(tmp_path, capsys, text) == [
        "default: at most 7 instances",
        "  12 of web, which takes 1 network interface, 256 CPU units, 512 MiB of memory each",
        "  m7g.large has room for 2 network interfaces, 2048 CPU units, 7372 MiB of memory",
        "    the tasks take: 6",
        "    with one of a deployment: 7",
        "    with all of the largest deployment: 12, which is more than 7",
        "managed: Managed Instances, of which Amazon ECS starts as many as the tasks take",
        "spare: at most 6 instances",
        "  no task",
    ]


def test_the_example_of_the_documentation_is_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["examples/ecs-capacity.yaml"]) == 0
    (first, *_) = capsys.readouterr().out.split("intel:")
    assert first in (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [HEAD, service(container=CONTAINER)])
def test_what_takes_no_instance_is_said_too(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    said = _printed(tmp_path, capsys, text)

    assert said in (["There are no instances of Amazon ECS."], ["default: at most 6 instances", "  no task"])


def test_a_wrong_file_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file.yaml"
    file.write_text("region: nowhere\n")

    assert main([str(file)]) == 2
    assert "region" in capsys.readouterr().err
