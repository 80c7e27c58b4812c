"""The verbs synthesize, and print what the templates cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.snapshot_graphs import snapshot_assembly, snapshot_graph
from tests.support.synthesis import ROOT
from tools.cost import __main__ as verb
from tools.cost.__main__ import main
from tools.cost.estimate import Estimate
from tools.cost.report import money
from tools.cost.usage import Usage

CHEAPEST, OTHER = "examples/ecs-cheapest.yaml", "examples/eks-fargate.yaml"
AT_BASE = Path("tree-at-base")


@pytest.fixture
def synthesis(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given the snapshot of one environment at the base, and that of another in the working tree.

    That git and the real CDK CLI give both is what the tests of `tools/release_diff/` show.
    """

    @contextmanager
    def checked_out(ref: str) -> Iterator[Path]:
        assert ref == "v0.1.0"
        yield AT_BASE

    @contextmanager
    def syntheses(environment: str, trees: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
        assert environment == "sandbox"
        assert set(trees.values()) <= {AT_BASE, ROOT}
        yield {
            name: snapshot_assembly(OTHER if tree == AT_BASE else CHEAPEST, tmp_path / str(number))
            for number, (name, tree) in enumerate(trees.items())
        }

    monkeypatch.setattr(verb, "checked_out", checked_out)
    monkeypatch.setattr(verb, "syntheses", syntheses)


def _cost(environment: str, usage: str | None = None) -> float:
    return Estimate.of(snapshot_graph(environment), Usage.read(usage)).cost.expected


def test_an_assembly_is_estimated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = snapshot_assembly(CHEAPEST, tmp_path)
    assert main(["--assembly", str(folder), "--usage", "small"]) == 0

    assert f"total {money(_cost(CHEAPEST, 'small'))}\n" in capsys.readouterr().out


@pytest.mark.usefixtures("synthesis")
def test_an_environment_is_synthesized(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0

    assert f"total {money(_cost(CHEAPEST))}\n" in capsys.readouterr().out


@pytest.mark.usefixtures("synthesis")
@pytest.mark.parametrize("form", ["table", "markdown"])
def test_a_commit_is_compared_with_the_working_tree(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--base", "v0.1.0", "--format", form]) == 0

    printed = capsys.readouterr().out
    before, after = money(_cost(OTHER)), money(_cost(CHEAPEST))
    assert before in printed
    assert after in printed
    assert printed.index(before) < printed.index(after)


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
