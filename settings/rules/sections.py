"""Rules of sections of a file that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from settings.environment import Environment
from settings.problems import Problem
from settings.rules.rule import warning

_SECTIONS: Final = ("ecs", "eks")


@warning("YAML 1.2.2, core schema: null", keys=_SECTIONS)
def section_has_a_value(environment: Environment) -> Iterator[Problem]:
    """A key without a value is null: there is no cluster, and one that was deployed is no longer part of the file."""
    for name in _SECTIONS:
        if name in environment.model_fields_set and getattr(environment, name) is None:
            yield Problem(path=(name,), finding="there is no value", fix=f"add keys below it, or write {name}: null")
