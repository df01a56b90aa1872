"""Attempts: what a student submitted at one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from helpers.grading.collect.sorting import Remark, Upload
from helpers.grading.intake.files import MAX_BYTES, TIME_FILE, Files, folders_of, read_folder
from helpers.grading.intake.intake import read_time
from helpers.notebooks.reader import looks_like_notebook

__all__ = ["Attempt", "last_attempt", "read_attempt", "reason_to_keep", "write_attempt"]


@dataclass(frozen=True)
class Attempt:
    """Contents by path, and the time in UTC; None if unknown."""

    contents: Mapping[str, bytes]
    time: datetime | None

    @property
    def has_notebook(self) -> bool:
        """Whether the intake will have anything to read."""
        files = self.contents.items()
        return any(looks_like_notebook(name, content) or name.lower().endswith(".zip") for name, content in files)


def last_attempt(uploads: Sequence[Upload], remark: Remark) -> Attempt:
    """Choose the last attempt among all uploads of a student, and remark on the other uploads."""
    last = max(upload.attempt for upload in uploads)
    current = [upload for upload in uploads if upload.attempt == last]
    current.sort(key=lambda upload: (upload.origin.repeat, upload.modified))
    chosen = {upload.origin.file: upload for upload in current}
    contents, origin = _contents(chosen, remark), current[0].origin
    for upload in uploads:
        if upload is not chosen.get(upload.origin.file) and not _is_copy(upload, contents, origin.time):
            remark(upload.file.path, "not collected: a later one counts")
    if origin.time_text and not origin.time:
        remark(current[0].file.path, "collected without its time, which cannot be read")
    return Attempt(contents, origin.time)


def _contents(chosen: Mapping[str, Upload], remark: Remark) -> Mapping[str, bytes]:
    """Read as many files as fit, small files first, so that a large file does not crowd out small ones."""
    files = Files()
    for path, upload in sorted(chosen.items(), key=lambda item: item[1].file.size):
        files.add(path, None if folders_of(path) & chosen.keys() else upload.file.read(files.room))
    for path in files.left_out:
        remark(chosen[path].file.path, "not collected: a link, encrypted, broken, too large, too many, or in a file")
    return files.contents


def _is_copy(upload: Upload, contents: Mapping[str, bytes], time: datetime | None) -> bool:
    """Check whether an upload is already in the attempt: a download may be there twice."""
    content = upload.file.read(MAX_BYTES)
    return upload.origin.time == time and content is not None and content == contents.get(upload.origin.file)


def read_attempt(folder: Path) -> Attempt | None:
    """Read what was collected before; None if nothing was."""
    if not folder.is_dir():
        return None
    contents = read_folder(folder).contents
    contents.pop(TIME_FILE, None)
    return Attempt(contents, read_time(folder))


def reason_to_keep(old: Attempt | None, new: Attempt) -> str:
    """Say why a new attempt does not replace an old one; the empty string if it does."""
    if not old or not old.contents or (old.contents == new.contents and not old.time):
        return ""
    if not new.contents:
        return "nothing in it can be read, so the submission in submitted/ stays"
    if not new.time or not old.time:
        return "it differs from the submission in submitted/, and it is unknown which is newer: --force takes this one"
    return f"the submission in submitted/ is newer ({old.time} UTC)" if new.time < old.time else ""


def write_attempt(attempt: Attempt, folder: Path) -> None:
    """Write an attempt into a new folder."""
    folder.mkdir()
    for path, content in attempt.contents.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    if attempt.time:
        (folder / TIME_FILE).write_text(f"{attempt.time} UTC\n")
