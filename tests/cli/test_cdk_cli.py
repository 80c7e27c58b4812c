"""The real CDK CLI, as a user runs it: no credentials, no configuration, an empty home."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from settings import EnvironmentWarning, load_environment
from tests.support.synthesis import ROOT, synthesize

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def clean_environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Given a shell in which nothing of AWS is set and the home is empty."""
    home = str(tmp_path_factory.mktemp("home"))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_", "HOME"))}
    # The metadata service of a machine in AWS must not lend its credentials to the test.
    return {**kept, "HOME": home, "AWS_EC2_METADATA_DISABLED": "true", "CDK_DISABLE_CLI_TELEMETRY": "true"}


@pytest.fixture
def cdk(clean_environ: dict[str, str], tmp_path: Path) -> Run:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["cdk", *arguments, "--output", str(tmp_path / "cdk.out")]
        return subprocess.run(command, cwd=ROOT, env=clean_environ, capture_output=True, text=True, check=False)

    return run


def test_ls_names_every_stack_of_the_default_environment(cdk: Run) -> None:
    result = cdk("ls")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == [
        "sandbox-network",
        "sandbox-registry",
        "sandbox-ecs-cluster",
        "sandbox-ecs-service-hello-fargate",
        "sandbox-ecs-service-hello-ec2",
        "sandbox-ecs-service-hello-host",
        "sandbox-ecs-scheduled-task-hello-schedule",
        "sandbox-eks-cluster",
    ]


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_synth_prints_no_warning_and_writes_the_same_bytes_as_any_other_run(
    cdk: Run, clean_environ: dict[str, str], tmp_path: Path, environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The other tests' run is the first; another process with another hash seed is the second.
    monkeypatch.setitem(clean_environ, "PYTHONHASHSEED", "4711")
    result = cdk("synth", "--quiet", "-c", f"environment={environment}")
    assert result.returncode == 0, result.stderr
    assert "warning" not in (result.stdout + result.stderr).replace(str(tmp_path), "").lower()
    for name in synthesize(environment).templates:
        written = (tmp_path / "cdk.out" / f"{name}.template.json").read_bytes()
        assert written == (synthesize(environment).outdir / f"{name}.template.json").read_bytes()


def test_diff_against_an_earlier_template_needs_no_credentials(cdk: Run, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier.json"
    shutil.copy(synthesize("sandbox").outdir / "sandbox-network.template.json", earlier)
    same = cdk("diff", "sandbox-network", "--template", str(earlier), "--exclusively")
    assert same.returncode == 0, same.stderr
    assert "There were no differences" in same.stdout + same.stderr

    earlier.write_text(earlier.read_text().replace("10.0.0.0/16", "10.9.0.0/16"))
    app = str(synthesize("sandbox").outdir)  # which is what the first run wrote, too
    changed = cdk("diff", "sandbox-network", "--template", str(earlier), "--exclusively", "--app", app)
    assert "requires replacement" in changed.stdout + changed.stderr


def test_an_environment_by_path(cdk: Run) -> None:
    result = cdk("ls", "-c", "environment=examples/eks-fargate.yaml")
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == ["eks-fargate-network", "eks-fargate-registry", "eks-fargate-eks-cluster"]


WRONG = (
    ("nat_gateways: one ", "nat_gatways: one ", "network.nat_gatways: unknown key"),
    ("log_retention_days: 7", "log_retention_days: week", "log_retention_days: 'week' is not allowed"),
    ("cidr: 10.0.0.0/16", "cidr: 10.0.0.0/33", "network.cidr: '10.0.0.0/33' is not allowed"),
)


def test_a_bad_file_is_one_readable_error(cdk: Run, tmp_path: Path) -> None:
    text = (ROOT / "environments" / "sandbox.yaml").read_text()
    file = tmp_path / "broken.yaml"
    broken = text
    for before, after, _ in WRONG:
        broken = broken.replace(before, after)
    file.write_text(broken)

    result = cdk("synth", "-c", f"environment={file}")

    assert result.returncode != 0
    assert f"{file}: {len(WRONG)} problems, nothing was synthesized" in result.stderr
    for before, _, wanted in WRONG:
        line = text[: text.index(before)].count("\n") + 1
        assert f"{file}:{line}: {wanted}" in result.stderr
    assert "allowed: " in result.stderr
    assert "Traceback" not in result.stderr
    assert "jsii" not in result.stderr.lower()


def test_a_warning_is_shown_once_and_stops_nothing_until_it_is_acknowledged(cdk: Run, tmp_path: Path) -> None:
    file = tmp_path / "spot.yaml"
    nodes = "    spot: {kind: managed, capacity_type: spot, instance_types: [m7g.large]}\n    main: {kind: managed}\n"
    text = (ROOT / "examples" / "eks-fargate.yaml").read_text().replace("  nodes:\n", f"  nodes:\n{nodes}")
    file.write_text(text)
    line = text.count("\n", 0, text.index("    spot:")) + 1

    result = cdk("synth", "--quiet", "-c", f"environment={file}")

    assert result.returncode == 0, result.stderr
    said = f"{file}:{line}: eks.nodes.spot.instance_types: Spot Instances can be of one type only, m7g.large"
    assert result.stderr.count(said) == 1
    assert result.stderr.count("to acknowledge: ") == 1
    assert "UserWarning" not in result.stderr

    reason = "reason: A batch may wait for its instances."
    key = "eks.nodes.spot.instance_types"
    acknowledged = f"acknowledged_warnings: [{{warning: spot_has_several_instance_types, key: {key}, {reason}}}]\n"
    file.write_text(text + acknowledged)
    with warnings.catch_warnings():
        warnings.simplefilter("error", EnvironmentWarning)
        load_environment(str(file))


def test_an_unknown_environment_is_one_readable_error(cdk: Run) -> None:
    result = cdk("synth", "-c", "environment=sandpit")
    assert result.returncode != 0
    assert "environments/sandpit.yaml: environment: 'sandpit' is not allowed" in result.stderr
    assert "one of production, sandbox, or the path of a YAML file" in result.stderr
    assert "Traceback" not in result.stderr


UNACCEPTABLE = """
import sys
sys.path.insert(0, {root!r})
import aws_cdk as cdk
from aws_cdk import aws_s3 as s3
from app import build
app = cdk.App()
build(app)
s3.CfnBucket(app.node.find_child("sandbox-network"), "Bucket")
app.synth()
"""


def test_a_policy_finding_ends_the_synthesis_and_says_what_to_acknowledge_where(cdk: Run, tmp_path: Path) -> None:
    program = tmp_path / "unacceptable.py"
    program.write_text(UNACCEPTABLE.format(root=str(ROOT)))

    result = cdk("synth", "--quiet", "--app", f"{sys.executable} {program}")

    assert result.returncode != 0
    assert "sandbox-network/Bucket" in result.stderr
    for rule in ("AwsSolutions::AwsSolutions-S1", "CloudFormation-Validate::cloudformation_fate_of_data_is_stated"):
        assert f"Acknowledge with '{rule}'" in result.stderr
    assert "Traceback" not in result.stderr
