"""Termination signals: the first one unwinds what was begun, and none comes at a moment that would lose a process."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

TERMINATION_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def interrupt_on_termination_signals() -> None:
    """Make each of them a KeyboardInterrupt; what the caller ignores, as under nohup, stays ignored."""
    for number in TERMINATION_SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _interrupt)


@contextmanager
def termination_signals_deferred() -> Iterator[None]:
    """An interrupted Popen forgets the process that it has made, so signals wait until it has returned."""
    if threading.current_thread() is not threading.main_thread():  # where no signal is handled
        yield
        return
    received: list[int] = []
    handlers = {
        number: signal.signal(number, lambda number, _: received.append(number)) for number in TERMINATION_SIGNALS
    }
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
    for pending in received:
        signal.raise_signal(pending)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    for number in TERMINATION_SIGNALS:  # a second Ctrl-C must not interrupt the cleaning up
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
