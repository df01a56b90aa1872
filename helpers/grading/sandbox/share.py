"""Share CPU time fairly: a box that runs many busy processes or threads waits more than it runs.

Linux shares CPU time between sessions or threads, and students' code can make hundreds of both. So the zygote counts
at each turn how many threads of a box want to run. A box with more than its share is stopped for as many turns as
bring its average down to that share. Control groups would do the same on machines where they can be used.
"""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

from helpers.grading.sandbox import memory

__all__ = ["LEAST", "CpuShare", "is_crowded"]

LEAST = 2  # threads that every box may always have running
LONGEST = 25.0  # turns that a box waits at most, because a cell's time limit keeps running
PASSES = 8  # attempts to catch all processes of a box, which may be forking meanwhile


def is_crowded(boxes: int) -> bool:
    """Return whether more threads want to run on this machine than this many boxes are entitled to."""
    running = Path("/proc/loadavg").read_text().split()[3].partition("/")[0]
    return int(running) > LEAST * boxes + len(os.sched_getaffinity(0))


class CpuShare:
    """Keeps a box to its share of CPU time.

    Args:
        pid: the first process in the box.

    Attributes:
        waits: whether the box is stopped.
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
            _signal(self._pid, signal.SIGSTOP)  # also what was forked meanwhile


def _runnable(pid: int) -> int:
    """Return how many threads of a box want to run."""
    return sum(
        _is_running(stat) for member in memory.family(pid) for stat in Path(f"/proc/{member}/task").glob("*/stat")
    )


def _is_running(stat: Path) -> bool:
    try:
        return stat.read_bytes().rpartition(b")")[2].split()[0] == b"R"  # the name before it may contain anything
    except OSError:
        return False


def _signal(pid: int, signum: int) -> None:
    """Send a signal to all processes of a box, and to no others that reuse their IDs.

    Raises:
        RuntimeError: if some processes never live long enough to be stopped; they could wake all the others up.
    """
    signalled: set[int] = set()
    for _ in range(PASSES):
        new = set(memory.family(pid)) - signalled
        if not new:
            return
        with contextlib.ExitStack() as stack:
            pidfds = {member: pidfd for member in new if (pidfd := _open_pidfd(member, stack))}
            # Before its descriptor was open, a member may have ended and another box's process may have got its ID.
            for member in pidfds.keys() & set(memory.family(pid)):
                with contextlib.suppress(ProcessLookupError):
                    signal.pidfd_send_signal(pidfds[member], signum)
                signalled.add(member)
    if signum == signal.SIGSTOP:
        raise RuntimeError("its processes start others faster than these can be stopped")


def _open_pidfd(pid: int, stack: contextlib.ExitStack) -> int:
    """Return a descriptor of a process, which unlike its ID is never reused; 0 if it has ended."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return 0
    stack.callback(os.close, descriptor)
    return descriptor
