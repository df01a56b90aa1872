"""Processor time is shared by submissions: one that starts many busy processes or threads waits more than it runs.

Linux shares processor time between sessions, or between threads, and a student's code can make hundreds of both. So
whoever watches the boxes looks at each turn how many threads want to run, and stops a box with more than it may have
for as many turns as bring its average down to that. Control groups would do the same where they can be used.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from helpers.grading.sandbox import memory

__all__ = ["LEAST", "Share", "is_crowded"]

LEAST = 2  # threads that each may always have running
LONGEST = 25.0  # turns that a box waits at most: a cell's time limit goes on meanwhile
PASSES = 8  # over processes that may be forking while they are counted


def is_crowded(boxes: int) -> bool:
    """Whether more threads want to run on this machine than this many boxes have a right to."""
    running = Path("/proc/loadavg").read_text().split()[3].partition("/")[0]
    return int(running) > LEAST * boxes + len(os.sched_getaffinity(0))


class Share:
    """What a box has had of the processor beyond its share, and whether it waits.

    Args:
        pid: the first process in the box.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._debt = 0.0  # turns to wait
        self.waits = False

    def turn(self, boxes: int, crowded: bool) -> None:
        """Let the box run or wait until the next turn."""
        if self.waits:
            self._debt -= 1
        elif crowded:
            most = max(LEAST, len(os.sched_getaffinity(0)) / boxes)
            self._debt = min(max(0.0, self._debt + _runnable(self._pid) / most - 1), LONGEST)
        if self.waits != (self._debt >= 1):
            self.waits = not self.waits
            _signal(self._pid, signal.SIGSTOP if self.waits else signal.SIGCONT)
        elif self.waits:
            _signal(self._pid, signal.SIGSTOP)  # what was forked meanwhile


def _runnable(pid: int) -> int:
    """How many threads of a box want to run."""
    tasks = [task for one in memory.family(pid) for task in Path(f"/proc/{one}/task").glob("*/stat")]
    return sum(map(_is_running, tasks))


def _is_running(stat: Path) -> bool:
    try:
        return stat.read_bytes().rpartition(b")")[2].split()[0] == b"R"  # the name before it may hold anything
    except OSError:
        return False


def _signal(pid: int, signum: int) -> None:
    """Send a signal to all processes of a box; those outside, whatever their IDs, never get it.

    Raises:
        RuntimeError: if some are never there long enough to get it; one of them would wake all others up.
    """
    told: set[int] = set()
    for _ in range(PASSES):
        new = set(memory.family(pid)) - told
        if not new:
            return
        with contextlib.ExitStack() as stack:
            held = {one: descriptor for one in new if (descriptor := _hold(one, stack))}
            # An ID that another box's process got meanwhile is the family's no more.
            for one in held.keys() & set(memory.family(pid)):
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(held[one], signum)
                told.add(one)
    if signum == signal.SIGSTOP:
        raise RuntimeError("its processes start others faster than these can be stopped")


def _hold(pid: int, stack: contextlib.ExitStack) -> int:
    """A descriptor of a process, which its ID may not be for long; 0 if it has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return 0
    stack.callback(os.close, descriptor)
    return descriptor
