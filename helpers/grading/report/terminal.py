"""The report in a terminal of 80 columns, however many labs there are."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.report.overview import Overview
from helpers.grading.report.words import percent, score

__all__ = ["show"]

NAME = 22  # columns for a student's name
FIT = 3  # labs whose points have room beside a name; of more labs, the table shows percentages


def show(overview: Overview, console: Console) -> None:
    """Print the table of the class, what is unusual, and what waits for the instructor."""
    console.print(_table(overview))
    for row in overview.rows:
        if row.remark:
            console.print(f"{row.total.name}: {row.remark}", highlight=False, markup=False)
    for words in overview.todo:
        console.print(words, highlight=False, markup=False)


def _table(overview: Overview) -> Table:
    in_points = len(overview.possible) <= FIT
    title = "Scores" if in_points else "Scores, in percent of each lab's points"
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    if not in_points:
        table.caption, table.caption_justify = "– missing, ? not graded, ex exempt", "left"
    table.add_column("student", no_wrap=True, overflow="ellipsis", max_width=NAME)
    labs = [lab.split("-")[0] for lab in overview.possible]
    for heading in (*(labs if in_points else map(_number, labs)), "total", "by hand"):
        table.add_column(heading, justify="right", no_wrap=True)
    for row in overview.rows:
        marks = (row.marks[lab] for lab in overview.possible)
        cells = [score(mark) if in_points else percent(mark) for mark in marks]
        total = f"{row.total.points:g}/{row.total.possible:g}" if in_points else f"{row.total.points:g}"
        table.add_row(escape(row.total.name), *cells, total, str(row.total.waiting))
    return table


def _number(lab: str) -> str:
    """Return "3" for "lab03": ten of these fit beside a name."""
    return lab.removeprefix("lab").lstrip("0") or lab
