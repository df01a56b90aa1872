"""Report the scores of a class: a table in the terminal, two CSV files, and an HTML page with pictures."""

from __future__ import annotations

import base64
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import astuple, replace
from functools import partial
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment
from matplotlib import style
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.course import Course
from helpers.grading.spreadsheets import write_csv
from helpers.grading.term.marks import Mark, Total, read_marks, totals
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.questions import Difficulty, difficulties
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["report"]

_BLUE, _ORANGE = "#0072B2", "#E69F00"  # of the colour-blind safe palette by Okabe and Ito
_STYLE = {"axes.titlesize": 13, "axes.labelsize": 11, "axes.spines.top": False, "axes.spines.right": False}

FIGURES = ("points", "penalty", "score", "possible")  # columns of scores.csv

Students = dict[str, dict[str, Mark]]  # marks by student and lab


def report(course: Course, folder: Path, console: Console) -> Path:
    """Print the table of a class, and write `scores.csv`, `questions.csv` and `index.html` into `folder`.

    Returns:
        The path of the HTML page.

    Raises:
        CourseError: if the gradebook holds no submission yet.
    """
    with console.status("Reading the gradebook"):
        rules = Rules.load(course.root)
        apply_rules(course, rules)
        marks = [_as_text(mark) for mark in read_marks(course)]
    if not marks:
        raise CourseError("The gradebook holds no submission yet. Collect and grade first: `nbgrader autograde <lab>`.")
    labs = sorted({mark.lab for mark in marks})
    students: Students = defaultdict(dict)
    for mark in marks:
        students[mark.student][mark.lab] = mark
    results = {total.student: total for total in totals(marks, rules)}
    remarks = {_who(by_lab): words for by_lab in students.values() if (words := _remark(by_lab))}
    hardest = difficulties(marks)
    folder.mkdir(parents=True, exist_ok=True)
    write_csv(
        folder / "scores.csv",
        ("student", "name", "section", "lab", *FIGURES, "to grade by hand", "notes"),
        map(_row, marks),
    )
    write_csv(
        folder / "questions.csv",
        ("lab", "question", "possible", "mean share", "without points", "submissions", "discrimination"),
        (astuple(_rounded(question)) for question in hardest),
    )
    page = folder / "index.html"
    page.write_text(_page(labs, students, results, remarks, hardest), encoding="utf-8")
    console.print(_table(labs, students, results))
    for student, remark in remarks.items():  # below the table, which with ten labs has no room for them
        console.print(f"{student}: {remark}", highlight=False, markup=False)
    return page


def _as_text(mark: Mark) -> Mark:
    """Clean names and notes, which may quote what a student chose: a file's name, a message."""
    notes: list[str] = [line(note, 500) for note in mark.notes]
    return replace(mark, student=line(mark.student), name=line(mark.name), section=line(mark.section), notes=notes)


def _row(mark: Mark) -> tuple[str | float, ...]:
    figures = (getattr(mark, figure) for figure in FIGURES)
    return mark.student, mark.name, mark.section, mark.lab, *figures, mark.by_hand, "; ".join(mark.notes)


def _rounded(question: Difficulty) -> Difficulty:
    rounded = None if question.discrimination is None else round(question.discrimination, 3)
    return replace(question, share=round(question.share, 3), discrimination=rounded)


def _table(labs: list[str], students: Students, results: dict[str, Total]) -> Table:
    table = Table(title="Scores", title_justify="left")
    table.add_column("student", no_wrap=True)
    for heading in (*(lab.split("-")[0] for lab in labs), "total", "by hand"):
        table.add_column(heading, justify="right", no_wrap=True)
    for student, by_lab in students.items():
        scores = ["exempt" if by_lab[lab].exempt else f"{by_lab[lab].score:g}/{by_lab[lab].possible:g}" for lab in labs]
        total = f"{results[student].points:g}/{results[student].possible:g}"
        table.add_row(escape(results[student].name), *scores, total, str(results[student].waiting))
    return table


def _who(by_lab: dict[str, Mark]) -> str:
    mark = next(iter(by_lab.values()))
    return mark.name if mark.name == mark.student else f"{mark.name} ({mark.student})"


def _remark(by_lab: dict[str, Mark]) -> str:
    """Join the notes of a student. A note that is the same for all labs appears once."""
    labs_of: dict[str, list[str]] = defaultdict(list)
    for lab, mark in by_lab.items():
        for note in mark.notes:
            labs_of[note].append(lab.split("-")[0])
    return "; ".join(
        note if len(labs) == len(by_lab) else f"{', '.join(labs)}: {note}" for note, labs in labs_of.items()
    )


def _page(
    labs: list[str],
    students: Students,
    results: dict[str, Total],
    remarks: dict[str, str],
    hardest: list[Difficulty],
) -> str:
    template = files("helpers.grading.report").joinpath("report.html").read_text(encoding="utf-8")
    questions = {lab: [question for question in hardest if question.lab == lab] for lab in labs}
    return (
        Environment(autoescape=True)
        .from_string(template)
        .render(
            labs=labs,
            students=students,
            results=results,
            remarks=remarks,
            totals=_picture(partial(_draw_totals, results=results.values()), 3.2),
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


def _draw_totals(axes: Axes, results: Iterable[Total]) -> None:
    """Draw how many students reached which total."""
    shares = [total.percent for total in results if total.percent is not None]
    axes.hist(shares, bins=range(0, 101, 10), color=_BLUE, edgecolor="white")
    axes.set(title="Distribution of totals", xlabel="total (%)", ylabel="students", xlim=(0, 100))
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
