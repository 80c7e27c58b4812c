"""A rule between keys: what each value allows alone, but not together with another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from settings.unknown import UnknownValueError, has_unknown

if TYPE_CHECKING:
    from environments.environment import Environment
    from environments.problems import Problem

Check = Callable[["Environment"], "Iterator[Problem]"]


@dataclass(frozen=True)
class Rule:
    """One check, and what a reader is told of it."""

    name: str
    """Name of the function; tests pair by it."""

    why: str
    """Why AWS would refuse or misbehave: the function's docstring."""

    source: str
    """Where that is written."""

    check: Check
    """Yields a `Problem` at the key that the reader should change."""

    def problems(self, environment: Environment) -> Iterator[Problem]:
        """What it finds, each with the reason."""
        try:
            for problem in self.check(environment):
                if not has_unknown(problem.value):
                    yield replace(problem, why=self.why)
        except (UnknownValueError, TypeError):
            # It needs a value that is wrong itself, which is said already; `re` says so in its own words.
            if not has_unknown(environment):
                raise


RULES: dict[str, Rule] = {}


def rule(source: str) -> Callable[[Check], Check]:
    """Register a check. Its docstring is the reason that the reader of an error sees: one sentence.

    Args:
        source: Title of the AWS page, or the issue, that says so.
    """

    def register(check: Check) -> Check:
        why = " ".join((check.__doc__ or "").split())
        RULES[check.__name__] = Rule(name=check.__name__, why=why, source=source, check=check)
        return check

    return register
