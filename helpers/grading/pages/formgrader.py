"""What is ours in formgrader: no file of a student runs there, nothing comes from the internet, schemes are tidy.

formgrader has JupyterLab's origin, and so the instructor's rights.
"""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import nbgrader
from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_locked
from traitlets.config import Config

from helpers.grading.pages.markup import safe_markdown
from helpers.notebooks.cells import is_check

__all__ = ["NameHiddenTests", "guard_formgrader", "tidy_formgrader", "with_marking_scheme"]

_PACKAGE = "nbgrader.server_extensions.formgrader"
_TEMPLATES = Path(__file__).parent / "templates"  # come before nbgrader's
_NBGRADERS = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"

# nbgrader takes any line that holds these words for the beginning or end of a region.
_SCHEME = re.compile(r"^.*BEGIN MARK SCHEME.*\n(?P<text>(?:.*\n)*?).*END MARK SCHEME.*$", re.MULTILINE)
_TITLE = re.compile(r"\s*Marking scheme[:,]?\s*")
_BEGIN = re.compile(r"^.*BEGIN HIDDEN TESTS.*$", re.MULTILINE)
_END = re.compile(r"\n?^.*END HIDDEN TESTS.*$", re.MULTILINE)


def guard_formgrader() -> None:
    """Close two gaps that formgrader has no setting for. Call this in its configuration, which it reads first.

    Its pages insert students' names into HTML and scripts unescaped; this escapes them. And it serves submitted files
    as web pages; this sandboxes them, so that they have no origin and run no scripts:
    https://developer.mozilla.org/en-US/docs/Web/HTTP/Headers/Content-Security-Policy/sandbox
    """
    if _is_formgrader():
        sys.modules[f"{_PACKAGE}.formgrader"].Environment = partial(Environment, autoescape=True)  # type: ignore[attr-defined]
        sys.modules[f"{_PACKAGE}.handlers"].SubmissionFilesHandler.content_security_policy = "sandbox"


def tidy_formgrader(config: Config) -> None:
    """Let formgrader's pages load nothing from the internet, and show marking schemes and hidden tests as such.

    They do not print the configuration either, in which the server's token stands.
    """
    if _is_formgrader():
        config.FormgradeExtension.debug = False
        exporter = config.HTMLExporter
        exporter.extra_template_basedirs = [str(_TEMPLATES), str(_NBGRADERS)]
        exporter.preprocessors = [*exporter.preprocessors, NameHiddenTests]
        exporter.filters = exporter.filters | {"markdown2html": with_marking_scheme}


def _is_formgrader() -> bool:
    return f"{_PACKAGE}.formgrader" in sys.modules  # only JupyterLab's server imports it


@pass_context
def with_marking_scheme(context: Context, source: str) -> str:
    """Convert Markdown to safe HTML; show the marking scheme of a locked cell as a block.

    Nothing that a student writes can look like that block: their HTML keeps no classes.
    """
    cell = context.get("cell")
    scheme = _SCHEME.search(source) if cell and cell.cell_type == "markdown" and is_locked(cell) else None
    if not scheme:
        return safe_markdown(context, source)
    before, text, after = source[: scheme.start()], _TITLE.sub("", scheme["text"], count=1), source[scheme.end() :]
    header = "<header>Marking scheme (students do not see it)</header>"
    block = f'<section class="marking-scheme">{header}<div>{safe_markdown(context, text)}</div></section>'
    return safe_markdown(context, before) + block + safe_markdown(context, after)


class NameHiddenTests(NbGraderPreprocessor):
    """Put a comment in place of the lines that delimit hidden tests."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], cell_index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if is_check(cell):
            cell.source = _END.sub("", _BEGIN.sub("# Hidden tests:", cell.source))
        return cell, resources
