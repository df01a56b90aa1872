"""How OpenMP's threads wait for each other: actively on a quiet machine, briefly on a busy one.

PyTorch shares each operation between OpenMP's threads, and goes on when the last has finished. GCC's OpenMP, which
PyTorch brings along on Linux, lets a thread wait actively for 3 ms: it keeps its core and asks again and again. Nothing
is faster on a quiet machine. On a busy one, it keeps the core that the thread it waits for needs, and a training loses
nine tenths of its speed or more (`tests/bench_threads.py` measures it).

There are environment variables for it, but they are read once, and what suits one machine is wrong on the other. GCC's
OpenMP itself waits a thousandth as long while it has more threads than the process has cores:
https://gcc.gnu.org/onlinedocs/libgomp/GOMP_005fSPINCOUNT.html. `Watch` uses that. While the machine is busy, it keeps a
few more threads, which sleep. How many threads compute, and so what they compute, stays the same.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import NamedTuple

import torch

__all__ = ["Reading", "Watch", "is_busy", "watch_waiting"]

SECONDS = 0.5  # between two readings
OWN_SETTINGS = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")  # whoever sets one decides how threads wait
MANY = 1 << 20  # numbers: enough for an operation to be shared between threads


class Reading(NamedTuple):
    """What has been done with the cores up to now.

    Attributes:
        at: a time, in seconds.
        used: seconds of processor time that this process has used.
        idle: seconds in which its cores did nothing; of several cores, their sum.
    """

    at: float
    used: float
    idle: float


def watch_waiting(threads: int) -> None:
    """Start to watch how busy the machine is, unless this process does so, or the user decides how threads wait.

    Args:
        threads: OpenMP's threads that compute.
    """
    can_tell = os.access("/proc/stat", os.R_OK)  # not everywhere on Linux, and nowhere else
    if not can_tell or any(name in os.environ for name in OWN_SETTINGS):
        return
    is_watching = any(isinstance(thread, Watch) for thread in threading.enumerate())
    if not is_watching and 1 < threads <= len(os.sched_getaffinity(0)):  # with more, they wait briefly anyway
        Watch(threads).start()


class Watch(threading.Thread):
    """Looks every half second whether the machine is busy, and makes OpenMP's threads wait accordingly."""

    def __init__(self, threads: int) -> None:
        super().__init__(name="watch waiting", daemon=True)
        self._threads = threads
        self._sleepers: _Sleepers | None = None

    def run(self) -> None:
        before = read()
        while True:
            time.sleep(SECONDS)
            now = read()
            self.turn(is_busy(before, now, self._threads))
            before = now

    def turn(self, busy: bool) -> None:
        """Let threads wait briefly if the machine is busy, else actively."""
        if busy and not self._sleepers:
            self._sleepers = _Sleepers(self._threads)
        elif self._sleepers and not busy:
            self._sleepers.end()
            self._sleepers = None


def is_busy(before: Reading, now: Reading, threads: int) -> bool:
    """Return whether so many threads of this process would have to share a core with another process."""
    cores = (now.used - before.used + now.idle - before.idle) / (now.at - before.at)
    return cores < threads - 0.5


def read(root: Path = Path("/")) -> Reading:
    """Return what has been done with this process's cores; `proc` is in the folder `root`."""
    names = {f"cpu{core}" for core in os.sched_getaffinity(0)}
    lines = map(str.split, (root / "proc/stat").read_text().splitlines())
    # The fourth and the fifth number: idle, and idle while a disk works. https://man7.org/linux/man-pages/man5/proc_stat.5.html
    ticks = sum(int(line[4]) + int(line[5]) for line in lines if line[0] in names)
    return Reading(time.perf_counter(), time.process_time(), ticks / os.sysconf("SC_CLK_TCK"))


class _Sleepers:
    """OpenMP's threads that do nothing, so many that it has more threads than this process has cores."""

    def __init__(self, threads: int) -> None:
        self._ready, self._end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, args=(threads,), name="sleepers", daemon=True)
        self._thread.start()
        self._ready.wait()

    def _run(self, threads: int) -> None:
        # They belong to this Python thread and end with it. It counts as one of them, but not as one more.
        torch.set_num_threads(len(os.sched_getaffinity(0)) - threads + 2)
        torch.zeros(MANY)
        torch.set_num_threads(threads)  # for threads that start later
        self._ready.set()
        self._end.wait()

    def end(self) -> None:
        self._end.set()
        self._thread.join()
