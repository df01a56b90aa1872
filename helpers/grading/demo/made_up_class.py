"""A made-up class: submissions composed of the right and wrong answers in `tests/answers/`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_grade, is_solution

from helpers.grading.answers import Answer, Exercise, files_beside

__all__ = ["CLASS", "Student", "fill_in"]

Choose = Callable[[int, Exercise], Answer | None]  # chooses the answer to an exercise, given its position in the lab
Make = Callable[[NotebookNode, Sequence[Exercise]], NotebookNode]  # makes a submission of a released notebook


def fill_in(released: NotebookNode, answers: dict[str, str], words: str = "") -> NotebookNode:
    """Return a copy of a released notebook with code answers by cell id, and `words` in each written answer."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code" and cell.id in answers:
            cell.source = answers[cell.id]
        elif is_solution(cell) and is_grade(cell) and words:
            cell.source = words
    return notebook


def _solved(choose: Choose) -> Make:
    """Return a function that answers each exercise as `choose` says."""

    def make(released: NotebookNode, exercises: Sequence[Exercise]) -> NotebookNode:
        chosen = {exercise.id: choose(position, exercise) for position, exercise in enumerate(exercises)}
        answers = {name: answer.source for name, answer in chosen.items() if answer}
        return fill_in(released, answers, words="This is what I think.")

    return make


def _right(which: int) -> Choose:
    return lambda _, exercise: exercise.select(right=True)[which % len(exercise.select(right=True))]


def _wrong_every(step: int) -> Choose:
    def choose(position: int, exercise: Exercise) -> Answer:
        answers = exercise.select(right=position % step != step - 1)
        return answers[position % len(answers)]

    return choose


def _only_visible(_: int, exercise: Exercise) -> Answer | None:
    """Choose an answer that works for the examples, and fails for anything else."""
    return next((answer for answer in exercise.select(right=False) if answer.passes == "visible"), None)


def _first_half(released: NotebookNode, exercises: Sequence[Exercise]) -> NotebookNode:
    """Answer the first half, and add a cell that crashes."""
    notebook = _solved(_right(0))(released, exercises[: len(exercises) // 2])
    broken = new_code_cell('results = measured["accuracy"]', id="my-own-cell")
    notebook.cells.insert(len(notebook.cells) // 2, broken)
    return notebook


def _without_cells(released: NotebookNode, exercises: Sequence[Exercise]) -> NotebookNode:
    """Delete every third check, and the second answer with its question."""
    notebook = _solved(_right(0))(released, exercises)
    checks = [cell.id for cell in notebook.cells if is_grade(cell) and cell.cell_type == "code"][::3]
    deleted = {*checks, exercises[1].id, f"{exercises[1].id}-task"}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in deleted]
    return notebook


def _with_a_copy(released: NotebookNode, exercises: Sequence[Exercise]) -> NotebookNode:
    """Copy the first check to the end of the notebook, as people do to try something."""
    notebook = _solved(_right(1))(released, exercises)
    check = copy.deepcopy(next(cell for cell in notebook.cells if is_grade(cell)))
    check.id = "copied"
    notebook.cells.append(check)
    return notebook


@dataclass(frozen=True)
class Student:
    """A student of the class, and what is special about the submission; `number` is the learning platform's."""

    id: str
    last_name: str
    number: int
    make: Make
    time: str = "2026-01-30T17:05:00Z"
    file_name: str = "{notebook}.ipynb"
    complete: float = 1.0  # the share of the file that arrives

    @property
    def name(self) -> str:
        return f"{self.id.capitalize()} {self.last_name}"

    def submission(self, released: Path, exercises: Sequence[Exercise]) -> dict[str, bytes]:
        """Return the student's files by name."""
        text = nbformat.writes(self.make(nbformat.read(released, as_version=4), exercises))
        name = self.file_name.format(notebook=released.stem)
        files = {name: text[: round(len(text) * self.complete)].encode()}
        return files | {beside.name: beside.read_bytes() for beside in files_beside(exercises[0].path.parent)}


CLASS = (
    Student("ada", "Adams", 771001, _solved(_right(0))),
    Student("ben", "Becker", 771002, _solved(_right(1))),  # another right answer
    Student("chloe", "Chevalier", 771003, _solved(_wrong_every(5))),
    Student("dan", "Dąbrowski", 771004, _solved(_wrong_every(2))),
    Student("eva", "Eriksson", 771005, lambda released, _: released),  # no answers
    Student("finn", "O'Flaherty", 771006, _first_half),
    Student("gina", "García López", 771007, _solved(_right(0)), time="2026-02-02T09:00:00Z"),  # late
    Student("hugo", "Hansen", 771008, _without_cells),
    Student("iris", "Ito", 771009, _solved(_right(0)), complete=0.6),
    Student("jan", "Janáček", 771010, _with_a_copy),
    Student("kim", "Kim", 771011, _solved(_right(0)), file_name="my_work.ipynb"),
    Student("leo", "Løvås", 771012, _solved(_only_visible)),
)
