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
class Chart:
    """A Helm chart: what its upstream ships instead of manifests.

    Attributes:
        release: Name under which it is installed.
        reference: Name in the repository, or an OCI reference.
        version: The pinned version.
        namespace: Where its controller runs, and where its service account has a role.
        repository: URL of the repository; None for an OCI reference.
    """

    release: str
    reference: str
    version: str
    namespace: str
    repository: str | None = None

    @property
    def name(self) -> str:
        """Name of the chart itself."""
        return self.reference.rpartition("/")[2]

    def arguments(self) -> list[str]:
        """What Helm is given, but for the values."""
        repository = [f"--repo={self.repository}"] if self.repository else []
        place = [f"--version={self.version}", f"--namespace={self.namespace}"]
        return ["upgrade", "--install", self.release, self.reference, *repository, *place]

    def command(self) -> list[str]:
        """The same for reading, in lines of a comment."""
        *first, version, namespace = self.arguments()
        return [f"helm {' '.join(first)} \\", f"    {version} {namespace} --values=..."]


@dataclass(frozen=True, kw_only=True)
class ManifestFile:
    """One file below `build/manifests/<environment>/`.

    Attributes:
        path: Path below that folder. Files at its top are for `kubectl apply --filename`, which reads no folders in it.
        about: Lines of a comment: what to do with the file.
        documents: What is in it.
        chart: The chart whose values it has; None for a file of objects.
    """

    path: str
    about: Sequence[str]
    documents: Sequence[Manifest]
    chart: Chart | None = None

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
