"""The templates of an environment at a commit and in the working tree, both by the real CDK CLI."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tools.signals import termination_signals_deferred

ROOT = Path(__file__).parents[1]


class SynthesisError(RuntimeError):
    """There are no templates, said so that a reader can mend it."""


def commit(ref: str) -> str:
    """The full id of the commit that a git ref means.

    Raises:
        SynthesisError: If it means none.
    """
    found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.stderr:
        raise SynthesisError(f"BASE={ref}: {found.stderr.strip()}")
    if found.returncode:
        raise SynthesisError(f"BASE={ref}: this repository has no such branch, tag or commit")
    return found.stdout.strip()


@contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """A worktree of its own of a commit, in a temporary folder; it is gone afterwards, whatever happens.

    Raises:
        SynthesisError: If the ref means no commit, or git cannot check it out.
    """
    identity = commit(ref)
    with TemporaryDirectory(prefix="synthesis-") as folder:
        tree = Path(folder) / "base"
        try:
            added = _git("worktree", "add", "--detach", "--quiet", str(tree), identity)
            if added.returncode:
                raise SynthesisError(f"git cannot check out {ref}:\n{added.stderr.strip()}")
            yield tree
        finally:
            _git("worktree", "remove", "--force", "--force", str(tree))


@contextmanager
def syntheses(environment: str, trees: Mapping[str, Path]) -> Iterator[dict[str, Path]]:
    """Synthesize an environment in several trees side by side, each with its own app, constructs and feature flags.

    The installed packages are those of this environment on every side: what another version of the CDK makes of the
    same code is not part of the comparison.

    Args:
        environment: Name, or path of a YAML file; a relative one is looked up in each tree.
        trees: Folders by what to call them.

    Yields:
        The folder with the templates of each tree, for as long as the context lasts.

    Raises:
        SynthesisError: If one cannot be synthesized, with what it said.
    """
    # What was killed may not be quite dead when its folder goes.
    with TemporaryDirectory(prefix="synthesis-", ignore_cleanup_errors=True) as folder:
        outputs = {name: Path(folder) / str(number) for number, name in enumerate(trees)}
        started = dict[str, subprocess.Popen[str]]()
        try:
            for name, tree in trees.items():
                with termination_signals_deferred():
                    started[name] = _start(tree, environment, outputs[name], temporary=Path(folder))
            for name, process in started.items():
                said, _ = process.communicate()
                if process.returncode:
                    raise SynthesisError(f"{environment} cannot be synthesized {name}:\n{said.strip()}")
        finally:
            for process in started.values():
                _end(process)
        yield outputs


def read_templates(folder: Path) -> dict[str, dict[str, Any]]:
    """The templates of a cloud assembly by the names of their stacks."""
    return {
        path.name.removesuffix(".template.json"): json.loads(path.read_text())
        for path in sorted(folder.glob("*.template.json"))
    }


def _start(tree: Path, environment: str, output: Path, *, temporary: Path) -> subprocess.Popen[str]:
    # Before what is installed: the constructs are installed in place, from the working tree.
    path = os.pathsep.join([str(tree), str(tree / "constructs")])
    # The CDK's own temporary folders too, which it does not delete when it is ended.
    environ = {**os.environ, "PYTHONPATH": path, "TMPDIR": str(temporary)}
    command = ["cdk", "synth", "--quiet", "--output", str(output), "--context", f"environment={environment}"]
    return subprocess.Popen(  # noqa: S603 - `cdk` is the one on PATH, that of `make install`
        command,
        cwd=tree,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # so that `app.py`, a child of the CLI, can be ended with it
    )


def _end(process: subprocess.Popen[str]) -> None:
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout:
        process.stdout.close()


def _git(*arguments: str) -> subprocess.CompletedProcess[str]:
    # Half a worktree cannot be removed, so git ends first. In a session of its own, Ctrl-C does not reach git itself.
    with termination_signals_deferred():
        return subprocess.run(  # noqa: S603 - a ref cannot be taken for an option, see `commit`
            ["git", *arguments],  # noqa: S607
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            start_new_session=True,
        )
