"""Processes that a test interrupts."""

from __future__ import annotations

import signal


def restore_default_signals() -> None:
    """Call before the program starts: tests in the background or under nohup ignore signals, and hand that on."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
