"""Guards that must speak before any test is collected, and the figures that a run ends with."""

from __future__ import annotations

import gc
import shutil
from collections import Counter
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling

from tests.support.argument_checks import check_each_pair_of_types_once
from tests.support.summary_figures import FIGURES, lines, record_all

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Refuse what would otherwise fail as a riddle, or not fail and take twice as long."""
    if not hasattr(LoadScopeScheduling, "_split_scope"):
        raise pytest.UsageError("pytest-xdist has another way to group tests: FolderScheduling must use it.")
    if (ROOT / "constructs" / "__init__.py").exists():
        raise pytest.UsageError("constructs/__init__.py hides the library that the CDK is built on: remove it.")
    if shutil.which("node") is None:
        raise pytest.UsageError("no `node` on PATH: use `make test`, or activate .venv first.")
    check_each_pair_of_types_once()


class FolderScheduling(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """What is deployed, synthesized or inspected once is so for a whole folder, so its tests share a process."""

    def _split_scope(self, nodeid: str) -> str:
        return _process(nodeid)


# The marks of `--dist loadgroup` (xdist 3.8) do nothing under pytest 9.2: both would make everything twice.
@pytest.hookimpl(optionalhook=True)  # there is none where one process runs all tests
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FolderScheduling:  # noqa: ANN401 - xdist has no types
    return FolderScheduling(config, log)


def pytest_collection_finish() -> None:
    """What is imported stays: a collection of garbage need not go through all classes of the CDK."""
    gc.collect()
    gc.freeze()


def _folder(nodeid: str) -> str:
    """The folder below `tests/` that a test is in; each tool has one of its own."""
    folders = PurePosixPath(nodeid.partition("::")[0]).parts[1:-1]
    return folders[1] if folders[0] == "tools" else folders[0]


def _process(nodeid: str) -> str:
    """Tests of one such name share a process.

    Snapshots are of the templates that the tests of stacks read; tests of settings have nothing in common.
    """
    folder = _folder(nodeid)
    return nodeid.partition("::")[0] if folder == "settings" else {"snapshot": "stacks"}.get(folder, folder)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each process has figures of its own."""
    if (output := getattr(session.config, "workeroutput", None)) is not None:
        output["figures"] = dict(FIGURES)


@pytest.hookimpl(optionalhook=True)  # there is none where one process runs all tests
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401 - xdist has no types
    """The first process collects them."""
    for what, figures in node.workeroutput["figures"].items():
        record_all(what, figures)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, and how long each part took."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[_folder(report.nodeid)] += report.duration  # type: ignore[assignment]
    record_all("seconds", {part: round(spent) for part, spent in seconds.most_common()})
    terminalreporter.section("figures")
    for line in lines():
        terminalreporter.write_line(line)


# The same commit gives the same result, on a busy machine too.
settings.register_profile(
    "project", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("project")
