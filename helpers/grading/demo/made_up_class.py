"""A made-up class: submissions put together from the right and wrong answers in `tests/answers/`."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_grade, is_solution

from helpers.grading.answers import Answer, Exercise, files_beside

__all__ = ["CLASS", "Student", "fill_in", "solve"]

Exercises = Sequence[Exercise]


def fill_in(released: NotebookNode, answers: dict[str, str], words: str = "") -> NotebookNode:
    """A released notebook with code answers by cell id, and with `words` in each written answer unless empty."""
    notebook = copy.deepcopy(released)
    for cell in notebook.cells:
        if is_solution(cell) and cell.cell_type == "code" and cell.id in answers:
            cell.source = answers[cell.id]
        elif is_solution(cell) and is_grade(cell) and words:
            cell.source = words
    return notebook


def solve(
    released: NotebookNode, exercises: Exercises, choose: Callable[[int, Exercise], Answer | None]
) -> NotebookNode:
    """A released notebook in which `choose(place, exercise)` gives the answer of each exercise, or None for none."""
    chosen = {exercise.id: choose(place, exercise) for place, exercise in enumerate(exercises)}
    answers = {name: answer.source for name, answer in chosen.items() if answer}
    return fill_in(released, answers, words="This is what I think.")


def _right(which: int) -> Callable[[int, Exercise], Answer]:
    return lambda place, exercise: exercise.select(right=True)[which % len(exercise.select(right=True))]


def _wrong_every(step: int) -> Callable[[int, Exercise], Answer]:
    def choose(place: int, exercise: Exercise) -> Answer:
        answers = exercise.select(right=place % step != step - 1)
        return answers[place % len(answers)]

    return choose


def _only_visible(place: int, exercise: Exercise) -> Answer | None:
    """An answer that was written for the examples, and fails on anything else."""
    return next((answer for answer in exercise.select(right=False) if answer.passes == "visible"), None)


def _first_half(released: NotebookNode, exercises: Exercises) -> NotebookNode:
    half = len(exercises) // 2
    notebook = solve(released, exercises, lambda place, exercise: _right(0)(place, exercise) if place < half else None)
    middle = len(notebook.cells) // 2
    notebook.cells.insert(middle, new_code_cell('results = measured["accuracy"]', id="my-own-cell"))
    return notebook


def _without_cells(released: NotebookNode, exercises: Exercises) -> NotebookNode:
    """Every third check and the second answer deleted, with the question above it."""
    notebook = solve(released, exercises, _right(0))
    checks = [cell.id for cell in notebook.cells if is_grade(cell) and cell.cell_type == "code"][::3]
    gone = {*checks, exercises[1].id, f"{exercises[1].id}-task"}
    notebook.cells = [cell for cell in notebook.cells if cell.id not in gone]
    return notebook


def _with_a_copy(released: NotebookNode, exercises: Exercises) -> NotebookNode:
    """The first check copied to the end of the notebook, as people do to try something."""
    notebook = solve(released, exercises, _right(1))
    copied = copy.deepcopy(next(cell for cell in notebook.cells if is_grade(cell)))
    copied.id = "copied"
    notebook.cells.append(copied)
    return notebook


Make = Callable[[NotebookNode, Exercises], NotebookNode]


@dataclass(frozen=True)
class Student:
    """Somebody who hands in: how the notebook is made, when it comes, and what becomes of the file."""

    name: str
    story: str
    make: Make
    time: str = "2026-01-30T17:05:00"
    file_name: str = "{notebook}.ipynb"
    cut: float = 1.0  # the share of the file that arrives

    def submission(self, released: Path, exercises: Exercises, folder: Path) -> Path:
        """Write the student's files into `folder`, named as learning platforms do: <student>_<time>_<file>.

        Returns:
            The notebook's path.
        """
        notebook = self.make(nbformat.read(released, as_version=4), exercises)
        text = nbformat.writes(notebook)
        path = folder / f"{self.name}_{self.time}_{self.file_name.format(notebook=released.stem)}"
        path.write_text(text[: round(len(text) * self.cut)], encoding="utf-8")
        for beside in files_beside(exercises[0].path.parent):
            shutil.copy(beside, folder / f"{self.name}_{self.time}_{beside.name}")
        return path


def _solved(choose: Callable[[int, Exercise], Answer | None]) -> Make:
    return lambda released, exercises: solve(released, exercises, choose)


CLASS = (
    Student("ada", "all right", _solved(_right(0))),
    Student("ben", "all right, written differently", _solved(_right(1))),
    Student("chloe", "every fifth answer wrong", _solved(_wrong_every(5))),
    Student("dan", "every second answer wrong", _solved(_wrong_every(2))),
    Student("eva", "nothing answered", lambda released, exercises: released),
    Student("finn", "half done, with a cell that crashes", _first_half),
    Student("gina", "right, but late", _solved(_right(0)), time="2026-02-02T09:00:00"),
    Student("hugo", "right, but cells deleted", _without_cells),
    Student("iris", "a file that was cut off", _solved(_right(0)), cut=0.6),
    Student("jan", "right, with a check copied", _with_a_copy),
    Student("kim", "right, under another file name", _solved(_right(0)), file_name="my_work.ipynb"),
    Student("leo", "answers made for the visible checks", _solved(_only_visible)),
)
