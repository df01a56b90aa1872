"""What becomes of a hand-in before it runs: everything that is not the student's to change is put back."""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from helpers.grading.exporters import PROBLEM_CELL
from helpers.grading.labs import Lab, rewrite_parameters

__all__ = ["Master", "Sanitise"]


@dataclass(frozen=True)
class Master:
    """The instructor's copy of a notebook: what the gradebook, `release/` and `source/` say of it.

    `cells` are the released cells that nbgrader marks, in their order, with the hidden tests back in place and the
    lab's values for grading in its parameters cell: few images and epochs, so that a class takes minutes. `withheld`
    names the data that the student's code may not read.
    """

    cells: tuple[NotebookNode, ...]
    kernelspec: dict[str, Any]
    withheld: tuple[str, ...] = ()

    @classmethod
    def load(cls, gradebook: Gradebook, coursedir: CourseDirectory, assignment: str, notebook: str) -> Master:
        """Read it.

        Raises:
            FileNotFoundError: if the assignment was not released.
        """
        released = nbformat.read(_lab_file(coursedir, "release", assignment, notebook), as_version=4)
        source = _lab_file(coursedir, "source", assignment, notebook)
        recorded = gradebook.find_notebook(notebook, assignment)
        originals = {cell.name: cell for cell in recorded.source_cells}
        points = {cell.name: float(cell.max_score) for cell in recorded.grade_cells}
        cells = [cell for cell in released.cells if "nbgrader" in cell.metadata]
        for cell in cells:
            mark = cell.metadata.nbgrader
            original = originals[mark.grade_id]
            cell.source, mark.checksum = original.source, original.checksum
            if mark.grade_id in points:
                mark.points = points[mark.grade_id]
        lab = Lab(source.parent.name, source)
        _set_grading_parameters(cells, lab)
        return cls(tuple(cells), json.loads(recorded.kernelspec or "{}"), tuple(lab.withheld()))

    def sanitise(self, handed_in: NotebookNode) -> NotebookNode:
        """The hand-in as it is to be run: locked cells and marks as released, answers as the student wrote them.

        A cell that was deleted comes back where it was: a check as it is, an answer as the stub that the student
        once got. Of a cell that was copied, the last copy counts. What is the student's own stays, without marks.
        nbgrader itself stops at a deleted cell, and stops the whole class at a copied one.
        """
        notebook = copy.deepcopy(handed_in)
        if [cell.id for cell in notebook.cells] != [PROBLEM_CELL]:
            notebook.metadata.pop("course", None)  # what stands there is not the student's to say
        if self.withheld:
            notebook.metadata.setdefault("course", {})["withheld"] = list(self.withheld)
        if self.kernelspec:
            notebook.metadata["kernelspec"] = self.kernelspec
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        places = self._places(notebook)
        behind = 0  # where a missing cell goes: behind the released cell before it
        for master in self.cells:
            cell = copy.deepcopy(master)
            theirs = places.get(master.metadata.nbgrader.grade_id)
            if theirs is None:
                notebook.cells.insert(behind, cell)
            else:
                behind = notebook.cells.index(theirs)
                cell.id = theirs.id
                if master.metadata.nbgrader.solution:
                    cell.source = theirs.source
                notebook.cells[behind] = cell
            behind += 1
        return notebook

    def _places(self, notebook: NotebookNode) -> dict[str, NotebookNode]:
        """The cells of a hand-in that count, by grade id; all others lose their marks, whatever those hold."""
        solutions = {cell.metadata.nbgrader.grade_id: cell.metadata.nbgrader.solution for cell in self.cells}
        places: dict[str, NotebookNode] = {}
        for cell in reversed(notebook.cells):
            mark = cell.metadata.pop("nbgrader", None)
            name = mark.get("grade_id") if isinstance(mark, dict) else None
            if isinstance(name, str) and name not in places and solutions.get(name) == mark.get("solution"):
                places[name] = cell
        return places


class Sanitise(NbGraderPreprocessor):
    """`Master.sanitise` as a step of nbgrader's."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        coursedir: CourseDirectory = self.parent.parent.coursedir
        with Gradebook(names["db_url"], coursedir.course_id) as gradebook:
            master = Master.load(gradebook, coursedir, names["assignment"], names["notebook"])
        return master.sanitise(nb), resources


def _set_grading_parameters(cells: list[NotebookNode], lab: Lab) -> None:
    grade_id = lab.parameters_cell().metadata.nbgrader.grade_id
    for cell in cells:
        if cell.metadata.nbgrader.grade_id == grade_id:
            cell.source = rewrite_parameters(cell.source, lab.parameters("grading"))


def _lab_file(coursedir: CourseDirectory, kind: str, assignment: str, notebook: str) -> Path:
    """The instructor's own copy of a notebook; `kind` is "source" or "release"."""
    folder = coursedir.format_path(getattr(coursedir, f"{kind}_directory"), ".", assignment)
    path = Path(folder) / f"{notebook}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. Run `nbgrader generate_assignment {assignment}` first.")
    return path
