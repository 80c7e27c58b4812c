"""The part of an environment file that an import makes."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

_LONGEST_LIST: Final = 90
# A number to the base of 60 for those who read YAML 1.1, as editors do.
_LIKE_A_TIME: Final = re.compile(r"[0-9]+(:[0-9]+)+")
_NEVER_FOLDED: Final = 100_000


@dataclass
class Block:
    """Services and tasks, and the repositories of the images that are built for them.

    Attributes:
        ecs: Entries by name, by the key below `ecs`.
        repositories: Names of repositories to create.
        sources: What each entry was made of, by its key and name.
        region: The Region that what is imported is in; empty if it does not say.
    """

    ecs: dict[str, dict[str, dict[str, object]]] = field(default_factory=dict)
    repositories: list[str] = field(default_factory=list)
    sources: dict[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    region: str = ""

    def names(self, kind: str) -> list[str]:
        """Names that are in use.

        Args:
            kind: A key below `ecs`.
        """
        return list(self.ecs.get(kind, {}))

    def add(self, kind: str, name: str, entry: dict[str, object], *, source: Sequence[str]) -> None:
        """Add an entry.

        Args:
            kind: A key below `ecs`.
            name: Its name.
            entry: Its keys.
            source: Names of what it was made of.
        """
        self.ecs.setdefault(kind, {})[name] = entry
        self.sources[kind, name] = source

    @property
    def tasks(self) -> list[dict[str, dict[str, object]]]:
        """Entries that are tasks, by name, of each kind."""
        return [entries for kind, entries in self.ecs.items() if kind != "capacity"]

    @property
    def data(self) -> dict[str, object]:
        """The keys of the environment file."""
        found: dict[str, object] = {}
        if self.repositories:
            found["registry"] = {"repositories": {name: {} for name in dict.fromkeys(self.repositories)}}
        # What others refer to comes first.
        ecs = {kind: self.ecs[kind] for kind in sorted(self.ecs, key="capacity".__ne__)}
        return found | ({"ecs": ecs} if ecs else {})

    def text(self) -> str:
        """The keys of the environment file as YAML."""
        if not self.data:
            return ""
        yaml = YAML()
        yaml.width = _NEVER_FOLDED
        yaml.indent(mapping=2, sequence=4, offset=2)
        stream = io.StringIO()
        yaml.dump(_styled(self.data), stream)
        return stream.getvalue()


def _styled(value: object) -> object:
    """Short lists on one line, texts of several lines as such."""
    if isinstance(value, Mapping):
        made = CommentedMap({str(key): _styled(each) for key, each in value.items()})
        if not value:
            made.fa.set_flow_style()
        return made
    if isinstance(value, list):
        items = CommentedSeq([_styled(each) for each in value])
        is_long = sum(len(str(each)) + 2 for each in value) > _LONGEST_LIST
        if not is_long and not any(isinstance(each, Mapping | list) or "\n" in str(each) for each in value):
            items.fa.set_flow_style()
        return items
    if isinstance(value, str) and "\n" in value and not value.startswith((" ", "\n")) and "\r" not in value:
        return LiteralScalarString(value)
    if isinstance(value, str) and _LIKE_A_TIME.fullmatch(value):
        return DoubleQuotedScalarString(value)
    return str(value) if isinstance(value, str) else value
