"""`course demo`: grade a made-up class."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

__all__ = ["HELP", "add_arguments", "run"]

HELP = "play a short term with a made-up class of twelve"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("labs", nargs="*", metavar="LAB", help="which labs (default: all)")
    parser.add_argument("--folder", type=Path, default=Path("build/demo"), help="default: build/demo")


def run(options: argparse.Namespace, console: Console) -> int:
    from helpers.grading.demo.demo import demo

    page = demo(options.course, options.folder, options.labs, console)
    console.print(f"The report is in {page}", highlight=False)
    for what, where in (
        ("The students' kit", "kit"),
        ("Feedback for students", "feedback"),
        ("The class's marks", "marks.csv"),
    ):
        console.print(f"{what}: {options.folder / where}", highlight=False)
    return 0
