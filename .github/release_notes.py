"""Print the notes of a release: `python .github/release_notes.py v0.2.0`.

Fails if the tag is not the version in pyproject.toml, or if CHANGELOG.md has no section for it.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def notes(tag: str, *, root: Path = ROOT) -> str:
    """The section of the changelog for a tag.

    Raises:
        ValueError: If tag, version, and changelog do not agree.
    """
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    if tag != f"v{version}":
        raise ValueError(f"the tag is {tag}, but the version in pyproject.toml is {version}")
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    section = re.search(
        rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## |\Z)", changelog, flags=re.MULTILINE | re.DOTALL
    )
    if section is None or not section[1].strip():
        raise ValueError(f"CHANGELOG.md has no section `## [{version}]`, or nothing in it")
    return section[1].strip()


if __name__ == "__main__":
    try:
        print(notes(sys.argv[1]))
    except ValueError as problem:
        sys.exit(f"No release: {problem}.")
