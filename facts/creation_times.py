"""How long CloudFormation takes for a resource, read from `creation_times.yaml` (sources and date in it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from ruamel.yaml import YAML

FILE: Final = Path(__file__).parent / "creation_times.yaml"
Action = Literal["create", "delete"]


@dataclass(frozen=True)
class Seconds:
    """Typical, shortest, and longest."""

    typical: float
    shortest: float
    longest: float
    is_measured: bool


def seconds(name: str, action: Action) -> Seconds:
    """Those of a resource type, or of `stack`; those of all others where the type has no row.

    Args:
        name: A resource type, with ` (Gateway)` for a gateway endpoint, ` (LUSTRE)` for FSx for Lustre.
        action: What is done.
    """
    rows = _read()
    row = rows["stack"] if name == "stack" else rows["types"].get(name, rows["other"])
    typical, shortest, longest = map(float, row.get(action, rows["other"][action]))
    return Seconds(typical, shortest, longest, row["evidence"] == "measured" and action in row)


def rows() -> Mapping[str, Any]:
    """Every row by resource type."""
    found: Mapping[str, Any] = _read()["types"]
    return found


def as_of() -> str:
    """Day on which the sources were read."""
    return str(_read()["as_of"])


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found
