"""`course kit`: make what students get."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "make what students get: released labs, helpers, instructions; as a folder, a zip file, a git repository"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "labs",
        nargs="*",
        metavar="LAB",
        help="these, beside those in DIR already (default: all that are released)",
    )
    parser.add_argument(
        "--to", type=Path, default=Path("build/cnn-labs"), metavar="DIR", help="default: build/cnn-labs"
    )
    parser.add_argument("--zip", action="store_true", help="write DIR.zip too")
    parser.add_argument("--git", action="store_true", help="keep DIR as a git repository, and commit what changed")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.course import Course
    from helpers.grading.kit.kit import make_kit

    for words in make_kit(Course(options.course), options.labs, options.to, archive=options.zip, git=options.git):
        console.print(words, highlight=False, markup=False, soft_wrap=True)
    return 0
