"""Names of services, tasks, and containers from names that follow other rules."""

from __future__ import annotations

import re
from collections.abc import Iterable


def resource_name(name: str, taken: Iterable[str] = ()) -> str:
    """A name for a service or a task: lowercase letters, digits, and hyphens.

    Args:
        name: Name in the file that is imported.
        taken: Names that are in use.
    """
    made = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32].strip("-")
    made = made if re.match(r"[a-z]", made) else f"app-{made}"[:32].strip("-")
    return _free(made if len(made) > 1 else f"{made}-app", set(taken), 32)


def container_name(name: str, taken: Iterable[str] = ()) -> str:
    """A name for a container: letters, digits, hyphens, and underscores.

    Args:
        name: Name in the file that is imported.
        taken: Names that are in use.
    """
    made = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:61]
    return _free(made if re.match(r"[A-Za-z]", made) else f"app-{made}"[:61].rstrip("-"), set(taken), 61)


def _free(name: str, taken: set[str], longest: int) -> str:
    made, number = name, 1
    while made in taken:
        number += 1
        made = f"{name[: longest - len(str(number)) - 1]}-{number}"
    return made
