"""What `make kubernetes-apply` asks of kubectl, by a kubectl that notes it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT
from tools.kubernetes import __main__ as command_line
from tools.kubernetes.__main__ import main
from tools.kubernetes.checking import check_all

FAKE = """#!/usr/bin/env python3
import json, os, pathlib, sys
folder = pathlib.Path({folder!r})
arguments = sys.argv[1:]
given = "" if sys.stdin.isatty() or "--filename=-" not in arguments else sys.stdin.read()
kinds = [line.split()[1] for line in given.splitlines() if line.startswith("kind:")]
with (folder / "calls").open("a") as calls:
    calls.write(json.dumps([arguments, kinds, os.environ.get("KUBECTL_APPLYSET")]) + "\\n")
rules = json.loads((folder / "rules").read_text())
if arguments[-3:-1] == ["version", "--client"]:
    print(json.dumps({{"clientVersion": {{"minor": (folder / "minor").read_text()}}}}))
    sys.exit(0)
for words, code, out, error in rules:
    if all(word in " ".join(arguments) for word in words):
        print(out)
        print(error, file=sys.stderr)
        sys.exit(code)
"""
OUTPUTS = {
    "sandbox-eks-cluster": {
        "VpcId": "vpc-0123456789abcdef0",
        "ImageCache": "444455556666.dkr.ecr.eu-west-1.amazonaws.com/sandbox/cache",
    }
}


class Kubectl:
    """A kubectl that notes what it is asked, and answers as the test says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "kubectl"
        self.path.write_text(FAKE.format(folder=str(folder)))
        self.path.chmod(0o755)
        (folder / "outputs.json").write_text(json.dumps(OUTPUTS))
        (folder / "minor").write_text("36")
        self.answer()

    def answer(self, *rules: tuple[list[str], int, str, str]) -> None:
        (self.folder / "rules").write_text(json.dumps(rules))

    @property
    def calls(self) -> list[tuple[list[str], list[str], str | None]]:
        file = self.folder / "calls"
        calls = [tuple(json.loads(line)) for line in file.read_text().splitlines()] if file.exists() else []
        return [each for each in calls if "version" not in each[0]]

    def verbs(self) -> list[str]:
        return [" ".join(each for each in arguments if not each.startswith("--")) for arguments, _, _ in self.calls]


@pytest.fixture
def kubectl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kubectl:
    """Given kubectl, in the place of the real one where something is applied."""
    fake = Kubectl(tmp_path)
    monkeypatch.setattr(command_line, "find", lambda *_, **__: fake.path)
    # The checks have tests of their own.
    monkeypatch.setattr(command_line, "check_all", lambda _: [])
    return fake


def apply(kubectl: Kubectl, *more: str) -> int:
    outputs = str(kubectl.folder / "outputs.json")
    return main(["apply", "--environment", "sandbox", "--outputs", outputs, "--yes", *more])


def test_differences_come_first_and_the_roll_out_last(kubectl: Kubectl) -> None:
    kubectl.answer((["diff"], 1, "+ something", ""))

    assert apply(kubectl) == 0
    assert kubectl.verbs() == [
        "diff",
        "diff",
        "get namespace hello",
        "apply",
        "apply",
        "apply",
        "rollout status deployment/hello",
    ]
    dry_run, cluster, application = [each for each in kubectl.calls if each[0][0] == "apply"]
    assert "--dry-run=server" in dry_run[0]
    assert cluster[1] == ["Namespace", "ResourceQuota", "LimitRange"]
    assert "--prune" not in cluster[0]
    assert {"--prune", "--applyset=configmaps/kubernetes-apply", "--namespace=hello"} <= set(application[0])
    assert "Deployment" in application[1]
    assert "Namespace" not in application[1]
    assert application[2] == "true"


