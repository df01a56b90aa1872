"""Attempts that do not count: kept in `downloaded/<lab>/attempts/<student>/`, so that an instructor can go back."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.grading.collect.attempts import Attempt, read_attempt, write_attempt
from helpers.grading.course import Course
from helpers.grading.intake.files import replace_folder
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["go_back", "is_kept", "keep"]


def _folder(course: Course, lab: str, student: str) -> Path:
    return course.root / "downloaded" / lab / "attempts" / student


def is_kept(course: Course, lab: str, student: str, attempt: Attempt) -> bool:
    """Check whether an attempt was put aside before."""
    return (_folder(course, lab, student) / attempt.name).is_dir()


def keep(course: Course, lab: str, student: str, attempt: Attempt) -> None:
    """Put an attempt aside, if it is not there yet and holds anything."""
    target = _folder(course, lab, student) / attempt.name
    if attempt.contents and not target.exists():
        with TemporaryDirectory(prefix=f".collecting-{lab}-", dir=course.root) as staging:
            write_attempt(attempt, Path(staging) / "attempt")
            target.parent.mkdir(parents=True, exist_ok=True)
            os.rename(Path(staging) / "attempt", target)


def go_back(course: Course, lab: str, name: str) -> str:
    """Let an attempt count that was put aside; what counted until now is put aside in turn.

    Args:
        name: the student and the attempt's folder, or how that begins: "anna/2026-01-30".

    Returns:
        The student's id.

    Raises:
        CourseError: unless exactly one attempt is called so.
    """
    student, _, start = name.partition("/")
    folders = sorted(_folder(course, lab, "").glob("*/*"))
    fitting = [folder for folder in folders if folder.parent.name == student and folder.name.startswith(start)]
    if len(fitting) != 1:
        others = fitting or [folder for folder in folders if folder.parent.name == student] or folders
        known = ", ".join(line(f"{folder.parent.name}/{folder.name}") for folder in others[:10]) or "none"
        number = "several attempts" if fitting else "no attempt"
        raise CourseError(f"{number} of {lab} called {line(name)} can be taken. There are: {known}.")
    attempt, target = read_attempt(fitting[0]), course.folder("submitted", student, lab)
    if attempt is None or not attempt.contents:
        raise CourseError(f"{fitting[0]} holds nothing. Collect it again from the download.")
    with TemporaryDirectory(prefix=f".collecting-{lab}-", dir=course.root) as staging:
        if old := read_attempt(target):
            keep(course, lab, student, old)
        write_attempt(attempt, Path(staging) / "attempt")
        replace_folder(Path(staging) / "attempt", target)
    return student
