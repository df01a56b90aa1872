"""Report the scores of a class: a table in the terminal, CSV files, and an HTML page."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from helpers.grading.course import Course
from helpers.grading.report.overview import read_overview
from helpers.grading.report.page import page
from helpers.grading.report.tables import write_tables
from helpers.grading.report.terminal import show

__all__ = ["report"]


def report(course: Course, folder: Path, console: Console, *, anonymous: bool = False) -> Path:
    """Print the table of a class, and write `index.html` and the CSV files of `write_tables` into `folder`.

    Args:
        anonymous: see `read_overview`.

    Returns:
        The path of the HTML page.

    Raises:
        CourseError: if the gradebook holds no submission yet.
    """
    with console.status("Reading the gradebook"):
        overview = read_overview(course, anonymous=anonymous)
    folder.mkdir(parents=True, exist_ok=True)
    write_tables(overview, folder)
    path = folder / "index.html"
    path.write_text(page(overview), encoding="utf-8")
    show(overview, console)
    return path
