"""Put this process's memory into huge pages, so that forking it copies 500 times fewer entries of page tables.

A process that PyTorch is imported into has a hundred thousand pages of its own. To copy their entries at each fork, and
to drop them at each end, takes longer than all that a small submission computes. A forked process that writes into a
huge page still copies 4 KiB, not all of it.

https://docs.kernel.org/admin-guide/mm/transhuge.html
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

from helpers.grading.sandbox import linux

__all__ = ["collapse"]

SIZE = 2 << 20  # bytes of a huge page: 4 KiB pages and 512 entries a table, on x86-64 and most of AArch64
_PRIVATE_MEMORY = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) rw-p 00000000 00:00 0", re.MULTILINE)


def collapse() -> None:
    """Move this process's memory into huge pages, as far as this machine can. It takes up to a second."""
    for start, end in _regions():
        with contextlib.suppress(OSError):  # before Linux 6.1, or no huge page is free: ordinary pages do as well
            linux.collapse(start, end - start)


def _regions() -> Iterator[tuple[int, int]]:
    """Yield start and end of the whole huge pages that fit into this process's memory."""
    for region in _PRIVATE_MEMORY.finditer(Path("/proc/self/maps").read_text()):
        start, end = (int(border, 16) for border in region.groups())
        start, end = -(-start // SIZE) * SIZE, end // SIZE * SIZE
        if start < end:
            yield start, end
