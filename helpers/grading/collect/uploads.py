"""The uploads in a download: files with their students."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.downloads import Download
from helpers.grading.collect.gradescope import METADATA, Submission, read_metadata
from helpers.grading.collect.platforms import Origin
from helpers.grading.intake.files import TIME_FILE, File, path_inside
from helpers.notebooks.text import line

__all__ = ["Upload", "uploads_in", "with_time"]

MAX_METADATA = 16 << 20  # bytes
MAX_NAME = 255  # bytes of the name of a file or folder: NAME_MAX of Linux
PACKED = (".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz")
PLATFORMS_OWN = {METADATA, "index.html", "status.csv", "status.xlsx"}  # of Gradescope, Brightspace, ILIAS

Read = Callable[[str], list[Origin]]  # returns the possible origins of a path


@dataclass(frozen=True)
class Upload:
    """A file and its origin.

    Attributes:
        modified: the time of the download.
        source: the archive that holds the file or, if none does, the file itself.
    """

    origin: Origin
    file: File
    modified: float
    source: Path

    @property
    def attempt(self) -> tuple[datetime, float]:
        """A key that files of one attempt share: the time of submission or, if unknown, of the download."""
        return (self.origin.time, 0.0) if self.origin.time else (datetime.min, self.modified)


def with_time(uploads: Sequence[Upload], time: datetime) -> list[Upload]:
    """Give the uploads of a student's last download the time at which they came, unless they have one."""
    last = max(upload.modified for upload in uploads)
    return [
        upload
        if upload.origin.time or upload.modified < last
        else replace(upload, origin=replace(upload.origin, time=time))
        for upload in uploads
    ]


def uploads_in(download: Download, read: Read, result: Collected) -> list[Upload]:
    """Return the files of a download with their students; a group's file once for each member."""
    for path, reason in download.broken.items():
        result.refuse(path, download.sources[path], reason)
    levels = zip(*(file.path.split("/")[:-1] for file in download.files), strict=False)
    shared = len(list(takewhile(lambda level: len(set(level)) == 1, levels)))  # folders that contain all files
    metadata = {
        file.path: read_metadata(file.read(MAX_METADATA))
        for file in download.files
        if file.path.split("/")[-1] == METADATA and not read(file.path)  # not a file of a student's with this name
    }
    uploads = []
    for file in download.files:
        possible, source = read(file.path), download.sources[file.path]
        if not (reason := _reason_to_skip(file, possible, shared)):
            origins = _each_student(possible[0], file.path, metadata)
            uploads += [Upload(origin, file, download.modified, source) for origin in origins]
        elif possible or file.path.split("/")[-1] not in PLATFORMS_OWN:
            result.refuse(file.path, source, reason)
    return uploads


def _reason_to_skip(file: File, possible: list[Origin], shared: int) -> str:
    if not possible:
        if file.path.lower().endswith(PACKED):
            return "only zip archives are opened. Unpack it, and collect the folder"
        return "its name is not like those of any learning platform. Name it <student>_<time>_<file>"
    if possible[0].depth < shared and len({origin.student for origin in possible}) > 1:
        students = " or ".join(dict.fromkeys(line(origin.student) for origin in possible))
        return f"it may belong to {students}. Name the platform with --platform, or collect the inner folder"
    if not possible[0].file:
        return ""
    path = path_inside(possible[0].file)
    if path == TIME_FILE:
        return "a file of this name gives the time of submission, which only the platform knows"
    is_name = path and all(len(part.encode(errors="replace")) <= MAX_NAME for part in path.split("/"))
    return "" if is_name else "its name is not valid for a file"


def _each_student(origin: Origin, path: str, metadata: dict[str, dict[str, Submission]]) -> Iterator[Origin]:
    """Yield the origin; for a submission on Gradescope, one for each student who submitted it."""
    beside = "/".join([*path.split("/")[: origin.depth], METADATA])
    names, time = metadata.get(beside, {}).get(origin.student, ([[origin.student]], origin.time))
    for student, *others in names:
        name = " ".join(unicodedata.normalize("NFC", student).split())
        file = path_inside(origin.file) if origin.file else ""
        yield replace(origin, student=name, known_as=tuple(others), file=file, time=time)
