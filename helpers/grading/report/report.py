"""The scores of a class, to be looked at: a table in the terminal, two CSV files, one HTML page with pictures."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from helpers.grading.course import Course, CourseError
from helpers.grading.report.scores import Difficulty, Score, difficulties, read_scores
from helpers.grading.text import line

__all__ = ["report"]

_BLUE, _ORANGE = "#0072B2", "#E69F00"  # Okabe-Ito


def report(course: Course, folder: Path, console: Console) -> Path:
    """Print the table of a class and write `scores.csv`, `questions.csv` and `index.html` into `folder`.

    Returns:
        The path of the HTML page.

    Raises:
        CourseError: if the gradebook holds no submission yet.
    """
    with console.status("Reading the gradebook"):
        scores = [_as_text(score) for score in read_scores(course)]
    if not scores:
        raise CourseError("The gradebook holds no submission yet. Collect and grade first: `nbgrader autograde <lab>`.")
    hard = difficulties(scores)
    folder.mkdir(parents=True, exist_ok=True)
    _write_csv(folder / "scores.csv", _score_rows(scores))
    _write_csv(folder / "questions.csv", _question_rows(hard))
    page = folder / "index.html"
    page.write_text(_page(scores, hard), encoding="utf-8")
    console.print(_table(scores))
    for student, remark in _remarks(scores).items():  # under the table: ten labs leave no room beside it
        console.print(f"{student}: {remark}", highlight=False, markup=False)
    return page


def _as_text(score: Score) -> Score:
    """Names and notes may quote what a student chose: a file's name, a message."""
    return replace(score, student=line(score.student), notes=[line(note, 500) for note in score.notes])


def _by_student(scores: list[Score]) -> dict[str, dict[str, Score]]:
    students: dict[str, dict[str, Score]] = defaultdict(dict)
    for score in scores:
        students[score.student][score.assignment] = score
    return dict(students)


def _table(scores: list[Score]) -> Table:
    labs = sorted({score.assignment for score in scores})
    table = Table(title="Scores", title_justify="left")
    table.add_column("student", no_wrap=True)
    for lab in labs:
        table.add_column(lab.split("-")[0], justify="right", no_wrap=True)
    for heading in ("total", "by hand"):
        table.add_column(heading, justify="right", no_wrap=True)
    for student, by_lab in _by_student(scores).items():
        own = list(by_lab.values())
        points = [f"{by_lab[lab].points:g}/{by_lab[lab].possible:g}" for lab in labs]
        total = f"{sum(score.points for score in own):g}/{sum(score.possible for score in own):g}"
        table.add_row(escape(student), *points, total, str(sum(score.by_hand for score in own)))
    return table


def _remarks(scores: list[Score]) -> dict[str, str]:
    """What is out of the ordinary, for the students with whom something is."""
    notes = {student: _notes(list(by_lab.values())) for student, by_lab in _by_student(scores).items()}
    return {student: said for student, said in notes.items() if said}


def _notes(scores: list[Score]) -> str:
    """The notes of one student; a note that all labs share is said once."""
    labs_of: dict[str, list[str]] = defaultdict(list)
    for score in scores:
        for note in score.notes:
            labs_of[note].append(score.assignment.split("-")[0])
    return "; ".join(
        note if len(labs) == len(scores) else f"{', '.join(labs)}: {note}" for note, labs in labs_of.items()
    )


def _score_rows(scores: list[Score]) -> list[dict[str, Any]]:
    return [
        {
            "student": score.student,
            "lab": score.assignment,
            "points": score.points,
            "possible": score.possible,
            "to grade by hand": score.by_hand,
            "notes": "; ".join(score.notes),
        }
        for score in scores
    ]


def _question_rows(hard: list[Difficulty]) -> list[dict[str, Any]]:
    return [
        {
            "lab": one.assignment,
            "question": one.question,
            "possible": one.possible,
            "mean share": round(one.share, 3),
            "without points": one.without,
            "submissions": one.students,
        }
        for one in hard
    ]


def _write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, rows[0] if rows else [])
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)


def _cell(value: Any) -> Any:
    """A cell of a CSV file; a text that a spreadsheet would compute gets a mark that says it is one."""
    is_formula = isinstance(value, str) and value and (value[0] in "=+-@" or not value[0].isprintable())
    return f"'{value}" if is_formula else value


def _page(scores: list[Score], hard: list[Difficulty]) -> str:
    template = files("helpers.grading.report").joinpath("report.html").read_text(encoding="utf-8")
    labs = sorted({score.assignment for score in scores})
    return (
        Environment(autoescape=True)
        .from_string(template)
        .render(
            labs=labs,
            students=_by_student(scores),
            remarks=_remarks(scores),
            totals=_png(_totals(scores)),
            questions={lab: _png(_shares(lab, [one for one in hard if one.assignment == lab])) for lab in labs},
            hardest=hard[:10],
        )
    )


def _totals(scores: list[Score]) -> Figure:
    """How many students reached which share of all points."""
    shares = [
        100 * sum(score.points for score in by_lab.values()) / max(sum(score.possible for score in by_lab.values()), 1)
        for by_lab in _by_student(scores).values()
    ]
    figure = Figure(figsize=(8, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.hist(shares, bins=range(0, 101, 10), color=_BLUE, edgecolor="white")
    axes.set(title="Distribution of totals", xlabel="share of all points (%)", ylabel="students", xlim=(0, 100))
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    return _readable(figure)


def _shares(lab: str, questions: list[Difficulty]) -> Figure:
    """The mean share of the points of each question of a lab; orange and hatched where it is below a half."""
    questions = sorted(questions, key=lambda one: _in_order(one.question), reverse=True)
    figure = Figure(figsize=(8, 1.2 + 0.27 * len(questions)), layout="constrained")
    axes = figure.subplots()
    low = [one.share < 0.5 for one in questions]
    axes.barh(
        [one.question for one in questions],
        [100 * one.share for one in questions],
        color=[_ORANGE if is_low else _BLUE for is_low in low],
        hatch=["//" if is_low else "" for is_low in low],
        edgecolor="white",
    )
    axes.set(title=f"{lab}: points per question", xlabel="mean share of the points (%)", xlim=(0, 100))
    return _readable(figure)


def _in_order(question: str) -> list[tuple[str, int]]:
    """A key that sorts k2-uniform before k10-product."""
    return [(word, int(number or 0)) for word, number in re.findall(r"([^\d]+)(\d*)", question)]


def _readable(figure: Figure) -> Figure:
    for axes in figure.axes:
        axes.title.set_fontsize(13)
        axes.xaxis.label.set_fontsize(11)
        axes.yaxis.label.set_fontsize(11)
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def _png(figure: Figure) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110)
    return f"data:image/png;base64,{base64.b64encode(stream.getvalue()).decode()}"
