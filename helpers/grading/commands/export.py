"""`course export`: write marks for a learning platform."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from helpers.notebooks.errors import CourseError

__all__ = ["HELP", "add_arguments", "run"]

HELP = "write marks into a file that your learning platform imports"
FORMATS = ("canvas", "moodle", "blackboard", "brightspace", "gradescope", "csv")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("labs", nargs="*", metavar="LAB", help="default: all labs with submissions")
    parser.add_argument("--for", required=True, choices=FORMATS, dest="platform", help="which platform imports it")
    parser.add_argument("--gradebook", type=Path, metavar="FILE", help="the platform's own file, to be filled in")
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to write (default: a file in exports/)")
    parser.add_argument("--percent", action="store_true", help="percent instead of points")
    parser.add_argument(
        "--with-unmarked", action="store_true", help="also scores that may rise: written answers wait for a person"
    )
    parser.add_argument("--missing-as-zero", action="store_true", help="0 for students who submitted nothing")
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="LAB=TITLE",
        help="the lab's column in the platform's file, if its title does not say",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.course import Course
    from helpers.grading.exports.export import Request, export
    from helpers.grading.exports.options import Options

    if wrong := [column for column in options.column if "=" not in column]:
        raise CourseError(
            f'--column {wrong[0]}: say which lab, and the column\'s title, as in --column "lab01=Quiz 1".'
        )
    titles = dict(column.partition("=")[::2] for column in options.column)
    how = Options(options.percent, options.with_unmarked, options.missing_as_zero)
    request = Request(options.platform, options.labs, options.to, options.gradebook, titles, how)
    exported = export(Course(options.course), request)
    for remark in exported.remarks:
        console.print(remark, highlight=False, markup=False, soft_wrap=True)
    words = "1 score is" if exported.scores == 1 else f"{exported.scores} scores are"
    console.print(f"{words} in {exported.path}", highlight=False, markup=False, soft_wrap=True)
    return 0
