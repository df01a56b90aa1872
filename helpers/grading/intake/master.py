"""The instructor's version of a lab: `source/`, and the text that students got in `release/`.

Grading follows `source/`, so that a repaired check counts at once. The gradebook, which holds the students' points, has
to know the same grade cells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import Gradebook, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution, is_task

from helpers.grading.facts import digest
from helpers.grading.labs import Lab
from helpers.notebooks.cells import is_parameters, rewrite_parameters
from helpers.notebooks.errors import CourseError
from helpers.notebooks.names import modules_imported, names_bound
from helpers.notebooks.reader import Cell, normalised

__all__ = ["KINDS", "Master", "refuse_lost"]

# The kinds of cells in the gradebook, by nbgrader's names. Students have marks in all kinds but "source".
KINDS = {
    "grade": is_grade,
    "solution": is_solution,
    "task": is_task,
    "source": lambda cell: is_locked(cell) or is_grade(cell) or is_solution(cell) or is_task(cell),
}


@dataclass(frozen=True)
class Master:
    """Everything in a lab that students may not change.

    Attributes:
        cells: the cells with nbgrader metadata, in their order, with hidden tests. The parameters cell has the lab's
            values for grading: few images and epochs, so that a class takes minutes.
        kernelspec: the notebook's, as the gradebook recorded it.
        released: the text that students got in each of them, by grade id.
        other_texts: the normalised texts of the other cells, and the descriptions of their pictures.
        solutions: the lab's own code answers, by grade id, in the lab's order.
        lendable: those of them that may replace a student's wrong answer.
        imports: modules that its cells import, and `torch.optim` if they make an optimizer.
        withheld: data sets of which students' code may read no test image.
        handed_in: files that belong to students, so that the lab's never replace them.
        seed: for points that depend on a measurement; each class has its own for this lab.
        unreleased: the grade ids of cells that changed in `source/` after the release.
    """

    cells: tuple[NotebookNode, ...]
    kernelspec: dict[str, Any]
    released: dict[str, str]
    other_texts: dict[str, str] = field(default_factory=dict)
    solutions: dict[str, str] = field(default_factory=dict)
    lendable: dict[str, str] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    withheld: tuple[str, ...] = ()
    handed_in: tuple[str, ...] = ()
    seed: int | None = None
    unreleased: tuple[str, ...] = ()

    @classmethod
    def load(cls, gradebook: Gradebook, coursedir: CourseDirectory, assignment: str, notebook: str) -> Master:
        """Load the master of a lab.

        Raises:
            FileNotFoundError: if the assignment was not released.
            CourseError: if `source/` holds other grade cells than were released.
        """
        lab = _lab(coursedir, "source", assignment, notebook)
        copy = _lab(coursedir, "release", assignment, notebook)
        if not copy.path.exists():
            raise FileNotFoundError(f"{copy.path} is missing. Run `nbgrader generate_assignment {assignment}` first.")
        released, originals = copy.read().cells, lab.read().cells
        recorded = gradebook.find_notebook(notebook, assignment)
        settings = lab.settings()
        refuse_lost(recorded, lab)
        _refuse_other(recorded, lab, originals, released)
        given = _by_grade_id(released)
        texts = {grade_id: cell.source for grade_id, cell in given.items()}
        unreleased = tuple(_unreleased(originals, given, recorded))
        cells = [_restored(given[grade_id], original) for grade_id, original in _by_grade_id(originals).items()]
        for cell in filter(is_parameters, cells):
            cell.source = rewrite_parameters(cell.source, settings.grading)
        others = [cell for cell in released if "nbgrader" not in cell.metadata]
        return cls(
            cells=tuple(cells),
            kernelspec=json.loads(recorded.kernelspec or "{}"),
            released=texts,
            other_texts={normalised(cell.source): cell.metadata.get("alt", "") for cell in others},
            solutions=lab.solutions(),
            lendable=lab.lendable(),
            imports=_imports(originals),
            withheld=tuple(settings.withheld),
            handed_in=tuple(settings.handed_in),
            seed=int(recorded.assignment.id[:8], 16),  # drawn at random when the gradebook first recorded the lab
            unreleased=unreleased,
        )

    @cached_property
    def points(self) -> dict[str, float]:
        """The points of each grade cell, by grade id."""
        marks = (cell.metadata.nbgrader for cell in self.cells)
        return {mark.grade_id: mark.points for mark in marks if "points" in mark}

    @property
    def parts(self) -> dict[str, str]:
        """The digest of each part of the lab that marks depend on, by a name that people understand.

        The text of statements is no such part, nor that of written answers' solutions. Of a code answer, what the
        student replaces counts, the solution where it may be lent, and the names that checks may ask for.
        """
        code = [grade_id for grade_id in self.positions if self.is_code(grade_id)]
        parts: dict[str, Any] = {"order of cells": code, "withheld": self.withheld, "seed": self.seed}
        for grade_id in code:
            if not self.is_answer(grade_id):
                parts[grade_id] = self._cell(grade_id).source
        for grade_id in filter(self.is_answer, self.positions):
            parts[f"stub of {grade_id}"] = self.released[grade_id]
        for grade_id, names in self.defines.items():
            parts[f"solution of {grade_id}"] = [self.lendable.get(grade_id), sorted(names)]
        parts |= {f"points of {grade_id}": float(points) for grade_id, points in self.points.items()}
        return {name: digest(part) for name, part in parts.items()}

    @cached_property
    def positions(self) -> dict[str, int]:
        """The position of each cell in the lab, by grade id."""
        return {cell.metadata.nbgrader.grade_id: position for position, cell in enumerate(self.cells)}

    @cached_property
    def by_text(self) -> dict[str, str]:
        """The grade ids of the locked cells by the normalised text that students got, without texts that repeat."""
        locked = [(normalised(text), name) for name, text in self.released.items() if not self.is_answer(name)]
        texts = [text for text, _ in locked]
        return {text: name for text, name in locked if text and texts.count(text) == 1}

    @cached_property
    def defines(self) -> dict[str, frozenset[str]]:
        """The names that the lab's own code answers define, by grade id."""
        return {grade_id: names_bound(source) for grade_id, source in self.solutions.items()}

    @cached_property
    def answer_names(self) -> frozenset[str]:
        """All names that answers define. A check may ask a student's kernel for no others."""
        return frozenset().union(*self.defines.values())

    def _cell(self, grade_id: str) -> NotebookNode:
        return self.cells[self.positions[grade_id]]

    def is_answer(self, grade_id: str) -> bool:
        return bool(is_solution(self._cell(grade_id)))

    def is_code(self, grade_id: str) -> bool:
        return bool(self._cell(grade_id).cell_type == "code")

    def is_placeholder(self, grade_id: str, cell: Cell) -> bool:
        """Check whether a cell holds the text that the student was to replace, or nothing."""
        return cell.normalised in ("", normalised(self.released[grade_id]))


