from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.snapshot_graphs import ALL, snapshot_assembly, snapshot_graph
from tools.page.__main__ import main


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """The snapshot of an environment without a cluster of Amazon EKS, as synthesis would write it."""
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    artifacts = {}
    for stack, template in snapshot_graph("examples/ecs-cheapest.yaml").templates.items():
        (folder / f"{stack}.template.json").write_text(json.dumps(template))
        paths = {
            f"/{stack}/Own/{logical_id}/Resource": [{"type": "aws:cdk:logicalId", "data": logical_id}]
            for logical_id in template["Resources"]
        }
        (folder / f"{stack}.metadata.json").write_text(json.dumps(paths))
        artifacts[stack] = {
            "type": "aws:cloudformation:stack",
            "environment": "aws://unknown-account/eu-west-1",
            "properties": {"templateFile": f"{stack}.template.json"},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    (folder / "validation-report.json").write_text(json.dumps({"pluginReports": []}))
    return folder


def test_the_page_of_an_assembly_is_written_and_its_place_and_size_are_said(
    assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "new" / "page.html"
    arguments = ["--environment", "examples/ecs-cheapest.yaml", "--assembly", str(assembly), "--output", str(output)]
    assert main(arguments) == 0
    text = output.read_text(encoding="utf-8")
    assert capsys.readouterr().out == f"{output} ({len(text.encode()) / 1000:.0f} kB)\n"
    assert "<h1>ecs-cheapest</h1>" in text
    assert ": Own/LoadBalancer" in text
    assert "No manifests: no cluster, or no overlay for it." in text


@pytest.mark.parametrize("environment", ALL)
def test_the_page_of_every_environment_is_written(
    environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.page.__main__.manifests", lambda _: [])
    output = tmp_path / "page.html"
    folder = snapshot_assembly(environment, tmp_path / "cdk.out")
    assert main(["--environment", environment, "--assembly", str(folder), "--output", str(output)]) == 0
    assert f"<h1>{Path(environment).stem}</h1>" in output.read_text(encoding="utf-8")


def test_a_usage_file_that_is_not_there_is_said(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--assembly", str(assembly), "--usage", "none.yaml"]) == 2
    assert "none.yaml" in capsys.readouterr().err
