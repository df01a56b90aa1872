"""Assign each file of a download to its student."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from helpers.grading.collect.downloads import Download
from helpers.grading.collect.gradescope import METADATA, Submission, read_metadata
from helpers.grading.collect.platforms import Origin
from helpers.grading.intake.files import MAX_BYTES, TIME_FILE, File, path_inside
from helpers.notebooks.text import line

__all__ = ["Remark", "Upload", "by_student", "uploads_in"]

MAX_NAME = 255  # bytes of the name of a file or folder: NAME_MAX of Linux
MAX_ID = 128  # bytes of a student's id: the width of the gradebook's column

Remark = Callable[[str, str], None]  # called with the name of a file or student, and what to say about it
Read = Callable[[str], list[Origin]]  # returns the possible origins of a path


@dataclass(frozen=True)
class Upload:
    """A file and its origin; `modified` is the time of the download."""

    origin: Origin
    file: File
    modified: float

    @property
    def attempt(self) -> tuple[datetime, float]:
        """A key that files of one attempt share: the time of submission or, if unknown, of the download."""
        return (self.origin.time, 0.0) if self.origin.time else (datetime.min, self.modified)


def uploads_in(download: Download, read: Read, remark: Remark) -> Iterator[Upload]:
    """Yield the files of a download with their students; a group's file once for each member."""
    for path in download.broken:
        remark(path, "not collected: it is broken, or would lead out of its archive")
    levels = zip(*(file.path.split("/")[:-1] for file in download.files), strict=False)
    shared = len(list(takewhile(lambda level: len(set(level)) == 1, levels)))  # folders that contain all files
    metadata = {
        file.path: read_metadata(file.read(MAX_BYTES))
        for file in download.files
        if file.path.split("/")[-1] == METADATA and not read(file.path)  # not a file of a student's with this name
    }
    for file in download.files:
        possible = read(file.path)
        if not (reason := _reason_to_skip(possible, shared)):
            for origin in _each_student(possible[0], file.path, metadata):
                yield Upload(origin, file, download.modified)
        elif file.path not in metadata:
            remark(file.path, f"not collected: {reason}")


def _reason_to_skip(possible: list[Origin], shared: int) -> str:
    if not possible:
        return "its name is not like those of any learning platform: rename it to <student>_<time>_<file>"
    if possible[0].depth < shared and len({origin.student for origin in possible}) > 1:
        students = " or ".join(dict.fromkeys(line(origin.student) for origin in possible))
        return f"it may belong to {students}: name the platform with --platform, or collect the inner folder"
    path = path_inside(possible[0].file)
    if path == TIME_FILE:
        return "a file of this name gives the time of submission, which only the platform knows"
    is_name = path and all(len(part.encode(errors="replace")) <= MAX_NAME for part in path.split("/"))
    return "" if is_name else "its name is not valid for a file"


def _each_student(origin: Origin, path: str, metadata: dict[str, dict[str, Submission]]) -> Iterator[Origin]:
    """Yield the origin; for a submission on Gradescope, one for each student who submitted it."""
    beside = "/".join([*path.split("/")[: origin.depth], METADATA])
    names, time = metadata.get(beside, {}).get(origin.student, ([origin.student], origin.time))
    for name in names:
        student = " ".join(unicodedata.normalize("NFC", name).split())
        yield replace(origin, student=student, file=path_inside(origin.file), time=time)


def by_student(uploads: Sequence[Upload], remark: Remark) -> dict[str, list[Upload]]:
    """Group uploads by student id. The platform's number is added to the names that several students have."""
    numbers = defaultdict(set)
    for upload in uploads:
        numbers[upload.origin.student].add(upload.origin.number)
    for name in (name for name in numbers if len(numbers[name]) > 1):
        remark(name, "several students have this name: the platform's number is added to each")
    students = defaultdict(list)
    for upload in uploads:
        name, number = upload.origin.student, upload.origin.number
        student = f"{name}_{number}" if len(numbers[name]) > 1 and number else name
        if _is_id(student):
            students[student].append(upload)
        else:
            remark(upload.file.path, "not collected: the student's name is not valid for a folder")
    return students


def _is_id(name: str) -> bool:
    """Check whether a name can be a folder's, without wildcards: nbgrader finds folders by `glob`."""
    is_plain = line(name) == name and not set(name) & set("/\\*?[]") and not name.startswith(".")
    return bool(name) and is_plain and len(name.encode()) <= MAX_ID
