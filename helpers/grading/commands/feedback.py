"""`course feedback`: write feedback for students, and pack it for the learning platform."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from helpers.grading.startup import quick_imports
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import count, line

if TYPE_CHECKING:
    from helpers.grading.course import Course

__all__ = ["HELP", "add_arguments", "run"]

HELP = "write a page of feedback for each graded submission"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("labs", nargs="+", metavar="LAB")
    parser.add_argument("--students", nargs="+", default=(), metavar="STUDENT", help="only these")
    parser.add_argument("--force", action="store_true", help="write again what has not changed")
    parser.add_argument(
        "--zip", choices=("moodle", "canvas", "plain"), help="also pack the pages for this platform, or into a folder"
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="where to pack them (default: feedback-LAB-PLATFORM.zip)"
    )
    parser.add_argument(
        "--download",
        nargs="+",
        type=Path,
        default=(),
        metavar="FILE",
        help="the platform's download, for its names (default: downloaded/LAB/archive)",
    )
    parser.add_argument("--groups", action="store_true", help="names begin with the group's name, as in Moodle")


def run(options: argparse.Namespace, console: Console) -> int:
    with quick_imports():
        from helpers.grading.course import Course
        from helpers.grading.labs import choose_labs, find_labs

    if (options.to or options.download) and (not options.zip or len(options.labs) > 1):
        raise CourseError("--to and --download need --zip and one lab: each lab is packed by itself.")
    course = Course(options.course)
    labs = choose_labs(find_labs(course.root / "source"), options.labs)
    return max([_feedback(course, lab.assignment, options, console) for lab in labs])


def _feedback(course: Course, lab: str, options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.feedback.writing import write_feedback

    result = write_feedback(course, lab, options.students, force=options.force)
    for student, problem in sorted(result.failed.items()):
        console.print(f"{line(student)}: no feedback. {problem}", highlight=False, markup=False)
    words = (
        f"{lab}: {len(result.written)} written, {len(result.unchanged)} were up to date, {len(result.failed)} failed."
    )
    if result.waiting:
        words += f" A person has yet to mark answers of {count(len(result.waiting), 'student')}."
    console.print(words, highlight=False, markup=False, soft_wrap=True)
    if options.zip:
        _pack(course, lab, options, console)
    return int(bool(result.failed))


def _pack(course: Course, lab: str, options: argparse.Namespace, console: Console) -> None:
    from helpers.grading.feedback.returning import return_feedback

    packed = return_feedback(course, lab, options.zip, downloads=options.download, to=options.to, groups=options.groups)
    console.print(f"{len(packed.students)} pages are in {packed.path}", highlight=False, markup=False, soft_wrap=True)
    if packed.unmatched:
        names = ", ".join(map(line, packed.unmatched))
        console.print(
            f"Not in it, because the download of {options.zip} names no upload of theirs: {names}",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
