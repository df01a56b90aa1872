"""Attempts: what a student submitted at one time."""

from __future__ import annotations

import errno
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.uploads import Upload
from helpers.grading.intake.files import MAX_BYTES, TIME_FILE, Files, archive_kind, folders_of, read_folder
from helpers.grading.intake.intake import read_time
from helpers.notebooks.reader import looks_like_notebook
from helpers.notebooks.text import line

__all__ = ["Attempt", "attempts_in", "read_attempt", "write_attempt"]

MIN_FREE = 1 << 30  # bytes that stay free on the disk, whatever students submit


@dataclass(frozen=True)
class Attempt:
    """Contents by path, and the time in UTC; None if unknown. `is_late` if the platform says so."""

    contents: Mapping[str, bytes]
    time: datetime | None
    is_late: bool = False

    @property
    def has_notebook(self) -> bool:
        """Whether the intake will have anything to read."""
        files = self.contents.items()
        return any(
            looks_like_notebook(name, content) or (name.lower().endswith(".zip") and not archive_kind(content))
            for name, content in files
        )

    @property
    def names(self) -> str:
        """Some files, and what they are if their names do not say so."""
        kinds = {name: archive_kind(content) for name, content in sorted(self.contents.items())[:5]}
        return ", ".join(f"{line(name)} ({kind})" if kind else line(name) for name, kind in kinds.items())

    @property
    def name(self) -> str:
        """The folder's name in `attempts/`."""
        content = Files(dict(self.contents)).digest[:8]
        return f"{self.time:%Y-%m-%dT%H-%M-%S}_{content}" if self.time else f"unknown-time_{content}"

    def is_same(self, other: Attempt) -> bool:
        """Whether this attempt is the other one, as far as the platform tells: a later download may tell its time."""
        return self.contents == other.contents and self.time in (None, other.time)


def attempts_in(student: str, uploads: Sequence[Upload], result: Collected) -> list[Attempt]:
    """Return the attempts of a student, each once, from the last to the first.

    The last one may be as large as a submission may be, and all others together too.
    """
    by_time = defaultdict(list)
    for upload in uploads:
        by_time[upload.attempt].append(upload)
    attempts: list[Attempt] = []
    room = MAX_BYTES
    for key in sorted(by_time, reverse=True):
        for chosen in _layers(by_time[key]):
            new = _read(student, chosen, room, result)
            room -= sum(map(len, new.contents.values())) if attempts else 0
            if not any(new.is_same(other) or _is_part(new, other) for other in attempts):
                attempts.append(new)
    return attempts


def _layers(uploads: Sequence[Upload]) -> Iterator[Mapping[str, Upload]]:
    """Yield the uploads of one time by path: first those that count, then those that they replaced."""
    rest = sorted(uploads, key=lambda upload: (upload.origin.repeat, upload.modified))
    while rest:
        chosen = {upload.origin.file: upload for upload in rest}
        yield chosen
        rest = [upload for upload in rest if upload is not chosen[upload.origin.file]]


def _is_part(new: Attempt, old: Attempt) -> bool:
    """Check whether an attempt is in another: a download may be there twice."""
    return new.time == old.time and new.contents.items() <= old.contents.items()


def _read(student: str, chosen: Mapping[str, Upload], room: int, result: Collected) -> Attempt:
    """Read as many files as fit, small files first, so that a large file does not crowd out small ones."""
    files = Files()
    for path, upload in sorted(chosen.items(), key=lambda item: item[1].file.size):
        is_inside_file = folders_of(path) & chosen.keys()
        files.add(path, None if is_inside_file else upload.file.read(min(files.room, room)))
    for path in files.left_out:
        upload = chosen[path]
        result.refuse(upload.file.path, upload.source, _why_left_out(upload, chosen), student)
    origin = next(iter(chosen.values())).origin
    if origin.time_text and not origin.time:
        result.note(student, f"collected without its time, which cannot be read: {origin.time_text}")
    return Attempt(files.contents, origin.time, origin.is_late)


def _why_left_out(upload: Upload, chosen: Mapping[str, Upload]) -> str:
    if folders_of(upload.origin.file) & chosen.keys():
        return "a folder that it is in is also a file"
    return f"it {upload.file.flaw}" if upload.file.flaw else "it is broken, too large, or one of too many"


def read_attempt(folder: Path) -> Attempt | None:
    """Read what was collected before; None if nothing was."""
    if not folder.is_dir():
        return None
    contents = read_folder(folder).contents
    contents.pop(TIME_FILE, None)
    return Attempt(contents, read_time(folder))


def write_attempt(attempt: Attempt, folder: Path) -> None:
    """Write an attempt into a new folder.

    Raises:
        OSError: if the disk would be full, or two names are the same on this file system.
    """
    folder.mkdir(parents=True)
    if shutil.disk_usage(folder).free < MIN_FREE + sum(map(len, attempt.contents.values())):
        raise OSError(errno.ENOSPC, f"less than {MIN_FREE >> 30} GiB would stay free on the disk")
    for path, content in attempt.contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        with (folder / path).open("xb") as stream:
            stream.write(content)
    if attempt.time:
        (folder / TIME_FILE).write_text(f"{attempt.time} UTC\n")
