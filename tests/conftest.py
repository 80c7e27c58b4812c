"""Guards that must speak before any test is collected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Refuse the two mistakes that would otherwise fail as riddles."""
    if (ROOT / "constructs" / "__init__.py").exists():
        raise pytest.UsageError("constructs/__init__.py hides the library that the CDK is built on: remove it.")
    if shutil.which("node") is None:
        raise pytest.UsageError("no `node` on PATH: use `make test`, or activate .venv first.")


# The same commit gives the same result, on a busy machine too.
settings.register_profile(
    "project", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)
settings.load_profile("project")
