"""What each kind of compute of an Amazon EKS cluster can do, read from `node_capabilities.yaml` (sources in it)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from ruamel.yaml import YAML

FILE: Final = Path(__file__).parent / "node_capabilities.yaml"
Verdict = Literal["yes", "if", "no", "undocumented"]


@dataclass(frozen=True)
class Answer:
    """Whether a kind of compute can do something."""

    verdict: Verdict
    """`if`: it can under a condition. `undocumented`: AWS does not say."""

    detail: str
    """The condition, the reason, or what is known; empty for a plain yes."""

    @classmethod
    def read(cls, text: str) -> Answer:
        """An answer as the file writes it.

        Raises:
            ValueError: If it begins with no verdict, or gives no detail where one is needed.
        """
        verdict, _, detail = text.partition(": ")
        for known in get_args(Verdict):
            if verdict == known and bool(detail) is (known != "yes"):
                return cls(known, detail)
        raise ValueError(f"{text!r} is no answer; allowed: yes, or if:, no:, and undocumented: with a detail")

    def __str__(self) -> str:
        """As the file writes it."""
        return f"{self.verdict}: {self.detail}" if self.detail else self.verdict


@dataclass(frozen=True)
class Need:
    """Something that pods, or the people who run them, may need of a node."""

    name: str
    about: str
    answers: Mapping[str, Answer]
    """By kind of compute."""

    sources: tuple[str, ...]


def kinds() -> Mapping[str, str]:
    """Kinds of compute by the name that a file gives them, each with AWS's own name."""
    found: Mapping[str, str] = _read()["kinds"]
    return found


@cache  # rules ask for one need of each node
def needs() -> Mapping[str, Need]:
    """Everything that the table knows, by name."""
    return {
        name: Need(
            name=name,
            about=row["about"],
            answers={kind: Answer.read(row[kind]) for kind in kinds()},
            sources=tuple(row["sources"]),
        )
        for name, row in _read()["needs"].items()
    }


def as_of() -> str:
    """Day on which the sources were read."""
    return str(_read()["as_of"])


@cache
def _read() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return found
