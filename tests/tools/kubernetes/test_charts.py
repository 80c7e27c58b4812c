"""What `make kubernetes-apply` asks of Helm, by a Helm that notes it: no chart is installed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from manifests.files import manifest_files
from manifests.stack_outputs import StackOutputs
from settings import load_environment
from tools.kubernetes import __main__ as command_line
from tools.kubernetes.__main__ import main
from tools.kubernetes.charts import Charts
from tools.kubernetes.kubectl import find, run

EXAMPLE = "examples/eks-workloads.yaml"
CHART = "aws-load-balancer-controller"
FAKE = """#!/usr/bin/env python3
import json, pathlib, sys
folder = pathlib.Path({folder!r})
arguments = sys.argv[1:]
name = pathlib.Path(sys.argv[0]).name
values = [each.partition("=")[2] for each in arguments if each.startswith("--values=")]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([name, *arguments]) + "\\n")
if values:
    (folder / "values.yaml").write_text(pathlib.Path(values[0]).read_text())
if name == "kubectl" and "version" in arguments:
    print(json.dumps({{"clientVersion": {{"minor": "36"}}}}))
answers = json.loads((folder / "answers").read_text()) if name == "helm" else {{}}
code, out, error = answers.get(arguments[0], [0, "", ""])
print(out)
print(error, file=sys.stderr)
sys.exit(code)
"""
OUTPUTS = {
    "VpcId": "vpc-0123456789abcdef0",
    "ImageCache": "444455556666.dkr.ecr.eu-west-1.amazonaws.com/eks-workloads/cache",
}


class Programs:
    """A Helm and a kubectl that note what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("helm", "kubectl"):
            (folder / name).write_text(FAKE.format(folder=str(folder)))
            (folder / name).chmod(0o755)
        (folder / "outputs.json").write_text(json.dumps({"eks-workloads-eks-cluster": OUTPUTS}))
        self.answer()

    def answer(self, **answers: tuple[int, str, str]) -> None:
        (self.folder / "answers").write_text(json.dumps(answers))

    @property
    def calls(self) -> list[list[str]]:
        file = self.folder / "calls"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def of_helm(self) -> list[list[str]]:
        return [arguments for name, *arguments in self.calls if name == "helm"]

    def apply(self, *more: str) -> int:
        outputs = str(self.folder / "outputs.json")
        return main(["apply", "--environment", EXAMPLE, "--outputs", outputs, *more])


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Given both, in the place of real ones where something is applied."""
    fake = Programs(tmp_path)
    monkeypatch.setattr(command_line, "find", lambda name, **_: tmp_path / name)
    # The checks have tests of their own.
    monkeypatch.setattr(command_line, "check_all", lambda _: [])
    return fake


def installed(version: str = "3.5.0", status: str = "deployed") -> tuple[int, str, str]:
    return 0, json.dumps([{"name": CHART, "chart": f"{CHART}-{version}", "status": status}]), ""


def values_of_the_chart(folder: Path) -> dict[str, Any]:
    outputs = StackOutputs("eks-workloads-eks-cluster", region="eu-west-1", file=folder / "outputs.json")
    (file,) = [each for each in manifest_files(load_environment(EXAMPLE), outputs) if each.chart]
    found: dict[str, Any] = json.loads(json.dumps(file.documents[0]))
    return found


def test_new_chart_is_installed_by_its_version_and_values_before_workloads(
    programs: Programs, capsys: pytest.CaptureFixture[str]
) -> None:
    assert programs.apply("--yes", "--context", "blue") == 0

    listed, upgraded = programs.of_helm()
    assert listed[:2] == ["list", "--namespace=kube-system"]
    assert upgraded[:4] == ["upgrade", "--install", CHART, CHART]
    assert {"--repo=https://aws.github.io/eks-charts", "--version=3.5.0", "--namespace=kube-system", "--wait"} <= {
        *upgraded
    }
    assert all("--kube-context=blue" in each for each in (listed, upgraded))
    written = YAML(typ="safe").load((programs.folder / "values.yaml").read_text())
    assert written == values_of_the_chart(programs.folder)
    assert written["vpcId"] == OUTPUTS["VpcId"]
    assert f"chart {CHART} 3.5.0 in kube-system: new" in capsys.readouterr().out
    order = [(name, arguments[0 if name == "helm" else 1]) for name, *arguments in programs.calls]
    applied = [index for index, (name, verb) in enumerate(order) if name == "kubectl" and verb == "apply"]
    dry_runs = [index for index, each in enumerate(programs.calls) if "--dry-run=server" in each]
    assert order.index(("helm", "list")) < order.index(("kubectl", "diff")) < order.index(("helm", "upgrade"))
    assert order.index(("helm", "upgrade")) < min(set(applied) - set(dry_runs))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (installed("3.4.0"), "there is 3.4.0, deployed"),
        (installed(status="failed"), "there is 3.5.0, failed"),
        (installed(), "other values of clusterName"),
    ],
    ids=["version", "status", "values"],
)
def test_what_changes_of_a_chart_is_said(
    programs: Programs, found: tuple[int, str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {**values_of_the_chart(programs.folder), "clusterName": "green"}
    programs.answer(list=found, get=(0, json.dumps(values), ""))

    assert programs.apply("--yes") == 0
    assert said in capsys.readouterr().out
    assert [each[0] for each in programs.of_helm()][-1] == "upgrade"


def test_chart_as_it_should_be_is_left_alone(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    programs.answer(list=installed(), get=(0, json.dumps(values_of_the_chart(programs.folder)), ""))

    assert programs.apply("--yes") == 0
    assert [each[0] for each in programs.of_helm()] == ["list", "get"]
    assert "no differences" in capsys.readouterr().out


@pytest.mark.parametrize("more", [["--part", "application"], ["--namespace", "hello"]], ids=lambda more: more[0])
def test_delivery_of_an_application_installs_no_chart(programs: Programs, more: list[str]) -> None:
    assert programs.apply("--yes", *more) == 0
    assert programs.of_helm() == []


def test_nothing_is_installed_without_agreement(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")

    assert programs.apply() == 1
    assert [each[0] for each in programs.of_helm()] == ["list"]


@pytest.mark.parametrize("verb", ["list", "upgrade"])
def test_failure_of_helm_is_said_and_stops(programs: Programs, verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    programs.answer(**{verb: (1, "", "Error: Kubernetes cluster unreachable")})

    assert programs.apply("--yes") == 2
    assert "Kubernetes cluster unreachable" in capsys.readouterr().err
    assert not any("apply" in each and "--dry-run=server" not in each for each in programs.calls)


def test_pinned_helm_has_every_flag(tmp_path: Path) -> None:
    """The real program, of which only the help is asked for."""
    fake = Programs(tmp_path)
    outputs = StackOutputs("eks-workloads-eks-cluster", region="eu-west-1", file=tmp_path / "outputs.json")
    files = manifest_files(load_environment(EXAMPLE), outputs)
    Charts(helm=tmp_path / "helm", context="blue", say=print).apply(files)
    fake.answer(list=installed(), get=(0, "null", ""))
    Charts(helm=tmp_path / "helm", context="blue", say=print).changed(files)

    helm = find("helm", prefer_pinned=True)
    for arguments in fake.of_helm():
        words = [each for each in arguments if not each.startswith("-")]
        verb = words[:2] if words[0] == "get" else words[:1]
        known = re.findall(r"--[a-z-]+", run(helm, [*verb, "--help"]))
        used = {each.partition("=")[0] for each in arguments if each.startswith("--")}
        assert used <= {*known}, (verb, used - {*known})
