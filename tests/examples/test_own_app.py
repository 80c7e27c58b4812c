"""The README's way to use the constructs alone: installed from the repository, in an app of one's own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT


@pytest.mark.slow
def test_the_constructs_work_installed_and_alone(tmp_path: Path) -> None:
    # Given the package as pip installs it from a clone, and nothing of the repository on the path
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "constructs", clone / "constructs", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, clone)
    site = tmp_path / "site"
    install = ["pip", "install", "--quiet", "--no-deps", "--target", str(site), str(clone)]
    subprocess.run([sys.executable, "-m", *install], check=True, cwd=tmp_path)
    assert (site / "reference_constructs" / "py.typed").is_file()

    # When the example runs
    environ = {**os.environ, "PYTHONPATH": str(site), "CDK_OUTDIR": str(tmp_path / "cdk.out")}
    subprocess.run([sys.executable, ROOT / "examples" / "own_app" / "app.py"], check=True, cwd=tmp_path, env=environ)

    # Then its stack has the network and the service
    template = json.loads((tmp_path / "cdk.out" / "shop.template.json").read_text())
    types = [resource["Type"] for resource in template["Resources"].values()]
    assert types.count("AWS::EC2::VPC") == 1
    assert types.count("AWS::ECS::Service") == 1
