"""The instructor's copy of a lab: what `source/` says of it, and `release/` of the text that students got.

Grading goes by `source/`: a check that was mended there counts at once. The gradebook, which holds the students' marks,
has to know the same questions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution, is_task

from helpers.grading.errors import CourseError
from helpers.grading.intake.reader import Cell, squeezed
from helpers.grading.labs import Lab, is_parameters, rewrite_parameters
from helpers.grading.names import names_bound

__all__ = ["KINDS", "Master", "refuse_lost"]

# The kinds of cells that the gradebook knows, by nbgrader's names: students have marks in all but those of the last.
KINDS = {
    "grade": is_grade,
    "solution": is_solution,
    "task": is_task,
    "source": lambda cell: is_locked(cell) or is_grade(cell) or is_solution(cell) or is_task(cell),
}


@dataclass(frozen=True)
class Master:
    """All of a lab that is not the student's to change.

    Attributes:
        cells: the cells that nbgrader marks, in their order, with the hidden tests back in place and the lab's values
            for grading in its parameters cell: few images and epochs, so that a class takes minutes.
        released: the text that students got in each of them, by grade id.
        other_texts: the texts of the cells without marks, as `squeezed` gives them, and what their pictures show.
        solutions: the lab's own answers in code, by grade id, in the lab's order.
        lendable: those of them that may stand for a student's wrong ones.
        withheld: data sets of which students' code may read no test image.
        handed_in: files that are the students' own, and that the lab's never replace.
        seed: of marks that are a measurement: the class's own for this lab.
        unreleased: the cells that were mended in `source/` and are still otherwise in `release/`, by grade id.
    """

    cells: tuple[NotebookNode, ...]
    kernelspec: dict[str, Any]
    released: dict[str, str]
    other_texts: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    lendable: dict[str, str] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    handed_in: tuple[str, ...] = ()
    seed: int | None = None
    unreleased: tuple[str, ...] = ()

    @classmethod
    def load(cls, gradebook: Gradebook, coursedir: CourseDirectory, assignment: str, notebook: str) -> Master:
        """Read it.

        Raises:
            FileNotFoundError: if the assignment was not released.
            CourseError: if `source/` holds other questions than those that were released.
        """
        copy = _lab_file(coursedir, "release", assignment, notebook)
        if not copy.exists():
            raise FileNotFoundError(f"{copy} is missing. Run `nbgrader generate_assignment {assignment}` first.")
        released = Lab(assignment, copy).read()
        lab = Lab(assignment, _lab_file(coursedir, "source", assignment, notebook))
        recorded = gradebook.find_notebook(notebook, assignment)
        originals, given = lab.read().cells, _by_name(released.cells)
        settings = lab.settings()
        refuse_lost(recorded, lab)
        _refuse_other(recorded, lab, originals, released.cells)
        texts = {name: cell.source for name, cell in given.items()}
        unreleased = tuple(_unreleased(originals, given, recorded))
        cells = [_put_back(given[name], original) for name, original in _by_name(originals).items()]
        for cell in filter(is_parameters, cells):
            cell.source = rewrite_parameters(cell.source, settings.grading)
        return cls(
            cells=tuple(cells),
            kernelspec=json.loads(recorded.kernelspec or "{}"),
            released=texts,
            other_texts={
                squeezed(one.source): one.metadata.get("alt", "")
                for one in released.cells
                if "nbgrader" not in one.metadata
            },
            solutions=lab.solutions(),
            lendable=lab.lendable(),
            withheld=tuple(settings.withheld),
            handed_in=tuple(settings.handed_in),
            seed=int(recorded.assignment.id[:8], 16),  # drawn at random when the gradebook first heard of the lab
            unreleased=unreleased,
        )

    @cached_property
    def points(self) -> dict[str, float]:
        """What each graded cell is worth, by grade id."""
        marks = (cell.metadata.nbgrader for cell in self.cells)
        return {mark.grade_id: mark.points for mark in marks if "points" in mark}

    @property
    def rules(self) -> str:
        """All that marks depend on. Words can be mended without anybody's being graded again."""
        code = [(name, self.cells[place].source) for name, place in self.places.items() if self._is_locked_code(name)]
        return json.dumps([code, self.points, self.lendable, self.withheld])

    @cached_property
    def places(self) -> dict[str, int]:
        """Where each cell stands in the lab, by grade id."""
        return {cell.metadata.nbgrader.grade_id: place for place, cell in enumerate(self.cells)}

    @cached_property
    def by_text(self) -> dict[str, str]:
        """The grade ids of the locked cells, by the text that students got, as far as one text is one cell's."""
        locked = [(squeezed(text), name) for name, text in self.released.items() if not self.is_answer(name)]
        texts = [text for text, _ in locked]
        return {text: name for text, name in locked if text and texts.count(text) == 1}

    @cached_property
    def defines(self) -> dict[str, frozenset[str]]:
        """The names that each answer in code defines, by grade id, as the lab's own does."""
        return {name: names_bound(source) for name, source in self.solutions.items()}

    @cached_property
    def answer_names(self) -> frozenset[str]:
        """All names that answers define: the only ones that a check may ask a student's kernel for."""
        return frozenset().union(*self.defines.values())

    def is_answer(self, name: str) -> bool:
        return bool(self.cells[self.places[name]].metadata.nbgrader.solution)

    def _is_locked_code(self, name: str) -> bool:
        return self.is_code(name) and not self.is_answer(name)

    def is_code(self, name: str) -> bool:
        return bool(self.cells[self.places[name]].cell_type == "code")

    def is_placeholder(self, name: str, cell: Cell) -> bool:
        """Whether a cell holds what the student was given to replace, or nothing."""
        return cell.squeezed in ("", squeezed(self.released[name]))


