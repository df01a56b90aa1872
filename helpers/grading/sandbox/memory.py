"""How much memory a process and all that it started use together."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

__all__ = ["check", "family", "status", "used"]

_MEMORY = ("RssAnon", "RssShmem", "VmPTE")  # in use, and held by no file; and the tables of its addresses
_SOCKET = int(Path("/proc/sys/net/core/wmem_default").read_text())  # bytes that the kernel may keep for an open file


def check() -> None:
    """Make sure that this machine's kernel lists a process's children, and tells of its memory; not all are built so.

    Raises:
        OSError: if it does not.
    """
    (Path("/proc/self/task") / str(os.getpid()) / "children").read_text()
    try:
        status("self", *_MEMORY)
    except KeyError as error:
        raise OSError(errno.ENOENT, f"/proc shows no {error}") from None


def status(process: int | str, *fields: str) -> list[int]:
    """Numbers from a process's /proc status.

    A process names itself, with any bytes but a newline, which Linux escapes: only what stands at the start of a line
    is a field.

    Raises:
        OSError: if there is no such process.
        KeyError: if it has no such field.
    """
    lines = Path(f"/proc/{process}/status").read_bytes().split(b"\n")
    numbers = dict(line.split(b":", 1) for line in lines if b":" in line)
    return [int(numbers[field.encode()].split()[0]) for field in fields]


def used(pid: int) -> int:
    """Bytes of memory that are in use by a process and its descendants and that no file holds. 0 when it has ended.

    Every open file counts as a socket that is full: nobody tells how full it is. Programs have some dozens.
    """
    return sum(map(_own, family(pid)))


def family(pid: int) -> Iterator[int]:
    """The IDs of a process and its descendants."""
    yield pid
    try:
        children = [int(child) for file in Path(f"/proc/{pid}/task").glob("*/children") for child in _words(file)]
    except OSError:
        return  # it has ended
    for child in children:
        yield from family(child)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text().split()
    except OSError:
        return []


def _own(pid: int) -> int:
    # What many processes share is counted for each; a fork shares what was there before.
    for thread in _threads(pid):  # where the first has ended, it shows no memory; that of the others lives on
        with contextlib.suppress(FileNotFoundError, ProcessLookupError, KeyError):
            return 1024 * sum(status(f"{pid}/task/{thread}", *_MEMORY)) + _SOCKET * _open_files(pid)
    return 0  # all have ended


def _open_files(pid: int) -> int:
    files = os.stat(f"/proc/{pid}/fd").st_size  # since Linux 6.2; 0 before
    return files or status(pid, "FDSize")[0]  # the room for them


def _threads(pid: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{pid}/task")
    except (FileNotFoundError, ProcessLookupError):
        return []
