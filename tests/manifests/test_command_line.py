"""`make manifests`: which files it writes, from which outputs, and what it says otherwise."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from manifests.__main__ import main
from tests.support.rule_pairs import HEAD, PRIVATE_ACCESS, eks

OUTPUTS = {
    "AutoModeNodeRole": "blue-NodeRole",
    "NodeSubnets": "subnet-1,subnet-2",
    "ClusterSecurityGroup": "sg-1",
    "VolumeKey": "arn:aws:kms:eu-west-1:111122223333:key/0123",
}
STACK = "blue-eks-cluster"
ANSWER = {
    "Stacks": [
        {"StackName": STACK, "Outputs": [{"OutputKey": key, "OutputValue": each} for key, each in OUTPUTS.items()]}
    ]
}


@pytest.fixture
def environment(tmp_path: Path) -> str:
    """Given an environment with a node pool of EKS Auto Mode."""
    path = tmp_path / "blue.yaml"
    path.write_text(eks("nodes: {auto: {kind: auto_mode, node_pools: {arm: {}}}}", PRIVATE_ACCESS, head=HEAD))
    return str(path)


def write(folder: Path, environment: str, outputs: object = None) -> int:
    arguments = ["--environment", environment, "--folder", str(folder / "written")]
    if outputs is not None:
        file = folder / "outputs.json"
        file.write_text(outputs if isinstance(outputs, str) else json.dumps(outputs))
        arguments += ["--outputs", str(file)]
    return main(arguments)


@pytest.mark.parametrize("outputs", [{STACK: OUTPUTS}, ANSWER], ids=["cdk deploy", "describe-stacks"])
def test_files_are_written_from_outputs_of_either_form(
    tmp_path: Path, environment: str, outputs: object, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(tmp_path, environment, outputs) == 0

    file = tmp_path / "written" / "blue" / "auto-mode.yaml"
    assert capsys.readouterr().out == f"{file}\n"
    assert "role: blue-NodeRole\n" in file.read_text()
    assert file.read_text().startswith("# EKS Auto Mode")


def test_aws_is_asked_without_a_file(tmp_path: Path, environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(command)
        return subprocess.CompletedProcess(command, 0, stdout=json.dumps(ANSWER))

    monkeypatch.setattr(subprocess, "run", run)

    assert write(tmp_path, environment) == 0
    (command,) = asked
    assert " ".join(command) == (
        f"aws cloudformation describe-stacks --region eu-west-1 --stack-name {STACK} --output json"
    )


@pytest.mark.parametrize(
    ("outputs", "said"),
    [
        ({STACK: {}}, "the stack blue-eks-cluster has no output VolumeKey: deploy this version"),
        ({"other": OUTPUTS}, "has no outputs of the stack blue-eks-cluster"),
        ("{", "cannot be read"),
    ],
    ids=["output", "stack", "file"],
)
def test_what_is_missing_is_said_and_nothing_is_written(
    tmp_path: Path, environment: str, outputs: object, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert write(tmp_path, environment, outputs) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "written").exists()


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(), "there is no AWS CLI here"),
        (subprocess.CalledProcessError(254, "aws", stderr="Unable to locate credentials\n"), "locate credentials"),
    ],
    ids=["CLI", "credentials"],
)
def test_aws_that_does_not_answer_is_said(
    tmp_path: Path,
    environment: str,
    error: Exception,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def run(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", run)

    assert write(tmp_path, environment) == 2
    assert said in capsys.readouterr().err


def test_environment_that_is_wrong_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "blue.yaml"
    path.write_text("region: nowhere\n")

    assert write(tmp_path, str(path)) == 2
    assert "nothing was synthesized" in capsys.readouterr().err


def test_environment_that_needs_no_manifests_asks_for_no_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "blue.yaml"
    path.write_text(eks("nodes: {main: {kind: managed}}"))

    assert write(tmp_path, str(path)) == 0
    assert capsys.readouterr().out == "blue needs no manifests: CloudFormation creates everything\n"
