"""The instructor's copy of a lab: what the gradebook, `release/` and `source/` say of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory

from helpers.grading.labs import Lab, is_parameters, rewrite_parameters
from helpers.grading.lint_checks import names_bound

__all__ = ["Master", "squeezed"]


@dataclass(frozen=True)
class Master:
    """All of a lab that is not the student's to change.

    Attributes:
        cells: the cells that nbgrader marks, in their order, with the hidden tests back in place and the lab's values
            for grading in its parameters cell: few images and epochs, so that a class takes minutes.
        released: the text that students got in each of them, by grade id.
        other_texts: the texts of the cells without marks, as `squeezed` gives them.
        defines: the names that each answer in code defines, by grade id, as the lab's own solution does.
        withheld: data sets of which students' code may read no test image.
        seed: of marks that are a measurement: the class's own for this lab.
    """

    cells: tuple[NotebookNode, ...]
    kernelspec: dict[str, Any]
    released: dict[str, str]
    other_texts: frozenset[str] = frozenset()
    defines: dict[str, frozenset[str]] = field(default_factory=dict)
    withheld: tuple[str, ...] = ()
    seed: int | None = None

    @classmethod
    def load(cls, gradebook: Gradebook, coursedir: CourseDirectory, assignment: str, notebook: str) -> Master:
        """Read it.

        Raises:
            FileNotFoundError: if the assignment was not released.
        """
        released = nbformat.read(_lab_file(coursedir, "release", assignment, notebook), as_version=4)
        lab = Lab(assignment, _lab_file(coursedir, "source", assignment, notebook))
        recorded = gradebook.find_notebook(notebook, assignment)
        cells = [cell for cell in released.cells if "nbgrader" in cell.metadata]
        texts = {cell.metadata.nbgrader.grade_id: cell.source for cell in cells}
        _put_back(cells, recorded)
        for cell in filter(is_parameters, cells):
            cell.source = rewrite_parameters(cell.source, lab.parameters("grading"))
        return cls(
            cells=tuple(cells),
            kernelspec=json.loads(recorded.kernelspec or "{}"),
            released=texts,
            other_texts=frozenset(squeezed(one.source) for one in released.cells if "nbgrader" not in one.metadata),
            defines={name: names_bound(source) for name, source in lab.solutions().items()},
            withheld=tuple(lab.withheld()),
            seed=int(recorded.assignment.id[:8], 16),  # drawn at random when the gradebook first heard of the lab
        )

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
    def answer_names(self) -> frozenset[str]:
        """All names that answers define: the only ones that a check may ask a student's kernel for."""
        return frozenset().union(*self.defines.values())

    def is_answer(self, name: str) -> bool:
        return bool(self.cells[self.places[name]].metadata.nbgrader.solution)

    def is_code(self, name: str) -> bool:
        return bool(self.cells[self.places[name]].cell_type == "code")

    def is_placeholder(self, name: str, source: str) -> bool:
        """Whether a text is what the student was given to replace, or nothing."""
        return squeezed(source) in ("", squeezed(self.released[name]))


def squeezed(text: str) -> str:
    """A text as it is compared: editors change blanks at the end of lines, and empty lines."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip())


def _put_back(cells: list[NotebookNode], recorded: Any) -> None:
    """Give cells the hidden tests, checksums and points that the gradebook has recorded."""
    originals = {cell.name: cell for cell in recorded.source_cells}
    points = {cell.name: float(cell.max_score) for cell in recorded.grade_cells}
    for cell in cells:
        mark = cell.metadata.nbgrader
        original = originals[mark.grade_id]
        cell.source, mark.checksum = original.source, original.checksum
        if mark.grade_id in points:
            mark.points = points[mark.grade_id]


def _lab_file(coursedir: CourseDirectory, kind: str, assignment: str, notebook: str) -> Path:
    """The instructor's own copy of a notebook; `kind` is "source" or "release"."""
    folder = coursedir.format_path(getattr(coursedir, f"{kind}_directory"), ".", assignment)
    path = Path(folder) / f"{notebook}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. Run `nbgrader generate_assignment {assignment}` first.")
    return path
