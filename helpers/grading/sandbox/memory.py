"""How much memory a process and all its descendants use together, as /proc tells.

https://man7.org/linux/man-pages/man5/proc.5.html
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

__all__ = ["check", "family", "status", "used"]

_MEMORY = ("RssAnon", "RssShmem", "VmPTE")  # in use and not backed by files; and the page tables
_SOCKET = int(Path("/proc/sys/net/core/wmem_default").read_text())  # bytes that Linux may buffer for one open file


def check() -> None:
    """Make sure that this machine's kernel lists a process's children and its memory; not all are built that way.

    Raises:
        OSError: if it does not.
    """
    (Path("/proc/self/task") / str(os.getpid()) / "children").read_text()
    try:
        status("self", *_MEMORY)
    except KeyError as error:
        raise OSError(errno.ENOENT, f"/proc shows no {error}") from None


def status(process: int | str, *fields: str) -> list[int]:
    """Return numbers from a process's /proc status.

    A process chooses its own name, but Linux escapes newlines in it: only the start of a line can name a field.

    Raises:
        OSError: if there is no such process.
        KeyError: if it has no such field.
    """
    lines = Path(f"/proc/{process}/status").read_bytes().split(b"\n")
    numbers = dict(line.split(b":", 1) for line in lines if b":" in line)
    return [int(numbers[field.encode()].split()[0]) for field in fields]


def used(pid: int) -> int:
    """Return the bytes of memory that a process and its descendants use, except for files; 0 if it has ended.

    Every open file counts as a socket with a full buffer, because Linux does not say how full it is. Ordinary
    programs have only a few dozen open files.
    """
    return sum(map(_used_by_process, family(pid)))


def family(pid: int) -> Iterator[int]:
    """Yield the IDs of a process and its descendants."""
    yield pid
    for child in _children(pid):
        yield from family(child)


def _children(pid: int) -> list[int]:
    children: list[int] = []
    with suppress(OSError):  # the process has ended
        for file in Path(f"/proc/{pid}/task").glob("*/children"):
            with suppress(OSError):  # this thread has ended
                children += map(int, file.read_text().split())
    return children


def _used_by_process(pid: int) -> int:
    """Return the bytes that one process uses. Pages that it shares, as after a fork, count for each process."""
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in os.listdir(f"/proc/{pid}/task"):  # the first thread shows no memory if it has ended
            with suppress(FileNotFoundError, ProcessLookupError, KeyError):
                return 1024 * sum(status(f"{pid}/task/{thread}", *_MEMORY)) + _SOCKET * _open_files(pid)
    return 0


def _open_files(pid: int) -> int:
    files = os.stat(f"/proc/{pid}/fd").st_size  # 0 before Linux 6.2
    return files or status(pid, "FDSize")[0]  # the size of the table