def refuse_lost(recorded: Notebook, lab: Lab) -> None:
    """Refuse to lose points together with their grade cells.

    Raises:
        CourseError: if a cell in which students have marks is missing from `source/`.
    """
    missing = _recorded(recorded) - _required(lab.read().cells) if recorded.submissions else set()
    names = sorted({grade_id for kind, grade_id in missing if kind != "source"})
    if names:
        raise CourseError(
            f"{lab.path} lacks {', '.join(names)}, where students have marks. "
            "Put it back, with 0 points if it is no longer to count."
        )


def _refuse_other(recorded: Notebook, lab: Lab, *copies: list[NotebookNode]) -> None:
    known = _recorded(recorded)
    names = sorted({grade_id for cells in copies for _, grade_id in _required(cells) ^ known})
    if names:
        raise CourseError(
            f"{lab.assignment}: source/ holds other cells than were released ({', '.join(names)}). "
            f"Run `nbgrader generate_assignment --force {lab.assignment}`."
        )


def _recorded(notebook: Notebook) -> set[tuple[str, str]]:
    """Return kind and grade id of all cells that the gradebook knows."""
    return {(kind, cell.name) for kind in KINDS for cell in getattr(notebook, f"{kind}_cells")}


def _required(cells: Iterable[NotebookNode]) -> set[tuple[str, str]]:
    """Return kind and grade id of all cells of a notebook that the gradebook has to know."""
    named = _by_grade_id(cells).items()
    return {(kind, grade_id) for grade_id, cell in named for kind, is_kind in KINDS.items() if is_kind(cell)}


def _by_grade_id(cells: Iterable[NotebookNode]) -> dict[str, NotebookNode]:
    return {cell.metadata.nbgrader.grade_id: cell for cell in cells if KINDS["source"](cell)}


def _unreleased(originals: list[NotebookNode], given: dict[str, NotebookNode], recorded: Notebook) -> Iterator[str]:
    """Yield the locked cells whose text has changed since the release, and cells whose points have."""
    texts = {cell.name: cell.source for cell in recorded.source_cells if cell.locked}
    for grade_id, cell in _by_grade_id(originals).items():
        if texts.get(grade_id, cell.source) != cell.source or _points(cell) != _points(given[grade_id]):
            yield grade_id


def _points(cell: NotebookNode) -> float | None:
    points = cell.metadata.nbgrader.get("points")
    return None if points is None else float(points)


def _imports(originals: Iterable[NotebookNode]) -> frozenset[str]:
    """Return the modules that a lab's cells import, and that of optimizers if they name one."""
    modules: set[str] = set()
    for cell in originals:
        if cell.cell_type == "code":
            with suppress(SyntaxError):  # a magic: the kernel imports what it needs by itself
                modules |= modules_imported(cell.source)
            modules |= {"torch.optim"} if "torch.optim" in cell.source else set()
    return frozenset(modules)


def _restored(cell: NotebookNode, original: NotebookNode) -> NotebookNode:
    """Put hidden tests, points and checksum back into a released cell."""
    mark = cell.metadata.nbgrader
    if not mark.solution:
        cell.source = original.source
    if (points := _points(original)) is not None:
        mark.points = points
    mark.checksum = compute_checksum(cell)
    return cell


def _lab(coursedir: CourseDirectory, kind: str, assignment: str, notebook: str) -> Lab:
    """Return the lab in the folder of a kind, "source" or "release"."""
    folder = coursedir.format_path(getattr(coursedir, f"{kind}_directory"), ".", assignment)
    return Lab(assignment, Path(folder) / f"{notebook}.ipynb")
