"""Durations, sizes, and shares of processors as Compose writes them, and the size of a task that has room for them."""

from __future__ import annotations

import math
import re
from typing import Final

from reference_constructs.ecs.task_options import FARGATE_MEMORY_MIB

_SECONDS: Final = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION: Final = re.compile(r"([0-9.]+)(us|ms|[smhd])")
_SIZE: Final = re.compile(r"([0-9.]+)\s*([bkmgt]?)(i?b?)", re.IGNORECASE)
_MIB: Final = {"": 2**-20, "b": 2**-20, "k": 2**-10, "m": 1, "g": 2**10, "t": 2**20}


def seconds(value: object) -> int | None:
    """A duration such as `1m30s`, in whole seconds, rounded up; None if it is none.

    Args:
        value: What the file says.
    """
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(rf"({_DURATION.pattern})+|[0-9]+", text):
        return None
    if text.isdigit():
        return math.ceil(int(text) / 1e9) if int(text) >= 10**6 else int(text)
    return math.ceil(sum(float(number) * _SECONDS[unit] for number, unit in _DURATION.findall(text)))


def mebibytes(value: object) -> int | None:
    """A size such as `512m` or `1.5gb`, in whole MiB, rounded up; None if it is none.

    Args:
        value: What the file says; a number is one of bytes.
    """
    found = _SIZE.fullmatch(str(value).strip())
    if isinstance(value, bool) or found is None:
        return None
    try:
        return math.ceil(float(found[1]) * _MIB[found[2].lower()])
    except ValueError:
        return None


def cpu_units(value: object) -> int | None:
    """A number of processors such as `0.5`, in CPU units; None if it is none.

    Args:
        value: What the file says.
    """
    try:
        units = math.ceil(float(str(value)) * 1024)
    except (ValueError, OverflowError):
        return None
    return units if units > 0 else None


def fargate_size(cpu: int, memory_mib: int) -> tuple[int, int] | None:
    """The smallest size of a task on Fargate that has at least these CPU units and this memory; None if none has.

    Args:
        cpu: CPU units.
        memory_mib: Memory, in MiB.
    """
    for units, sizes in FARGATE_MEMORY_MIB.items():
        for size in sizes:
            if units >= cpu and size >= memory_mib:
                return units, size
    return None
