"""Report the scores of a class: a table in the terminal, two CSV files, and an HTML page with pictures."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.course import Course
from helpers.grading.report.scores import Difficulty, Score, difficulties, read_scores
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["report"]

_BLUE, _ORANGE = "#0072B2", "#E69F00"  # of the colour-blind safe palette by Okabe and Ito
_STYLE = {"axes.titlesize": 13, "axes.labelsize": 11, "axes.spines.top": False, "axes.spines.right": False}

Students = dict[str, dict[str, Score]]  # scores by student and lab


def report(course: Course, folder: Path, console: Console) -> Path:
    """Print the table of a class, and write `scores.csv`, `questions.csv` and `index.html` into `folder`.

    Returns:
        The path of the HTML page.

    Raises:
        CourseError: if the gradebook holds no submission yet.
    """
    with console.status("Reading the gradebook"):
        scores = [_as_text(score) for score in read_scores(course)]
    if not scores:
        raise CourseError("The gradebook holds no submission yet. Collect and grade first: `nbgrader autograde <lab>`.")
    labs = sorted({score.assignment for score in scores})
    students: Students = defaultdict(dict)
    for score in scores:
        students[score.student][score.assignment] = score
    remarks = {student: words for student, by_lab in students.items() if (words := _remark(by_lab))}
    hardest = difficulties(scores)
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(
        folder / "scores.csv",
        ("student", "lab", "points", "possible", "to grade by hand", "notes"),
        ((s.student, s.assignment, s.points, s.possible, s.by_hand, "; ".join(s.notes)) for s in scores),
    )
    _write_csv(
        folder / "questions.csv",
        ("lab", "question", "possible", "mean share", "without points", "submissions"),
        (astuple(replace(question, share=round(question.share, 3))) for question in hardest),
    )
    page = folder / "index.html"
    page.write_text(_page(labs, students, remarks, hardest), encoding="utf-8")
    console.print(_table(labs, students))
    for student, remark in remarks.items():  # below the table, which with ten labs has no room for them
        console.print(f"{student}: {remark}", highlight=False, markup=False)
    return page


def _as_text(score: Score) -> Score:
    """Clean names and notes, which may quote what a student chose: a file's name, a message."""
    return replace(score, student=line(score.student), notes=[line(note, 500) for note in score.notes])


def _table(labs: list[str], students: Students) -> Table:
    table = Table(title="Scores", title_justify="left")
    table.add_column("student", no_wrap=True)
    for heading in (*(lab.split("-")[0] for lab in labs), "total", "by hand"):
        table.add_column(heading, justify="right", no_wrap=True)
    for student, by_lab in students.items():
        points = [f"{by_lab[lab].points:g}/{by_lab[lab].possible:g}" for lab in labs]
        scores = by_lab.values()
        total = f"{sum(score.points for score in scores):g}/{sum(score.possible for score in scores):g}"
        table.add_row(escape(student), *points, total, str(sum(score.by_hand for score in scores)))
    return table


def _remark(by_lab: dict[str, Score]) -> str:
    """Join the notes of a student. A note that is the same for all labs appears once."""
    labs_of: dict[str, list[str]] = defaultdict(list)
    for lab, score in by_lab.items():
        for note in score.notes:
            labs_of[note].append(lab.split("-")[0])
    return "; ".join(
        note if len(labs) == len(by_lab) else f"{', '.join(labs)}: {note}" for note, labs in labs_of.items()
    )


def _write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headings, *(map(_cell, row) for row in rows)])


def _cell(value: Any) -> Any:
    """Quote text that a spreadsheet would run as a formula: https://owasp.org/www-community/attacks/CSV_Injection."""
    is_formula = isinstance(value, str) and value and (value[0] in "=+-@" or not value[0].isprintable())
    return f"'{value}" if is_formula else value


def _page(labs: list[str], students: Students, remarks: dict[str, str], hardest: list[Difficulty]) -> str:
    template = files("helpers.grading.report").joinpath("report.html").read_text(encoding="utf-8")
    questions = {lab: [question for question in hardest if question.assignment == lab] for lab in labs}
    return (
        Environment(autoescape=True)
        .from_string(template)
        .render(
            labs=labs,
            students=students,
            remarks=remarks,
            totals=_picture(partial(_draw_totals, students=students), 3.2),
            questions={
                lab: _picture(partial(_draw_shares, lab=lab, questions=own), 1.2 + 0.27 * len(own))
                for lab, own in questions.items()
            },
            hardest=hardest[:10],
        )
    )


def _picture(draw: Callable[[Axes], None], height: float) -> str:
    """Return a diagram as the URL of a PNG; `height` is in inches."""
    stream = io.BytesIO()
    with style.context(_STYLE):
        figure = Figure(figsize=(8, height), layout="constrained")
        draw(figure.subplots())
        figure.savefig(stream, format="png", dpi=110)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"


def _draw_totals(axes: Axes, students: Students) -> None:
    """Draw how many students reached which share of all points."""
    shares = [
        100 * sum(score.points for score in by_lab.values()) / max(sum(score.possible for score in by_lab.values()), 1)
        for by_lab in students.values()
    ]
    axes.hist(shares, bins=range(0, 101, 10), color=_BLUE, edgecolor="white")
    axes.set(title="Distribution of totals", xlabel="share of all points (%)", ylabel="students", xlim=(0, 100))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_shares(axes: Axes, lab: str, questions: list[Difficulty]) -> None:
    """Draw the mean share of the points of each question of a lab; orange and hatched if it is below a half."""
    questions = sorted(questions, key=lambda question: _natural_order(question.question), reverse=True)
    low = [question.share < 0.5 for question in questions]
    axes.barh(
        [question.question for question in questions],
        [100 * question.share for question in questions],
        color=[_ORANGE if is_low else _BLUE for is_low in low],
        hatch=["//" if is_low else "" for is_low in low],
        edgecolor="white",
    )
    axes.set(title=f"{lab}: points per question", xlabel="mean share of the points (%)", xlim=(0, 100))


def _natural_order(question: str) -> list[tuple[str, int]]:
    """Return a key that sorts k2-uniform before k10-product."""
    return [(word, int(number or 0)) for word, number in re.findall(r"([^\d]+)(\d*)", question)]
