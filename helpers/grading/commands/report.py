"""`course report`: report the scores of a class."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "the scores of the class: table, CSV, a page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", type=Path, default=Path("report"), metavar="FOLDER", help="default: report")
    parser.add_argument("--anonymous", action="store_true", help="numbers in place of names, and no notes")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.course import Course
    from helpers.grading.report.report import report

    page = report(Course(options.course), options.to, console, anonymous=options.anonymous)
    console.print(f"The report is in {page}", highlight=False)
    return 0
