"""Which files the kustomization of a folder reads, and in which order."""

from __future__ import annotations

from pathlib import Path

from ruamel.yaml import YAML

from tools.kubernetes.patches import patches_of
from tools.kubernetes.sources import Source


def sources_of(folder: Path, root: Path) -> list[Source]:
    """Everything that the kustomization of a folder reads, in the order in which Kustomize applies it.

    Args:
        folder: With a file `kustomization.yaml`.
        root: Names are relative to it.
    """
    found: dict[Path, list[Source]] = {}
    _collect(folder, root, found)
    return [each for sources in found.values() for each in sources]


def _collect(folder: Path, root: Path, found: dict[Path, list[Source]]) -> None:
    file = (folder / "kustomization.yaml").resolve()
    content = YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")) or {}
    patches = [each["path"] for each in content.get("patches", ()) if "path" in each and "target" not in each]
    for entry in [*content.get("resources", ()), *content.get("components", ()), *patches]:
        path = (folder / entry).resolve()
        if path.is_dir():
            _collect(path, root, found)
        elif path.exists():
            found[path] = [_read(path, root)]
    found[file] = [*patches_of(file, root), _read(file, root)]


def _read(path: Path, root: Path) -> Source:
    return Source(str(path.relative_to(root)), path.read_text(encoding="utf-8"))
