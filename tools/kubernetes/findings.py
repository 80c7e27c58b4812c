"""What is wrong with an object, in words by which it can be corrected."""

from __future__ import annotations

from dataclasses import dataclass

ObjectPath = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """One thing that is wrong, and where it is written."""

    file: str
    line: int
    subject: str
    """Kind, namespace, and name."""

    path: str
    """Where it is in the object."""

    reason: str
    fix: str
    check: str
    """Name of the check that found it."""

    def __str__(self) -> str:
        """As the verb prints it."""
        place = f"{self.subject}, {self.path}" if self.path else self.subject
        return f"{self.file}:{self.line}: {place}: {self.reason}\n    fix: {self.fix} [{self.check}]"


def dotted(path: ObjectPath) -> str:
    """A path as Kubernetes writes it, such as `spec.containers[0].image`.

    Args:
        path: Keys and indexes from the top of the object.
    """
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text
