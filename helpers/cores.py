"""How many CPU cores this process may use: those it may run on, within the limits of the container it runs in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

__all__ = ["usable_cores"]

# In control groups of version 2, and of version 1: where quota and period are written, both in microseconds.
QUOTA_FILES = (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us"))
NO_QUOTA = ("max", "-1")


def usable_cores(root: Path = Path("/")) -> int:
    """Return how many cores this process may use, at least 1.

    A container with a quota of 2.5 of 64 cores sees all of them, and would be stopped for most of the time if it used
    them. Of these it may use 2.

    Args:
        root: the folder in which `proc` and `sys` are.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, int(min([cores, *_quotas(root)])))


def _quotas(root: Path) -> Iterator[float]:
    """Yield the quotas, in cores, of this process's control groups and of all groups around them."""
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:  # not Linux, or /proc is hidden
        return
    for line in lines:  # https://man7.org/linux/man-pages/man7/cgroups.7.html
        _, controllers, path = line.split(":", 2)
        if controllers and "cpu" not in controllers.split(","):
            continue
        mounted = root / "sys/fs/cgroup" / ("cpu" if controllers else "")
        group = PurePosixPath(path.lstrip("/"))
        # In a container, the first ones may be missing: its own group is mounted as the outermost.
        for folder in (group, *group.parents):
            yield from _quota(mounted / folder)


def _quota(group: Path) -> Iterator[float]:
    for names in QUOTA_FILES:
        try:
            quota, period = " ".join((group / name).read_text() for name in names).split()
        except OSError:
            continue
        if quota not in NO_QUOTA:
            yield int(quota) / int(period)
