"""Which VPC endpoints each feature takes where nothing leads to the internet, read from `endpoint_needs.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

from ruamel.yaml import YAML

FILE: Final = Path(__file__).parent / "endpoint_needs.yaml"
# What the tables of the file are about.
Table = Literal["features", "kinds", "add_ons"]


@dataclass(frozen=True)
class EndpointNeed:
    """What one feature, one kind of node, or one add-on calls."""

    about: str
    endpoints: tuple[str, ...]
    sources: tuple[str, ...]


def endpoint_needs(table: Table) -> Mapping[str, EndpointNeed]:
    """The rows of a table, by name.

    Args:
        table: `features` of both platforms, `kinds` of nodes, or `add_ons` of Amazon EKS.
    """
    return {
        name: EndpointNeed(
            about=row.get("about", name), endpoints=tuple(row["endpoints"]), sources=tuple(row["sources"])
        )
        for name, row in _read()[table].items()
    }


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found
