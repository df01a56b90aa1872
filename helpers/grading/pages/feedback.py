"""What feedback and formgrader show of a graded notebook: the student's words as text, no source of a hidden test."""

from __future__ import annotations

import html
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import GetGrades, NbGraderPreprocessor

from helpers.grading.labs import error_message, is_check
from helpers.grading.pages.harmless import make_safe
from helpers.grading.pages.markup import as_markdown

__all__ = ["Grades", "HideTracebacks", "ShowAsText"]


class Grades(GetGrades):
    """nbgrader's grades and comments. A person writes Markdown; what the checks say, and quote, is text."""

    def _get_comment(self, cell: NotebookNode, resources: dict[str, Any]) -> None:
        super()._get_comment(cell, resources)
        mark = cell.metadata.nbgrader
        comment = self.gradebook.find_comment(mark.grade_id, self.notebook_id, self.assignment_id, self.student_id)
        if mark.comment and mark.comment == comment.auto_comment:
            mark.comment = as_markdown(mark.comment)


class HideTracebacks(NbGraderPreprocessor):
    """Leave of a failed check its message: a traceback would give away the source of a hidden test."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_check(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_message(output)]
        return cell, resources


class ShowAsText(NbGraderPreprocessor):
    """Make a notebook ready for nbgrader's pages, which show raw cells and names as if they were HTML."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        make_safe(nb)
        for cell in nb.cells:
            if cell.cell_type == "raw":
                cell.source = f"<pre>{html.escape(cell.source)}</pre>"
        for name in ("student", "first_name", "last_name", "notebook_path"):  # what formgrader puts into its page
            resources[name] = html.escape(resources.get(name) or "")
        return nb, resources
