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


@pytest.mark.parametrize(
    ("patch", "line", "expected"),
    [
        pytest.param(
            """
  - target: {kind: HorizontalPodAutoscaler}
    patch: |-
      - {op: replace, path: /spec/maxReplicas, value: 9}
      - {op: replace, path: /spec/minReplicas, value: 10}
""",
            5,
            "HorizontalPodAutoscaler hello/hello, spec.minReplicas: minReplicas exceeds maxReplicas",
            id="operation",
        ),
        pytest.param(
            """
  - target: {kind: Deployment, name: hel.*, labelSelector: app.kubernetes.io/name=hello}
    patch: |-   # of the platform team
      - op: add
        path: /spec/template/spec/containers/0/env
        value:
          - name: DB_PASSWORD
            value: hunter2
""",
            8,
            "spec.template.spec.containers[0].env[0].value: DB_PASSWORD is a secret",
            id="inside of a value",
        ),
        pytest.param(
            """
  - target: {kind: Deployment, name: hello}
    patch: '[{"op": "remove", "path": "/spec/template/spec/containers/0/readinessProbe"}]'
""",
            3,
            "hello has no readinessProbe",
            id="removal in one line",
        ),
        pytest.param(
            """
  - patch: |-
      apiVersion: policy/v1
      kind: PodDisruptionBudget
      metadata: {name: hello, namespace: hello}
      spec:
        maxUnavailable: 0
""",
            7,
            "spec.maxUnavailable: no pod may ever be evicted",
            id="part of an object",
        ),
        pytest.param(
            """
  - target: {kind: Deployment}
    patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: any}
      spec:
        template:
          spec:
            automountServiceAccountToken: true
""",
            10,
            "the pod has a token of the Kubernetes API",
            id="part of every object of a kind",
        ),
    ],
)
def test_mistake_in_an_inline_patch_is_said_in_its_line(
    folder: Path, patch: str, line: int, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "overlays" / "sandbox" / "kustomization.yaml"
    lines_before = len(file.read_text().splitlines())
    file.write_text(f"{file.read_text()}patches:{patch}")

    found = [each for each in said(folder, capsys) if expected in each]

    assert found
    assert {each.partition(": ")[0] for each in found} == {
        f"kubernetes/overlays/sandbox/kustomization.yaml:{lines_before + line}"
    }


def test_mistake_in_a_file_of_operations_is_said_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    overlay = folder / "overlays" / "sandbox"
    file = overlay / "kustomization.yaml"
    file.write_text(f"{file.read_text()}patches: [{{path: user.yaml, target: {{kind: Deployment, name: hello}}}}]\n")
    (overlay / "user.yaml").write_text(
        "- op: replace\n  path: /spec/template/spec/securityContext/runAsUser\n  value: 0\n"
    )

    assert any(
        each.startswith("kubernetes/overlays/sandbox/user.yaml:1: ") and "runs as user 0" in each
        for each in said(folder, capsys)
    )


def test_patch_of_another_object_is_not_blamed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "overlays" / "sandbox" / "kustomization.yaml"
    operation = '{"op": "add", "path": "/metadata/labels/team", "value": "blue"}'
    file.write_text(f"{file.read_text()}patches: [{{target: {{kind: Service}}, patch: '[{operation}]'}}]\n")
    broken(folder, "hello/service.yaml", "targetPort: http", "targetPort: web")

    (found,) = said(folder, capsys)

    assert found.startswith("kubernetes/hello/service.yaml:")


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
