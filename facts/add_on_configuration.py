"""Configuration values that EKS add-ons take, read from `add_on_configuration.json`, with source and date of each.

Where the schema of an add-on is not published, but its Helm chart is, the keys are those of the chart and their types
are not known: the add-on takes some of them, so that a key which is in neither is likely to be misspelled.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parent / "add_on_configuration.json"
_OTHERS: Final = "*"


@dataclass(frozen=True)
class Schema:
    """What a mapping of configuration values can have."""

    members: Mapping[str, Any]

    @property
    def keys(self) -> list[str]:
        """The keys that it is known to have."""
        return [key for key in self.members if key != _OTHERS]

    @property
    def required(self) -> list[str]:
        """The keys that it must have."""
        return [key for key in self.keys if isinstance(self.members[key], str) and self.members[key].endswith("!")]

    @property
    def is_open(self) -> bool:
        """Whether its keys are chosen freely, as those of a node selector."""
        return not self.keys

    def types(self, key: str) -> tuple[str, ...]:
        """The JSON types that the value of a key can have; none where they are not known."""
        member = self.members.get(key, self.members.get(_OTHERS, "any"))
        if isinstance(member, Mapping):
            return ("object",)
        name = member.rstrip("!?")
        return () if name == "any" else (name, *(("null",) if member.endswith("?") else ()))

    def below(self, key: str) -> Schema | None:
        """The schema of the mapping that is the value of a key, where it is known."""
        member = self.members.get(key)
        return Schema(member) if isinstance(member, Mapping) else None

    def places_of(self, key: str) -> Iterator[str]:
        """Keys of mappings in it that have such a key."""
        for name in self.keys:
            below = self.below(name)
            if below is not None and key in below.keys:
                yield name


def schema_of(add_on: str) -> Schema | None:
    """What the configuration values of an add-on can be, where it is known.

    Args:
        add_on: Name of the add-on.
    """
    found = _read()["add_ons"].get(add_on)
    return Schema(found["values"]) if found is not None else None


def left_out() -> Mapping[str, str]:
    """Add-ons of the catalog whose keys are not known, and why."""
    found: dict[str, str] = _read()["left_out"]
    return found


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found
