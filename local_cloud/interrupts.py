"""Ctrl-C and its kin: the first one unwinds what was begun, and none comes at a moment that would lose a process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def unwind_on_interrupts() -> None:
    """Make each of them a KeyboardInterrupt; what the caller ignores, as under nohup, stays ignored."""
    for number in INTERRUPTS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """An interrupted Popen forgets the process that it has made, so signals wait until it has returned."""
    if threading.current_thread() is not threading.main_thread():  # where no signal is handled
        yield
        return
    came: list[int] = []
    handlers = {number: signal.signal(number, lambda number, _: came.append(number)) for number in INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for held in came:
        signal.raise_signal(held)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    for number in INTERRUPTS:  # a second Ctrl-C must not interrupt the cleaning up
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
