"""What is wrong with an environment file, said so that it can be mended without reading our code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong."""

    path: KeyPath
    """Keys from the top of the file; an index is a place in a list."""

    value: object
    """What stands there; None for nothing."""

    allowed: str
    """What may stand there, or what to do."""

    why: str = ""
    """Why AWS would refuse it, or what would go wrong."""

    meaning: str = ""
    """What the key is for."""

    line: int | None = None
    """Line in the file, from 1."""

    @property
    def key(self) -> str:
        """The path as one writes it: `ecs.services.web.containers[0].image`."""
        text = ""
        for part in self.path:
            text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
        return text or "(the file)"


class InvalidEnvironmentError(ValueError):
    """An environment cannot be used; the text lists every problem with its file and line."""

    def __init__(self, *, file: Path | str, problems: Iterable[Problem]) -> None:
        """Write the text.

        Args:
            file: The file as the user named it.
            problems: All of them.
        """
        self.problems: Sequence[Problem] = sorted(problems, key=lambda problem: (problem.line or 0, problem.key))
        count = len(self.problems)
        lines = [f"{file}: {count} problem{'s' if count > 1 else ''}, nothing was synthesized"]
        for problem in self.problems:
            place = f"{file}:{problem.line}" if problem.line else f"{file}"
            lines.append(f"  {place}: {problem.key}: {_what_is_wrong(problem.value)}")
            lines.append(f"      allowed: {problem.allowed}")
            if problem.why:
                lines.append(f"      why: {problem.why}")
            if problem.meaning:
                lines.append(f"      meaning: {problem.meaning}")
        super().__init__("\n".join(lines))


def _what_is_wrong(value: object) -> str:
    return "is missing" if value is None else f"{value!r} is not allowed"
