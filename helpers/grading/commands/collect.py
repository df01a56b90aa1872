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
    parser.add_argument("--force", action="store_true", help="collect again what lies in submitted/, whatever its time")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.collect import collect
    from helpers.grading.course import Course

    done = collect(Course(options.course), options.lab, options.files, platform=options.platform, force=options.force)
    for remark in done.remarks:
        console.print(remark, highlight=False, markup=False)
    console.print(done.summary, highlight=False)
    return 0
