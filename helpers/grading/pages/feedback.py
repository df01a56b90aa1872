"""Preprocessors for feedback and formgrader: show students' words as text, and no source of hidden tests."""

from __future__ import annotations

import html
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from helpers.grading.pages.harmless import make_safe
from helpers.grading.pages.markup import as_markdown
from helpers.notebooks.cells import error_message, is_check

__all__ = ["Grades", "HideTracebacks", "ShowAsText"]


class Grades(GetGrades):
    """Insert grades and comments. A person's comment is Markdown; the messages of checks are text."""

    def _get_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_comment(cell, resources)
        mark = cell.metadata.nbgrader
        comment = self.gradebook.find_comment(mark.grade_id, self.notebook_id, self.assignment_id, self.student_id)
        if mark.comment and mark.comment == comment.auto_comment:
            mark.comment = as_markdown(mark.comment)


class HideTracebacks(NbGraderPreprocessor):
    """Replace the traceback of a failed check by its message, because it would show the source of a hidden test."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_check(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_message(output)]
        return cell, resources


class ShowAsText(NbGraderPreprocessor):
    """Escape what nbgrader's pages insert as HTML: raw cells and names."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        make_safe(nb)
        for cell in nb.cells:
            if cell.cell_type == "raw":
                cell.source = f"<pre>{html.escape(cell.source)}</pre>"
        for name in ("student", "first_name", "last_name", "notebook_path"):  # formgrader inserts these
            resources[name] = html.escape(resources.get(name) or "")
        return nb, resources