def refuse_lost(recorded: Notebook, lab: Lab) -> None:
    """Let no mark be lost with its question.

    Raises:
        CourseError: if a cell in which students have marks is gone from `source/`.
    """
    gone = _recorded(recorded) - _held(lab.read().cells) if recorded.submissions else set()
    names = sorted({name for kind, name in gone if kind != "source"})
    if names:
        raise CourseError(
            f"{lab.path} lacks {', '.join(names)}, where students have marks. "
            "Put it back, with 0 points if it is no longer to count."
        )


def _refuse_other(recorded: Notebook, lab: Lab, *copies: list[NotebookNode]) -> None:
    known = _recorded(recorded)
    names = sorted({name for cells in copies for _, name in _held(cells) ^ known})
    if names:
        raise CourseError(
            f"{lab.assignment}: source/ holds other cells than were released ({', '.join(names)}). "
            f"Run `nbgrader generate_assignment --force {lab.assignment}`."
        )


def _recorded(notebook: Notebook) -> set[tuple[str, str]]:
    """Kind and name of all cells that the gradebook knows."""
    return {(kind, cell.name) for kind in KINDS for cell in getattr(notebook, f"{kind}_cells")}


def _held(cells: Iterable[NotebookNode]) -> set[tuple[str, str]]:
    """Kind and name of all cells of a notebook that the gradebook has to know."""
    return {(kind, name) for name, cell in _by_name(cells).items() for kind, is_one in KINDS.items() if is_one(cell)}


def _by_name(cells: Iterable[NotebookNode]) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells if KINDS["source"](cell)}


def _unreleased(originals: list[NotebookNode], given: dict[str, NotebookNode], recorded: Notebook) -> Iterator[str]:
    """The locked cells whose text was not recorded as it is now, and those that students see with other points."""
    texts = {cell.name: cell.source for cell in recorded.source_cells if cell.locked}
    for name, cell in _by_name(originals).items():
        if texts.get(name, cell.source) != cell.source or _points(cell) != _points(given[name]):
            yield name


def _points(cell: NotebookNode) -> float | None:
    points = cell.metadata.nbgrader.get("points")
    return None if points is None else float(points)


def _put_back(cell: NotebookNode, original: NotebookNode) -> NotebookNode:
    """A cell of the students' copy with its hidden tests, points and checksum."""
    mark = cell.metadata.nbgrader
    if not mark.solution:
        cell.source = original.source
    if (points := _points(original)) is not None:
        mark.points = points
    mark.checksum = compute_checksum(cell)
    return cell


def _lab_file(coursedir: CourseDirectory, kind: str, assignment: str, notebook: str) -> Path:
    """The instructor's own copy of a notebook; `kind` is "source" or "release"."""
    folder = coursedir.format_path(getattr(coursedir, f"{kind}_directory"), ".", assignment)
    return Path(folder) / f"{notebook}.ipynb"
