"""A preprocessor for formgrader: show students' words as text."""

from __future__ import annotations

import html
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from helpers.grading.pages.harmless import make_safe

__all__ = ["ShowAsText"]


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
