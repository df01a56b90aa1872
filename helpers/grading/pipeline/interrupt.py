"""Ctrl-C while a class is graded: the first ends the run in an orderly way, the second at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, current_thread, main_thread
from types import FrameType

__all__ = ["stopping_by_ctrl_c"]

STDERR = 2
WORDS = b"\nStopping once what runs now is saved. Ctrl-C again stops at once.\n"
SHOW_CURSOR = b"\x1b[?25h"  # a progress bar hides it, and a second Ctrl-C leaves no time to show it again


@contextmanager
def stopping_by_ctrl_c() -> Iterator[Event]:
    """In this block, let the first Ctrl-C set an event, and the second end the process, as without any handler.

    Ending at once loses nothing: a submission counts as graded after it is saved, and the processes that a run has
    started end with it. Python handles signals in the main thread only: in another, nothing sets the event.
    """
    stop = Event()
    if current_thread() is not main_thread():
        yield stop
        return

    def ask(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        stop.set()
        # No print: the code that was interrupted may be in the middle of one.
        os.write(STDERR, (SHOW_CURSOR if os.isatty(STDERR) else b"") + WORDS)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
