"""The part of the data sets that students' code can read during grading: nothing that marks depend on.

Only the files that `helpers.data.load` reads are shown, one by one: other copies beside them stay hidden.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from threading import Lock

from helpers.datasets.files import LAYOUTS, DataError, is_hidden, open_file, write_open

__all__ = ["shown_data"]

_lock = Lock()  # several submissions start at once


def shown_data(data: Path, withheld: Collection[str], scratch: Path) -> dict[str, str]:
    """Return the data files for a sandbox, as path inside -> path on the machine.

    These are the training images, and the test images that marks do not depend on. Incomplete parts are left out.

    Args:
        data: the folder of the data sets.
        withheld: data sets whose test images are all hidden.
        scratch: the folder in which the files with open test images are kept.
    """
    shown: dict[Path, Path] = {}
    for name, layout in LAYOUTS.items():
        if layout.is_complete(data, True):
            shown |= {path: path for path in layout.files(data, True)}
        if name not in withheld and layout.is_complete(data, False):
            with suppress(DataError):  # the lab that loads it reports what is broken
                shown[open_file(data, name)] = _open_part(name, data, scratch)
    return {str(path): str(source) for path, source in shown.items()}


def _open_part(name: str, data: Path, scratch: Path) -> Path:
    """Return the file with the test images that marks do not depend on; write it if it is missing."""
    path = open_file(scratch, name)
    with _lock:
        if not path.exists():
            images, labels = LAYOUTS[name].read(data, False, None)
            is_open = ~is_hidden(len(images))
            write_open(path, images[is_open], labels[is_open])
            path.chmod(0o644)  # the sandbox has another user
    return path
