"""IAM actions and their resource-level permissions, read from `iam_actions.json` (source in it)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Final, Literal

FILE: Final = Path(__file__).parent / "iam_actions.json"
Level = Literal["none", "optional", "required"]
LEVELS: Final[tuple[Level, ...]] = ("none", "optional", "required")


@dataclass(frozen=True)
class IamAction:
    """An action of the Service Authorization Reference."""

    name: str
    """Prefix of the service, colon, and action."""

    level: Level
    """Whether a statement can name resources: with `none`, only `*` grants the action; with `optional`, `*` is needed
    for what has no resource; with `required`, each use has a resource that a statement can name."""


def prefixes() -> list[str]:
    """Prefix of every service."""
    return list(_read())


def names(prefix: str) -> list[str]:
    """Names of the actions of a service, without its prefix.

    Args:
        prefix: Such as `s3`; one that is not known has no actions.
    """
    return [name for of_level in _read().get(prefix, ()) for name in of_level.split()]


def matching(pattern: str) -> list[IamAction]:
    """The actions that a statement means.

    Args:
        pattern: Such as `s3:Get*`. IAM compares without regard to case.
    """
    prefix, _, action = pattern.partition(":")
    return [
        IamAction(f"{prefix}:{name}", level)
        for level, of_level in zip(LEVELS, _read().get(prefix, ("", "", "")), strict=True)
        for name in of_level.split()
        if fnmatchcase(name.lower(), action.lower())
    ]


@cache
def _read() -> dict[str, list[str]]:
    actions: dict[str, list[str]] = json.loads(FILE.read_text(encoding="utf-8"))["actions"]
    return actions
