"""What was not collected: `uncollected.json` in `downloaded/<lab>/`, for the report and for whoever asks later."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.grading.course import Course
from helpers.grading.intake.files import replace_file

__all__ = ["Uncollected", "read_uncollected", "write_uncollected"]


@dataclass(frozen=True)
class Uncollected:
    """A file that was not collected. All that is said of it is text on one line, without control characters.

    Attributes:
        file: its path in the download.
        reason: why, and what to do.
        student: the id of whose it is; empty if unknown.
        download: the archive that holds it or, if it is in none, its own path.
    """

    file: str
    reason: str
    student: str = ""
    download: str = ""


def read_uncollected(course: Course, lab: str) -> list[Uncollected]:
    """Return what has not been collected of a lab; nothing if nobody has collected it yet."""
    try:
        entries = json.loads(_path(course, lab).read_text(encoding="utf-8"))
        return [Uncollected(**{key: str(value) for key, value in entry.items()}) for entry in entries]
    except (OSError, ValueError, TypeError, AttributeError):  # it is missing, or somebody has changed it
        return []


def write_uncollected(course: Course, lab: str, new: Sequence[Uncollected], paths: Collection[Path]) -> None:
    """Replace what is known of the files and folders `paths`, in one step; what is known of others stays."""
    roots = [path.resolve() for path in paths]
    kept = [
        entry
        for entry in read_uncollected(course, lab)
        if not any(Path(entry.download).is_relative_to(root) for root in roots)
    ]
    path = _path(course, lab)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, json.dumps([asdict(entry) for entry in [*kept, *new]], indent=1).encode())


def _path(course: Course, lab: str) -> Path:
    return course.root / "downloaded" / lab / "uncollected.json"
