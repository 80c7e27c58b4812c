"""Guards that must speak before any test is collected, and the figures that a run ends with."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from figures import lines, tell_all

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Refuse the two mistakes that would otherwise fail as riddles."""
    if (ROOT / "constructs" / "__init__.py").exists():
        raise pytest.UsageError("constructs/__init__.py hides the library that the CDK is built on: remove it.")
    if shutil.which("node") is None:
        raise pytest.UsageError("no `node` on PATH: use `make test`, or activate .venv first.")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, and how long each part took."""
    seconds: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                seconds[report.nodeid.split("/")[1]] += report.duration  # type: ignore[assignment]
    tell_all("seconds", {part: round(spent) for part, spent in seconds.most_common()})
    terminalreporter.section("figures")
    for line in lines():
        terminalreporter.write_line(line)


# The same commit gives the same result, on a busy machine too.
settings.register_profile(
    "project", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("project")
