"""What nbgrader does not do to a hand-in before it runs, and to feedback before a student reads it.

`nbgrader_config.py` puts these into nbgrader's own pipelines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import NbGraderPreprocessor

from helpers.grading.labs import Lab, error_message, is_check, rewrite_parameters

__all__ = ["GradingParameters", "HideTracebacks", "RestoreCells"]

Converted = tuple[NotebookNode, dict[str, Any]]


class RestoreCells(NbGraderPreprocessor):
    """Bring back the released cells that a hand-in lacks, and forget what was copied or spoilt.

    A deleted check is put back where it was, a deleted answer as the stub that the student once got. Where a cell
    was copied, the last copy counts. nbgrader itself stops at the first, and stops the whole class at the second.
    """

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        released = nbformat.read(_lab_file(self, "release", resources), as_version=4).cells
        known = {cell.metadata.nbgrader.grade_id for cell in released if "nbgrader" in cell.metadata}
        places = _places(nb, known)
        behind = 0  # where a missing cell goes: behind the released cell before it
        for cell in released:
            if "nbgrader" not in cell.metadata:
                continue
            grade_id = cell.metadata.nbgrader.grade_id
            if grade_id in places:
                behind = nb.cells.index(places[grade_id]) + 1
            else:
                nb.cells.insert(behind, cell)
                behind += 1
        return nb, resources


def _places(nb: NotebookNode, known: set[str]) -> dict[str, NotebookNode]:
    """The cells of a hand-in that count, by grade id; others lose the marks that nbgrader would stumble on."""
    places: dict[str, NotebookNode] = {}
    for cell in reversed(nb.cells):
        if "nbgrader" not in cell.metadata:
            continue
        grade_id = _grade_id(cell)
        if grade_id in known and grade_id not in places:
            places[grade_id] = cell
        else:
            del cell.metadata["nbgrader"]
    return places


def _grade_id(cell: NotebookNode) -> str | None:
    try:
        MetadataValidator().validate_cell(cell)
    except Exception:  # whatever a stranger may have written there
        return None
    return str(cell.metadata.nbgrader["grade_id"])


class GradingParameters(NbGraderPreprocessor):
    """Give the parameters cell the lab's values for grading: few images and epochs, so that a class takes minutes."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> Converted:
        path = _lab_file(self, "source", resources)
        lab = Lab(path.parent.name, path)
        # By its grade id: a student may have taken the tag away, or tagged a cell of their own.
        grade_id = lab.parameters_cell().metadata.nbgrader.grade_id
        for cell in nb.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
                cell.source = rewrite_parameters(cell.source, lab.parameters("grading"))
        return nb, resources


class HideTracebacks(NbGraderPreprocessor):
    """Leave of a failed check its message: a traceback would show the source of a hidden test."""

    def preprocess_cell(self, cell: NotebookNode, resources: dict[str, Any], cell_index: int) -> Converted:
        if is_check(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_message(output)]
        return cell, resources


def _lab_file(preprocessor: NbGraderPreprocessor, kind: str, resources: dict[str, Any]) -> Path:
    """The instructor's own copy of the notebook at hand; `kind` is "source" or "release"."""
    coursedir: CourseDirectory = preprocessor.parent.parent.coursedir
    names = resources["nbgrader"]
    folder = coursedir.format_path(getattr(coursedir, f"{kind}_directory"), ".", names["assignment"])
    path = Path(folder) / f"{names['notebook']}.ipynb"
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing. Run `nbgrader generate_assignment {names['assignment']}` first.")
    return path
