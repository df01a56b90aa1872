"""The index of questions: in which lab is a question of one of the five documents?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from helpers.grading.labs import Lab
from helpers.notebooks.cells import HEADING

__all__ = ["DOCUMENTS", "IndexEntry", "exercises_of", "index"]

DOCUMENTS = {
    "K": "K: KPU, assignment 2, thirty-three numbered questions",
    "L": "L: CNN implementation, seven numbered questions",
    "W": "W: CNN with PyTorch, models A, B and C",
    "T": "T: LAB 8, a tutorial",
    "E": "E: EE613, CNN lab",
    "Extra": "Our own",
}
INTRODUCTION = """\
# Where each question is

Five documents ask the questions of this course; each is answered in a lab, under the document's own number.
This page is written by `make release`.
"""
HEAD = "| question | exercise | lab | points | graded |\n| --- | --- | --- | --: | --- |\n"


@dataclass
class IndexEntry:
    """One exercise of a lab.

    `questions` are the documents' questions that it answers, for instance ["K25", "E-lenet"]; `graded` says how.
    """

    lab: str
    title: str
    points: str
    questions: list[str]
    graded: list[str] = field(default_factory=list)


def exercises_of(lab: Lab) -> list[IndexEntry]:
    """Return the exercises of a lab in its order."""
    entries: list[IndexEntry] = []
    for cell in lab.read().cells:
        heading = HEADING.search(cell.source) if cell.cell_type == "markdown" else None
        if heading:
            asked = _asked(heading["question"]) + cell.metadata.get("course", {}).get("questions", [])
            title = heading[0].split(" · ")[1].rpartition(" (")[0]
            entries.append(IndexEntry(lab.assignment, title, heading["points"], list(dict.fromkeys(asked))))
        elif is_grade(cell):
            entries[-1].graded += [way for way in [_way(cell)] if way not in entries[-1].graded]
    return entries


def index(labs: Iterable[Lab]) -> str:
    """Write the page `source/README.md`: a table for each document, in the order of its questions."""
    exercises = [exercise for lab in labs for exercise in exercises_of(lab)]
    return INTRODUCTION + "".join(_table(document, exercises) for document in DOCUMENTS)


def _table(document: str, exercises: list[IndexEntry]) -> str:
    rows = [
        (question, exercise)
        for exercise in exercises
        for question in exercise.questions
        if question.rstrip("0123456789").partition("-")[0] == document
    ]
    rows.sort(key=lambda row: _number(row[0]))  # stable: questions without a number stay in the labs' order
    lines = [f"| {name} | {one.title} | {one.lab} | {one.points} | {', '.join(one.graded)} |" for name, one in rows]
    return f"\n## {DOCUMENTS[document]}\n\n{HEAD}" + "\n".join(lines) + "\n"


def _asked(name: str) -> list[str]:
    """Split a heading's name into questions: "K25, E-lenet" are two, "W-toeplitz, part 1" and "L7-scaling" one."""
    return [re.sub(r"(?<=\d)-.*", "", word) for word in name.split(", ") if not word.startswith("part ")]


def _number(question: str) -> float:
    return int(question[1:]) if question[1:].isdigit() else float("inf")


def _way(cell: NotebookNode) -> str:
    if is_solution(cell):
        return "by hand"
    return "by accuracy" if "points_for(" in cell.source else "by checks"
