"""Guards that must speak before any test is collected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def pytest_configure() -> None:
    """Refuse the two mistakes that would otherwise fail as riddles."""
    if (ROOT / "constructs" / "__init__.py").exists():
        raise pytest.UsageError("constructs/__init__.py hides the library that the CDK is built on: remove it.")
    if shutil.which("node") is None:
        raise pytest.UsageError("no `node` on PATH: use `make test`, or activate .venv first.")
