"""Reading a hand-in that may be anything at all."""

from __future__ import annotations

from typing import Any, TextIO

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook
from nbformat.validator import normalize

__all__ = ["PROBLEM_CELL", "SubmissionExporter", "empty_hand_in", "problem_of", "read_submission"]

PROBLEM_CELL = "unreadable"  # the id of the cell that says what is wrong with a hand-in


class SubmissionExporter(NotebookExporter):
    """Reads a hand-in as nbgrader does, but turns one that cannot be read into an empty notebook that says why.

    The empty notebook is then completed and graded like any other: it earns nothing, and the class goes on.
    """

    def from_file(self, file_stream: TextIO, resources: dict[str, Any] | None = None, **options: Any) -> Any:
        return self.from_notebook_node(read_submission(file_stream), resources=resources, **options)


def read_submission(stream: TextIO) -> NotebookNode:
    """The notebook in a stream; where there is none, an empty notebook with the reason as its first cell."""
    try:
        text = stream.read()
    except UnicodeDecodeError:
        return empty_hand_in("could not be read: the file is not text")
    if not text.strip():
        return empty_hand_in("could not be read: the file is empty")
    try:
        # Ids that are missing or stand twice are no reason to lose a student's work: they are made anew.
        _, notebook = normalize(nbformat.reads(text, as_version=4), strip_invalid_metadata=True)
        nbformat.validate(notebook, relax_add_props=True)
    except Exception as error:  # a stranger's file: whatever is wrong with it is a reason, not a crash
        return empty_hand_in(f"could not be read: {_reason(error)}")
    return notebook


def problem_of(notebook: NotebookNode) -> str:
    """What was wrong with the hand-in of a graded notebook; the empty string if nothing."""
    return str(notebook.metadata.get("course", {}).get("problem", ""))


def _reason(error: Exception) -> str:
    if isinstance(error, nbformat.reader.NotJSONError):
        return "the file is no JSON; perhaps it was cut off, or saved by something other than Jupyter"
    return f"the file is no valid notebook ({(str(error).strip() or type(error).__name__).splitlines()[0][:200]})"


def empty_hand_in(problem: str) -> NotebookNode:
    """The notebook that stands for a hand-in with which nothing can be done; `problem` says why."""
    notice = f"**This hand-in {problem}.** It earns no points. Hand in the notebook once more."
    notebook = new_notebook(cells=[new_markdown_cell(notice, id=PROBLEM_CELL)])
    notebook.metadata["course"] = {"problem": problem}
    return notebook
