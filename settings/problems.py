"""What is wrong with an environment file, in words by which it can be corrected without reading the code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]
_LONGEST_VALUE = 200


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong. `allowed`, `fix` or both tell what to do about it."""

    path: KeyPath
    """Keys from the top of the file; an index is a place in a list."""

    value: object = None
    """The value of the key."""

    finding: str = ""
    """What is there and what is lacking, in words. Empty: the value is not allowed."""

    allowed: str = ""
    """The values that are allowed."""

    fix: str = ""
    """An instruction."""

    why: str = ""
    """Why AWS would refuse it, or what would go wrong."""

    meaning: str = ""
    """The description of the key."""

    line: int | None = None
    """Line in the file, from 1."""

    also: tuple[str, ...] = ()
    """Keys that have the same value by an alias, of which the same is wrong."""

    warning: str = ""
    """Name of the rule, if it only warns (`settings/rules/rule.py`)."""

    @property
    def key(self) -> str:
        """The path as one writes it: `ecs.services.web.containers[0].image`."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text or "(the file)"

    def lines(self) -> list[str]:
        """The message: what is wrong, and below it, each with its label, whatever else is known."""
        details = {
            "allowed": self.allowed,
            "fix": self.fix,
            "why": self.why,
            "meaning": self.meaning,
            "also, by an alias": ", ".join(self.also),
            "to acknowledge": self._acknowledgement(),
        }
        return [
            f"{self.key}: {self.finding or f'{notation(self.value)} is not allowed'}",
            *(f"{label}: {text}" for label, text in details.items() if text),
        ]

    def _acknowledgement(self) -> str:
        item = f"{{warning: {self.warning}, key: '{self.key}', reason: ...}}"
        return f"add {item} to acknowledged_warnings" if self.warning else ""


class InvalidEnvironmentError(ValueError):
    """An environment cannot be used; the text lists every problem with its file and line."""

    def __init__(self, *, file: Path | str, problems: Iterable[Problem]) -> None:
        """Write the text.

        Args:
            file: The file as the user named it.
            problems: All of them.
        """
        self.problems = _in_order(problems)
        super().__init__(_text(file, self.problems, "problem", ", nothing was synthesized"))


class EnvironmentWarning(UserWarning):
    """AWS accepts an environment, but a careful engineer would not; the text lists what with its file and line."""

    def __init__(self, *, file: Path | str, problems: Iterable[Problem]) -> None:
        """Write the text.

        Args:
            file: The file as the user named it.
            problems: Each with the name of its warning.
        """
        self.problems = _in_order(problems)
        super().__init__(_text(file, self.problems, "warning", ""))


def _in_order(problems: Iterable[Problem]) -> Sequence[Problem]:
    return sorted(problems, key=lambda problem: (problem.line or 0, problem.key))


def _text(file: Path | str, problems: Sequence[Problem], what: str, consequence: str) -> str:
    lines = [f"{file}: {len(problems)} {what}{'s' if len(problems) > 1 else ''}{consequence}"]
    for problem in problems:
        place = f"{file}:{problem.line}" if problem.line else f"{file}"
        first, *details = problem.lines()
        lines += [f"  {place}: {first}", *(f"      {detail}" for detail in details)]
    return "\n".join(lines)


def notation(value: object) -> str:
    """A value as YAML writes it. Mappings are not printed: they are long, and somewhere in them may be a secret."""
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, Mapping):
        return "a mapping" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(notation, value))}]"
    text = repr(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}..."
