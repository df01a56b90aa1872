"""What of the data sets students' code can read while it is graded: nothing that a mark rests on.

Only files that `helpers.data.load` reads are shown, each by its name: other copies that lie beside them are not.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from threading import Lock

from helpers.datasets.files import LAYOUTS, DataError, is_hidden, open_file, write_open

__all__ = ["shown_data"]

_lock = Lock()  # submissions start side by side


def shown_data(data: Path, withheld: Collection[str], scratch: Path) -> dict[str, str]:
    """The files for a sandbox, as place -> where it lies: training images, and test images that no mark rests on.

    Args:
        data: the folder of the data sets.
        withheld: data sets of which no test image is to be shown.
        scratch: where the file with a data set's open test images is kept, once it is written.

    Returns:
        Nothing of a data set, training or test images, that is not there in full.
    """
    shown: dict[Path, Path] = {}
    for name, layout in LAYOUTS.items():
        if layout.is_complete(data, True):
            shown |= {path: path for path in layout.files(data, True)}
        if name not in withheld and layout.is_complete(data, False):
            with suppress(DataError):  # what is broken is told by the lab that loads it
                shown[open_file(data, name)] = _open_part(name, data, scratch)
    return {str(place): str(source) for place, source in shown.items()}


def _open_part(name: str, data: Path, scratch: Path) -> Path:
    """The file of the test images that no mark rests on."""
    path = open_file(scratch, name)
    with _lock:
        if not path.exists():
            images, labels = LAYOUTS[name].read(data, False)
            seen = ~is_hidden(len(images))
            write_open(path, images[seen], labels[seen])
            path.chmod(0o644)  # the sandbox's user is another one
    return path
