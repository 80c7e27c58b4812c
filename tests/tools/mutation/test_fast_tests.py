"""Which tests run for a mutation, and in which order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.support.synthesis import ROOT
from tools.mutation.fast_tests import command


def _runs(module: str) -> list[list[str]]:
    shell = shlex.split(command(Path(module)))[2]
    return [[word for word in shlex.split(run) if word.startswith("tests/")] for run in shell.split(" && ")]


@pytest.mark.parametrize(
    ("module", "nearest"),
    [
        ("settings/rules/scaling.py", "tests/settings/rules/test_scaling.py"),
        ("constructs/reference_constructs/eks/control_plane_options.py", "tests/constructs/eks/test_control_plane.py"),
        ("stacks/platform.py", "tests/stacks/test_platform.py"),
    ],
)
def test_tests_of_the_module_come_first(module: str, nearest: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    near, far = _runs(module)

    assert near[0] == nearest
    assert not set(near) & set(far)
    assert "tests/snapshot/test_templates.py" in near
    assert "tests/settings/test_every_key.py" in far


def test_constructs_do_not_import_settings_so_their_tests_notice_nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert not [file for run in _runs("settings/environment.py") for file in run if "constructs" in file]


def test_of_a_construct_all_fast_tests_can_notice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (stated,) = re.findall(r"^FAST_TESTS := (.*)$", Path("Makefile").read_text(), re.MULTILINE)

    files = {file for run in _runs("constructs/reference_constructs/options.py") for file in run}

    all_files = {str(file) for folder in stated.split() for file in Path(folder).rglob("test_*.py")}
    assert files == {file for file in all_files if not file.startswith(("tests/assembly/", "tests/facts/"))}
