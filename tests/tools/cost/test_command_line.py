"""The verbs synthesize, and print what the templates cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.snapshot_graphs import snapshot_graph
from tests.support.synthesis import ROOT, synthesize
from tools.cost.__main__ import main
from tools.cost.estimate import Estimate
from tools.cost.report import money
from tools.cost.usage import Usage
from tools.synthesis import commit

CHEAPEST = "examples/ecs-cheapest.yaml"


def test_an_assembly_costs_what_its_snapshot_costs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--assembly", str(synthesize(CHEAPEST).outdir), "--usage", "small"]) == 0
    printed = capsys.readouterr().out

    total = Estimate.of(snapshot_graph(CHEAPEST), Usage.read("small")).cost
    assert f"total {money(total.expected)}\n" in printed


@pytest.mark.slow
def test_a_commit_is_compared_with_the_working_tree(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--environment", CHEAPEST, "--base", commit("HEAD"), "--format", "markdown"]) == 0

    assert capsys.readouterr().out.startswith("**Monthly cost ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--usage", "huge"], "USAGE=huge: "),
        (["--usage", str(ROOT / "README.md")], "USAGE="),
        (["--base", "no-such-branch"], "BASE=no-such-branch: this repository has no such branch, tag or commit"),
    ],
)
def test_what_cannot_be_estimated_is_an_error(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


def test_a_usage_file_that_is_no_mapping_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "usage.yaml"
    file.write_text("AWS::EC2::NatGateway: 5\n")

    assert main(["--usage", str(file)]) == 2
    assert "not a mapping of resource types" in capsys.readouterr().err


@pytest.mark.parametrize("percent", ["100", "-1", "much"])
def test_a_discount_is_a_percentage(percent: str) -> None:
    with pytest.raises(SystemExit):
        main(["--spot-discount", percent])
