"""A rule between keys: what each value allows alone, but not together with another.

What AWS refuses, or what cannot work, is an error. What AWS accepts and a careful engineer would not is a warning: it
is shown at synthesis, stops nobody, and can be acknowledged in the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from settings.environment import Environment
from settings.problems import Problem

Check = Callable[[Environment], Iterator[Problem]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check, and what a reader is told of it."""

    name: str
    """Name of the function; tests pair by it, and a file acknowledges a warning by it."""

    why: str
    """Why AWS would refuse or misbehave: the function's docstring."""

    source: str
    """Where that is written."""

    keys: tuple[str, ...]
    """Keys that the rule concerns, as in `docs/configuration.md`: `<name>` is a name that the file chooses, `[]` an
    item of a list. Every problem is at one of them or below it."""

    check: Check
    """Yields a `Problem` at the key to change."""

    only_warns: bool
    """Whether AWS accepts what the rule finds."""

    def problems(self, environment: Environment, *, is_complete: bool = True) -> Iterator[Problem]:
        """What it finds, each with the reason.

        Args:
            environment: A checked environment.
            is_complete: Whether it has all values; those that are wrong themselves are left out.
        """
        try:
            for problem in self.check(environment):
                yield replace(problem, why=self.why, warning=self.name if self.only_warns else "")
        except AttributeError:
            # It needs a value that is wrong itself, which is reported already.
            if is_complete:
                raise


RULES: dict[str, Rule] = {}


def rule(source: str, *, keys: Sequence[str]) -> Callable[[Check], Check]:
    """Register a check of what AWS refuses, or of what cannot work.

    Its docstring is the reason that the reader of an error sees: one sentence.

    Args:
        source: Title of the AWS page, or the issue, that says so.
        keys: Keys that the rule concerns (`Rule.keys`).

    Raises:
        ValueError: If another rule has the name, which would otherwise be replaced without a word.
    """
    return _registration(source, keys, only_warns=False)


def warning(source: str, *, keys: Sequence[str]) -> Callable[[Check], Check]:
    """Register a check of what AWS accepts, but a careful engineer would not. The arguments are those of `rule`."""
    return _registration(source, keys, only_warns=True)


def _registration(source: str, keys: Sequence[str], *, only_warns: bool) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        name, why = check.__name__, " ".join((check.__doc__ or "").split())
        if name in RULES:
            raise ValueError(f"there are two rules {name}")
        RULES[name] = Rule(name=name, why=why, source=source, keys=tuple(keys), check=check, only_warns=only_warns)
        return check

    return register
