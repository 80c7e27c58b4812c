"""The extracts of the registry schemas know every type of ours, and are what the registry says."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT
from tests.support.tags import DATA as TAG_DATA
from tests.support.tags import tag_properties
from tools.release_diff.comparison import PROTECTED
from tools.release_diff.create_only import DATA, CreateOnlyProperties

SNAPSHOTS = ROOT / "tests" / "snapshot" / "__snapshots__"


def types(folder: Path) -> set[str]:
    return {
        resource["Type"]
        for template in folder.rglob("*.json")
        for resource in json.loads(template.read_text())["Resources"].values()
    }


def test_every_type_of_every_environment_is_known_and_no_other() -> None:
    used = types(SNAPSHOTS)
    assert len(used) > 40
    assert used == set(CreateOnlyProperties.read().types) == set(tag_properties())


def test_every_protected_type_is_one_of_ours() -> None:
    assert types(SNAPSHOTS) >= PROTECTED


@pytest.mark.parametrize("file", [DATA, TAG_DATA], ids=lambda file: file.name)
def test_the_file_says_what_it_was_read_from_and_when(file: Path) -> None:
    data = json.loads(file.read_text())
    constraints = (ROOT / "tools/local_cloud/constraints.txt").read_text().splitlines()
    pinned = dict(line.strip().split("==") for line in constraints)
    assert data["source"].endswith(f"cfn-lint {pinned['cfn-lint']}")
    assert data["date"] >= "2026-11-22"


@pytest.mark.local_cloud
def test_they_are_what_the_registry_schemas_say() -> None:
    run = subprocess.run(
        [str(ROOT / "tools/local_cloud/.venv/bin/python"), "-m", "tools.release_diff.registry_schemas", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
