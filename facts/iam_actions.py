"""IAM actions, their resource-level permissions and resources, read from `iam_actions.json` (source in it)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

FILE: Final = Path(__file__).parent / "iam_actions.json"
Level = Literal["none", "optional", "required"]


@dataclass(frozen=True)
class IamAction:
    """An action of the Service Authorization Reference."""

    name: str
    """Prefix of the service, colon, and action."""

    level: Level
    """Whether a statement can name resources: with `none`, only `*` grants the action; with `optional`, `*` is needed
    for what has no resource; with `required`, each use has a resource that a statement can name."""

    resources: tuple[str, ...]
    """ARNs of the resources that a statement can name, with `*` for what differs."""


def prefixes() -> list[str]:
    """Prefix of every service."""
    return list(_read())


def names(prefix: str) -> list[str]:
    """Names of the actions of a service, without its prefix.

    Args:
        prefix: Such as `s3`; one that is not known has no actions.
    """
    return [name for _, _, group in _groups(prefix) for name in group]


def matching(pattern: str) -> list[IamAction]:
    """The actions that a statement means.

    Args:
        pattern: Such as `s3:Get*`. IAM compares without regard to case.
    """
    prefix, _, action = pattern.partition(":")
    return [
        IamAction(f"{prefix}:{name}", level, resources)
        for level, resources, group in _groups(prefix)
        for name in group
        if fnmatchcase(name.lower(), action.lower())
    ]


def _groups(prefix: str) -> Iterator[tuple[Level, tuple[str, ...], list[str]]]:
    """Actions of a service that have the same level and the same resources."""
    service = _read().get(prefix, {"resources": {}, "actions": []})
    for level, types, group in service["actions"]:
        arns = tuple(re.sub(r"\$\{[^}]+\}", "*", service["resources"][each]) for each in filter(None, types.split(",")))
        yield level, arns, group.split()


@cache
def _read() -> dict[str, Any]:
    services: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))["services"]
    return services
