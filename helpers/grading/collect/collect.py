"""Collect the last attempt of each student. This decides who submitted and when; the intake reads what it is."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.grading.collect.attempts import last_attempt, read_attempt, reason_to_keep, write_attempt
from helpers.grading.collect.downloads import open_downloads
from helpers.grading.collect.platforms import PLATFORMS, origins
from helpers.grading.collect.sorting import Upload, by_student, uploads_in
from helpers.grading.course import Course
from helpers.grading.intake.files import replace_folder
from helpers.grading.labs import choose_labs, find_labs
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import Text, line

__all__ = ["Collected", "collect"]


@dataclass
class Collected:
    """The result of collecting.

    Attributes:
        students: whose submissions were put into `submitted/`.
        unchanged: whose submissions were there already.
        remarks: what was not collected, and why; and anything else worth knowing.
    """

    students: list[Text] = field(default_factory=list)
    unchanged: list[Text] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)

    @property
    def summary(self) -> str:
        words = f"{len(self.students)} collected, {len(self.unchanged)} were collected before."
        return f"{words} {len(self.remarks)} remarks: see above." if self.remarks else words

    def remark(self, name: str, words: str) -> None:
        self.remarks.append(line(f"{line(name)}: {words}", 500))


def collect(
    course: Course, lab: str, downloads: Sequence[Path] = (), *, platform: str = "", force: bool = False
) -> Collected:
    """Put submissions into `submitted/<student>/<lab>/`.

    Args:
        downloads: archives, folders and files; by default all in `downloaded/<lab>/archive/`.
        platform: the one of `PLATFORMS` that named the files; if empty, each name is tried with all.
        force: whether to replace submissions collected before, whatever their time.

    Raises:
        ValueError: if the lab or the platform is unknown.
        CourseError: if there is nothing to collect, or it cannot be read.
    """
    if platform and platform not in PLATFORMS:
        raise ValueError(f"there is no platform {line(platform)}; there are {', '.join(PLATFORMS)}")
    choose_labs(find_labs(course.root / "source"), [lab])
    archive, result = course.root / "downloaded" / lab / "archive", Collected()
    try:
        for path in downloads or [archive]:
            if not path.exists() or (path.is_dir() and not any(path.iterdir())):
                raise CourseError(
                    f"{path} is {'empty' if path.exists() else 'missing'}. Put the downloads of your learning platform "
                    f"into {archive}, or name them: `course collect {lab} FILE`."
                )
        _collect(course, lab, downloads or [archive], platform, force, result)
    except OSError as error:
        raise CourseError(f"{error.filename}: {error.strerror}. Collecting needs to read and write there.") from None
    return result


def _collect(course: Course, lab: str, paths: Sequence[Path], platform: str, force: bool, result: Collected) -> None:
    read = partial(origins, lab=lab, platform=platform)
    # Each new folder is written next to `submitted/`, on the same file system, so that it can be moved in one step.
    with ExitStack() as stack, TemporaryDirectory(prefix=".collecting-", dir=course.root) as staging:
        downloads = open_downloads(paths, read, course.coursedir.ignore, stack)
        uploads = [upload for download in downloads for upload in uploads_in(download, read, result.remark)]
        for number, (student, own) in enumerate(sorted(by_student(uploads, result.remark).items())):
            target, staged = course.folder("submitted", student, lab), Path(staging) / str(number)
            try:
                _collect_student(student, own, target, staged, force, result)
            except OSError as error:  # go on with the rest of the class
                result.remark(student, f"not collected: {error.strerror or error}")


def _collect_student(
    student: str, uploads: Sequence[Upload], target: Path, staged: Path, force: bool, result: Collected
) -> None:
    """Move a student's last attempt to `target`, unless the submission there is or may be newer."""
    new, old = last_attempt(uploads, result.remark), read_attempt(target)
    if not new.has_notebook:
        names = ", ".join(map(line, sorted(new.contents)[:5])) or "what came"
        result.remark(student, f"no notebook in {names}")
    if old and new.contents == old.contents and new.time in (None, old.time):
        result.unchanged.append(line(student))
    elif (reason := reason_to_keep(old, new)) and not force:
        result.remark(student, f"not collected: {reason}")
    else:
        write_attempt(new, staged)
        replace_folder(staged, target)
        result.students.append(line(student))
        if old and old.contents != new.contents:
            result.remark(student, f"replaces the submission in submitted/ ({old.time or 'without a time'})")
