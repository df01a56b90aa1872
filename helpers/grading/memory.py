"""How much memory a process and all that it started use together."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["check", "used"]


def check() -> None:
    """Make sure that this machine's kernel lists a process's children; not all are built so.

    Raises:
        OSError: if it does not.
    """
    (Path("/proc/self/task") / str(os.getpid()) / "children").read_text()


def used(pid: int) -> int:
    """Bytes of memory that are in use by a process and its descendants and that no file holds. 0 when it has ended."""
    return sum(map(_own, _family(pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in _words(file)]
    except OSError:
        return  # it has ended
    for child in children:
        yield from _family(child)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _own(pid: int) -> int:
    # What many processes share is counted for each; a fork shares what was there before.
    words = iter(_words(Path(f"/proc/{pid}/status")))
    return sum(1024 * int(next(words)) for word in words if word in ("RssAnon:", "RssShmem:"))
