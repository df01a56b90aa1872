"""Whose each file of a download is."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile

from helpers.grading.collect.downloads import Download, File
from helpers.grading.collect.gradescope import METADATA, Submission, read_metadata
from helpers.grading.collect.platforms import Origin
from helpers.grading.intake.files import MAX_BYTES, TIME_FILE, path_inside
from helpers.grading.text import line

__all__ = ["Piece", "Remark", "by_student", "pieces"]

LONGEST_PART = 255  # bytes of the name of a file or folder
LONGEST_NAME = 128  # bytes of a student's id: the gradebook has room for as many

Remark = Callable[[str, str], None]  # is told of something, by its name
Read = Callable[[str], list[Origin]]  # the readings of a path


@dataclass(frozen=True)
class Piece:
    """A file, and what is known of it."""

    origin: Origin
    file: File
    came: float

    @property
    def attempt(self) -> tuple[datetime, float]:
        """What was handed in at one time belongs together; where nobody says a time, what was downloaded together."""
        return (self.origin.time, 0.0) if self.origin.time else (datetime.min, self.came)


def pieces(download: Download, read: Read, remark: Remark) -> Iterator[Piece]:
    """The files of a download with their students; a group's file is there once for each member."""
    for path in download.broken:
        remark(path, "not collected: it is broken, or would lead out of its archive")
    folders = [file.path.split("/")[:-1] for file in download.files]
    levels = zip(*folders, strict=False)
    shared = len(list(takewhile(lambda level: len(set(level)) == 1, levels)))  # folders that hold all there is
    metadata = {
        file.path: read_metadata(file.read(MAX_BYTES))
        for file in download.files
        if file.path.split("/")[-1] == METADATA and not read(file.path)  # a student's file of that name says nothing
    }
    for file in download.files:
        found = read(file.path)
        why = _why_not(found, shared)
        if why and file.path not in metadata:
            remark(file.path, f"not collected: {why}")
        for origin in [] if why else _each(found[0], file.path, metadata):
            yield Piece(origin, file, download.came)


def _why_not(found: list[Origin], shared: int) -> str:
    if not found:
        return "its name is not one that a learning platform gives: rename it to <student>_<time>_<file>"
    if found[0].depth < shared and len({origin.student for origin in found}) > 1:
        either = " or ".join(dict.fromkeys(line(origin.student) for origin in found))
        return f"it may be of {either}: say which platform gave it with --platform, or collect the inner folder"
    inside = path_inside(found[0].file)
    if inside == TIME_FILE:
        return "a file of this name says when a student handed in, and only the platform knows that"
    is_name = inside and all(len(part.encode(errors="replace")) <= LONGEST_PART for part in inside.split("/"))
    return "" if is_name else "its name cannot be a file's"


def _each(origin: Origin, path: str, metadata: dict[str, dict[str, Submission]]) -> Iterator[Origin]:
    """The origin, or for a submission on Gradescope one for each who handed it in."""
    beside = "/".join([*path.split("/")[: origin.depth], METADATA])
    names, time = metadata.get(beside, {}).get(origin.student, ([origin.student], origin.time))
    for name in names:
        student = " ".join(unicodedata.normalize("NFC", name).split())
        yield replace(origin, student=student, file=path_inside(origin.file), time=time)


def by_student(found: Iterable[Piece], remark: Remark) -> dict[str, list[Piece]]:
    """The files by their students' ids. Students of one name get the number that the platform gives them to it."""
    found = list(found)
    namesakes = defaultdict(set)
    for piece in found:
        namesakes[piece.origin.student].add(piece.origin.apart)
    for name in [name for name, numbers in namesakes.items() if len(numbers) > 1]:
        remark(name, "several students have this name: the platform's number is added to each")
    students = defaultdict(list)
    for piece in found:
        name, number = piece.origin.student, piece.origin.apart
        student = f"{name}_{number}" if len(namesakes[name]) > 1 and number else name
        if _is_id(student):
            students[student].append(piece)
        else:
            remark(piece.file.path, "not collected: its student's name cannot be the name of a folder")
    return students


def _is_id(name: str) -> bool:
    """Whether a name can be a folder's, and nbgrader, which looks for folders by patterns, finds just this one."""
    is_plain = line(name) == name and not set(name) & set("/\\*?[]") and not name.startswith(".")
    return bool(name) and is_plain and len(name.encode()) <= LONGEST_NAME
