"""A relation: what must hold between resources, each of which is right alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from assembly import Graph, Resource

Kind = Literal["identity", "reach", "agreement", "order", "capacity", "fate"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, kw_only=True)
class Misfit:
    """A place where a relation does not hold."""

    resource: Resource
    """The resource to change."""

    finding: str
    """What does not fit what, with the values."""

    fix: str
    """An instruction."""


Check = Callable[[Graph], Iterator[Misfit]]


@dataclass(frozen=True, kw_only=True)
class Relation:
    """One relation, and what a reader is told of it."""

    name: str
    """Name of the function; a finding is acknowledged by it, and tests pair by it."""

    kind: Kind
    """Name of its module."""

    why: str
    """What happens in AWS otherwise: the function's docstring."""

    source: str
    """Where that is written."""

    check: Check
    """Yields every misfit."""


RELATIONS: dict[str, Relation] = {}


def relation(source: str) -> Callable[[Check], Check]:
    """Register a check. Its docstring is the reason that the reader of a finding sees: one sentence.

    Args:
        source: Title of the AWS page, or the issue, that says so.

    Raises:
        ValueError: If another relation has the name, or the module is not one of `KINDS`.
    """

    def register(check: Check) -> Check:
        name, why = check.__name__, " ".join((check.__doc__ or "").split())
        kind = next((kind for kind in KINDS if kind in check.__module__.split(".")), None)
        if name in RELATIONS or kind is None:
            raise ValueError(f"there are two relations {name}, or its module is none of {', '.join(KINDS)}")
        RELATIONS[name] = Relation(name=name, kind=kind, why=why, source=source, check=check)
        return check

    return register