def test_a_pipeline_applies_the_application_alone(kubectl: Kubectl) -> None:
    assert apply(kubectl, "--part", "application", "--context", "blue") == 0

    assert all(arguments[0] == "--context=blue" for arguments, _, _ in kubectl.calls)
    assert not any("Namespace" in kinds for _, kinds, _ in kubectl.calls)


def test_a_pipeline_applies_one_namespace(kubectl: Kubectl) -> None:
    assert apply(kubectl, "--namespace", "other") == 0

    assert kubectl.calls == []


@pytest.mark.parametrize(("minor", "code"), [("34", 2), ("35+", 0), ("37", 0), ("38", 2)])
def test_kubectl_is_of_a_version_that_fits(
    kubectl: Kubectl, minor: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    (kubectl.folder / "minor").write_text(minor)

    assert apply(kubectl) == code
    assert ("and the cluster of 1.36" in capsys.readouterr().err) is (code == 2)


def test_first_time_there_is_no_namespace_to_compare_with(kubectl: Kubectl, capsys: pytest.CaptureFixture[str]) -> None:
    missing = 'namespaces "hello" not found'
    kubectl.answer((["diff"], 2, "", missing), (["get", "namespace"], 1, "", missing))

    assert apply(kubectl) == 0
    assert "new: Namespace hello, " in capsys.readouterr().out
    assert not any("--dry-run=server" in arguments for arguments, _, _ in kubectl.calls)


def test_what_holds_data_is_not_removed_by_itself(kubectl: Kubectl, capsys: pytest.CaptureFixture[str]) -> None:
    kubectl.answer((["--dry-run=server"], 0, "persistentvolumeclaim/orders pruned (server dry run)", ""))

    assert apply(kubectl) == 2
    assert "persistentvolumeclaim/orders would be removed, with data" in capsys.readouterr().err
    assert all("--dry-run=server" in arguments for arguments, _, _ in kubectl.calls if arguments[0] == "apply")

    assert apply(kubectl, "--remove-data") == 0


def test_what_is_removed_is_said(kubectl: Kubectl, capsys: pytest.CaptureFixture[str]) -> None:
    kubectl.answer((["--dry-run=server"], 0, "ingress.networking.k8s.io/old pruned (server dry run)", ""))

    assert apply(kubectl) == 0
    assert "remove: ingress.networking.k8s.io/old in hello" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["diff"], ["apply", "--prune"], ["rollout"]], ids=lambda words: words[0])
def test_a_failure_of_kubectl_is_said(kubectl: Kubectl, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    kubectl.answer((words, 3, "", "You must be logged in to the server"))

    assert apply(kubectl) == 2
    assert "You must be logged in" in capsys.readouterr().err


def test_nothing_is_applied_without_agreement(kubectl: Kubectl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda _: "n")
    outputs = str(kubectl.folder / "outputs.json")

    assert main(["apply", "--environment", "sandbox", "--outputs", outputs]) == 1
    assert all("--dry-run=server" in arguments for arguments, _, _ in kubectl.calls if arguments[0] == "apply")


def test_nothing_is_applied_that_has_findings(
    kubectl: Kubectl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(ROOT / "kubernetes", tmp_path / "copy" / "kubernetes"))
    monkeypatch.setattr(command_line, "check_all", check_all)
    file = folder / "hello" / "deployment.yaml"
    file.write_text(file.read_text().replace("runAsNonRoot: true", "runAsNonRoot: false"))

    assert apply(kubectl, "--kubernetes", str(folder)) == 1
    assert "nothing was applied" in capsys.readouterr().err
    assert kubectl.calls == []


def test_images_come_from_the_account_of_the_outputs(kubectl: Kubectl, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["render", "--environment", "sandbox", "--outputs", str(kubectl.folder / "outputs.json")]) == 0

    out = capsys.readouterr().out
    assert "444455556666.dkr.ecr.eu-west-1.amazonaws.com/sandbox/cache/ecr-public/docker/library/python:3.13.13" in out
    assert "111122223333" not in out
