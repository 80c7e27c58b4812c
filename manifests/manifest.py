"""What a manifest is here, and how a file of them is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

Manifest = dict[str, Any]
Values = Mapping[str, str]
"""Outputs of the stack `<environment>-eks-cluster`, by name."""


@dataclass(frozen=True, kw_only=True)
class ManifestFile:
    """One file below `build/manifests/<environment>/`.

    Attributes:
        path: Path below that folder. Files at its top are for `kubectl apply --filename`, which reads no folders in it.
        about: Lines of a comment: what to do with the file.
        documents: What is in it.
    """

    path: str
    about: Sequence[str]
    documents: Sequence[Manifest]

    def text(self) -> str:
        """The file as it is written."""
        yaml = YAML()
        yaml.explicit_start = len(self.documents) > 1
        yaml.width = 120
        stream = StringIO()
        yaml.dump_all([_readable(each) for each in self.documents], stream)
        return "".join(f"# {line}\n" for line in self.about) + stream.getvalue()


def _readable(value: object) -> object:
    """With texts of several lines as blocks."""
    if isinstance(value, Mapping):
        return {key: _readable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_readable(inner) for inner in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value
