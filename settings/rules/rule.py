"""A rule between keys: what each value allows alone, but not together with another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from settings.environment import Environment
from settings.problems import Problem
from settings.unknown import has_unknown

Check = Callable[[Environment], Iterator[Problem]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check, and what a reader is told of it."""

    name: str
    """Name of the function; tests pair by it."""

    why: str
    """Why AWS would refuse or misbehave: the function's docstring."""

    source: str
    """Where that is written."""

    keys: tuple[str, ...]
    """Keys that the rule concerns, as in `docs/configuration.md`: `<name>` is a name that the file chooses, `[]` an
    item of a list. Every problem is at one of them or below it."""

    check: Check
    """Yields a `Problem` at the key to change."""

    def problems(self, environment: Environment) -> Iterator[Problem]:
        """What it finds, each with the reason."""
        try:
            for problem in self.check(environment):
                yield replace(problem, why=self.why)
        except AttributeError:
            # It needs a value that is wrong itself, which is reported already.
            if not has_unknown(environment):
                raise


RULES: dict[str, Rule] = {}


def rule(source: str, *, keys: Sequence[str]) -> Callable[[Check], Check]:
    """Register a check. Its docstring is the reason that the reader of an error sees: one sentence.

    Args:
        source: Title of the AWS page, or the issue, that says so.
        keys: Keys that the rule concerns (`Rule.keys`).

    Raises:
        ValueError: If another rule has the name, which would otherwise be replaced without a word.
    """

    def register(check: Check) -> Check:
        if check.__name__ in RULES:
            raise ValueError(f"there are two rules {check.__name__}")
        why = " ".join((check.__doc__ or "").split())
        RULES[check.__name__] = Rule(name=check.__name__, why=why, source=source, keys=tuple(keys), check=check)
        return check

    return register
