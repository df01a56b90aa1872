"""`course collect`: collect the downloads of a learning platform."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "put what a learning platform gives into submitted/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lab")
    parser.add_argument(
        "files",
        nargs="*",
        type=Path,
        metavar="FILE",
        help="archives, folders, files (default: downloaded/LAB/archive)",
    )
    parser.add_argument("--platform", default="", metavar="NAME", help="which one gave the names (default: they tell)")
    parser.add_argument("--groups", action="store_true", help="names begin with the group's name, as in Moodle")
    parser.add_argument(
        "--last-in-time",
        action="store_true",
        help="a student's last attempt before the due date counts, if there is one",
    )
    parser.add_argument(
        "--times",
        type=Path,
        metavar="FILE",
        help="a table with times of submission, for downloads without: Moodle's grading worksheet, or columns id,time",
    )
    parser.add_argument("--force", action="store_true", help="collect again what lies in submitted/, whatever its time")
    parser.add_argument(
        "--attempt",
        default="",
        metavar="STUDENT/TIME",
        help="collect nothing, but let an attempt in downloaded/LAB/attempts count",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.collect import collect, go_back
    from helpers.grading.course import Course

    course = Course(options.course)
    if options.attempt:
        student = go_back(course, options.lab, options.attempt)
        console.print(f"{student}: this attempt counts now. Grade it: course autograde {options.lab}", markup=False)
        return 0
    done = collect(
        course,
        options.lab,
        options.files,
        platform=options.platform,
        force=options.force,
        last_in_time=options.last_in_time,
        groups=options.groups,
        times=options.times,
    )
    for remark in done.remarks:
        console.print(remark, highlight=False, markup=False)
    console.print(done.summary, highlight=False)
    return 0
