"""A mistake in a file of `kubernetes/` is said with file, line, reason, and what to do."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT
from tools.kubernetes.__main__ import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Given a copy of the manifests."""
    return Path(shutil.copytree(ROOT / "kubernetes", tmp_path / "kubernetes"))


def broken(folder: Path, file: str, old: str, new: str) -> int:
    """Break a file; its line from 1."""
    path = folder / file
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    return text[: text.index(old)].count("\n") + 1


def said(folder: Path, capsys: pytest.CaptureFixture[str], environment: str = "sandbox") -> list[str]:
    assert main(["check", "--kubernetes", str(folder), "--environment", environment]) == 1
    out = capsys.readouterr().out
    return [each.replace("\n    ", " ") for each in re.split(r"\n(?=\S)", out.strip())][:-1]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "hello/deployment.yaml",
            "runAsUser: 65532",
            "runAsUser: 0",
            "runAsUser: hello: the container runs as user 0 fix: set another runAsUser",
        ),
        (
            "hello/service.yaml",
            "targetPort: http",
            "targetPort: web",
            "Service hello/hello, spec.ports[0].targetPort: no container has the port web fix: state a port",
        ),
        (
            "hello/deployment.yaml",
            "limits: {cpu: 500m, memory: 128Mi}",
            "limit: {cpu: 500m, memory: 128Mi}",
            "Additional properties are not allowed ('limit' was unexpected) fix: see `kubectl explain deployment`",
        ),
        (
            "hello/disruption-budget.yaml",
            "maxUnavailable: 1",
            "maxUnavailable: 0",
            "spec.maxUnavailable: no pod may ever be evicted fix: set maxUnavailable: 1",
        ),
        (
            "hello/network-policies.yaml",
            "policyTypes: [Ingress, Egress]",
            "policyTypes: [Ingress]",
            "no network policy denies egress by default fix: add one with podSelector: {}",
        ),
        (
            "hello/autoscaler.yaml",
            "maxReplicas: 6",
            "maxReplicas: 60",
            "the workloads of the namespace ask for up to 61 of 40 fix: raise it, or lower maxReplicas or requests",
        ),
        (
            "hello/deployment.yaml",
            "requests: {cpu: 100m, memory: 128Mi}",
            "requests: {cpu: 100m, memory: 12Gi}",
            "it asks for 12.06 GiB, and t4g.large has 6.68 GiB for pods fix: lower the requests, or add larger types",
        ),
    ],
    ids=["root", "port", "schema", "budget", "egress", "quota", "node"],
)
def test_mistake_is_said(
    folder: Path, file: str, old: str, new: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = broken(folder, file, old, new)

    found = [each for each in said(folder, capsys) if expected in each]

    assert found, said(folder, capsys)
    # What is missing from an object is said at the object, and what a quota does not hold at the quota.
    if "deployment" in file or "budget" in file or "service" in file:
        assert any(each.startswith(f"kubernetes/{file}:") for each in found)
        lines = [int(each.split(":")[1]) for each in found]
        assert any(abs(each - line) <= 3 for each in lines), (line, lines)


def test_mistake_in_a_patch_is_said_at_the_patch(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = "components/fargate/deployment.yaml"
    line = broken(folder, file, "limits: {cpu: 200m", "limits: {cpu: 900m")

    (found,) = said(folder, capsys, "examples/eks-fargate.yaml")

    assert found.startswith(f"kubernetes/{file}:{line}: Deployment reports/hello, ")
    assert "Fargate has no cpu beyond the request" in found


def test_file_that_is_no_yaml_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken(folder, "hello/service.yaml", "  name: hello", "\tname: hello")

    assert main(["check", "--kubernetes", str(folder), "--environment", "sandbox"]) == 2
    assert "service.yaml" in capsys.readouterr().err


def test_environment_without_an_overlay_is_told_which_file_to_write(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder / "overlays" / "sandbox")

    assert main(["render", "--kubernetes", str(folder), "--environment", "sandbox"]) == 2
    assert "sandbox has no overlay: write " in capsys.readouterr().err
