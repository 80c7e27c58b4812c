"""`python -m tools.release_diff` as `make diff-release` runs it, on this repository."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.default_signals import restore_default_signals
from tests.support.synthesis import ROOT

pytestmark = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git repository")
FOUND_WITHIN_SECONDS = 60
NOBODY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in {"NAME": "nobody", "EMAIL": "nobody@example.com", "DATE": "2026-01-01T00:00:00Z"}.items()
}


def git(*arguments: str, text: str | None = None, **environ: str) -> str:
    run = subprocess.run(
        ["git", *arguments],
        cwd=ROOT,
        env={**os.environ, **environ},
        input=text,
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Given a folder for what is temporary; then nothing of it is left, nor a worktree in it, however the run ended."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    yield temporary
    assert list(temporary.iterdir()) == []
    assert str(temporary) not in git("worktree", "list")


def command(base: str, environment: str) -> list[str]:
    return [sys.executable, "-m", "tools.release_diff", "--base", base, "--environment", environment]


def diff_release(base: str, folder: Path, environment: str = "sandbox") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(base, environment),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=FOUND_WITHIN_SECONDS,
    )


def new_commit(index: Path, **files: str) -> str:
    """A commit of the working tree, on no branch, with other contents of some files: `HEAD` if that is what it is."""
    environ = {"GIT_INDEX_FILE": str(index)}
    git("read-tree", "HEAD", **environ)
    git("add", "--all", **environ)
    for path, content in files.items():
        blob = git("hash-object", "-w", "--stdin", text=content)
        git("update-index", "--cacheinfo", f"100644,{blob},{path}", **environ)
    tree = git("write-tree", **environ)
    if tree == git("rev-parse", "HEAD^{tree}"):
        return "HEAD"
    return git("commit-tree", tree, "-p", "HEAD", "-m", "For a test", **NOBODY)


@pytest.fixture
def same(tmp_path: Path) -> str:
    """Given the ref of a commit that is the working tree."""
    return new_commit(tmp_path / "index")


@pytest.fixture
def other_cidr(tmp_path: Path) -> str:
    """Given a commit that differs from the working tree in the CIDR of the sandbox."""
    path = "environments/sandbox.yaml"
    text = (ROOT / path).read_text()
    assert "cidr: 10.0.0.0/16" in text
    return new_commit(tmp_path / "index", **{path: text.replace("cidr: 10.0.0.0/16", "cidr: 10.9.0.0/16")})


def test_a_release_that_replaces_the_network_is_told_and_refused(other_cidr: str, folder: Path) -> None:
    run = diff_release(other_cidr, folder)
    assert run.returncode == 1, run.stderr
    first, headings, *rows = run.stdout.splitlines()
    assert first == f"Synthesizing sandbox at {other_cidr} ({other_cidr[:10]}) and in the working tree"
    assert headings.split() == ["effect", "stack", "logical", "id", "type", "old", "one", "because"]
    (vpc,) = [row.split() for row in rows if " AWS::EC2::VPC " in row]
    assert vpc == ["replaced", "!", "sandbox-network", "NetworkVpc7FB7348F", "AWS::EC2::VPC", "Delete", "CidrBlock"]
    assert "VpcId (sandbox-network.NetworkVpc7FB7348F)" in run.stdout
    assert rows[-1].endswith("of what holds data or traffic would be replaced or deleted (!)")


def test_the_same_commit_changes_nothing(same: str, folder: Path) -> None:
    run = diff_release(same, folder)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines()[1:] == [
        "0 replaced, 0 deleted, 0 changed, 0 added",
        "Nothing that holds data or traffic is replaced or deleted.",
    ]


def test_a_ref_that_is_none_is_one_sentence(folder: Path) -> None:
    run = diff_release("no-such-ref", folder)
    assert (run.returncode, run.stdout) == (2, "")
    assert run.stderr == "BASE=no-such-ref: this repository has no such branch, tag or commit\n"


def test_an_environment_that_is_not_there_is_said_with_the_side(folder: Path) -> None:
    run = diff_release("HEAD", folder, "nowhere")
    assert run.returncode == 2
    assert run.stderr.startswith("nowhere cannot be synthesized at HEAD:\n")
    assert "allowed: one of production, sandbox, or the path of a YAML file" in run.stderr
    assert "Traceback" not in run.stderr


def test_the_base_has_its_own_constructs_and_what_its_synthesis_says_is_shown(tmp_path: Path, folder: Path) -> None:
    # Given a commit whose constructs, but not whose stacks, cannot be used
    broken = "raise RuntimeError('the constructs of the base')\n"
    base = new_commit(tmp_path / "index", **{"constructs/reference_constructs/__init__.py": broken})
    run = diff_release(base, folder)
    assert run.returncode == 2
    assert run.stderr.startswith(f"sandbox cannot be synthesized at {base}:\n")
    assert "RuntimeError: the constructs of the base" in run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(number: signal.Signals, folder: Path) -> None:
    with subprocess.Popen(
        command("HEAD", "sandbox"),
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=restore_default_signals,
    ) as run:
        deadline = time.monotonic() + FOUND_WITHIN_SECONDS
        while str(folder) not in git("worktree", "list") and time.monotonic() < deadline:
            time.sleep(0.05)
        assert str(folder) in git("worktree", "list")
        run.send_signal(number)
        _, said = run.communicate(timeout=FOUND_WITHIN_SECONDS)
    assert (run.returncode, said) == (130, "interrupted\n")
