"""What feedback does not show: a traceback would give away the source of a hidden test."""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from helpers.grading.labs import error_message, is_check

__all__ = ["HideTracebacks"]


class HideTracebacks(NbGraderPreprocessor):
    """Leave of a failed check its message."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_check(cell):
            for output in cell.outputs:
                if output.output_type == "error":
                    output.traceback = [error_message(output)]
        return cell, resources
