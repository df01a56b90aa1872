"""Run the visible checks of a notebook, as a student or CI would: `course check <notebook>`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from nbgrader.utils import determine_grade
from traitlets.config import Config

from helpers.grading.course import CourseError
from helpers.grading.labs import error_message, is_check

__all__ = ["CheckResult", "run_checks"]


@dataclass(frozen=True)
class CheckResult:
    """One check cell: what it earned, and its message where it failed."""

    check: str
    points: float
    possible: float
    message: str

    @property
    def passed(self) -> bool:
        return self.points == self.possible


def run_checks(path: Path, timeout: int = 600, progress: Callable[[int, int], None] | None = None) -> list[CheckResult]:
    """Run a notebook from top to bottom in a fresh kernel and collect its checks. The file stays as it is.

    Args:
        timeout: seconds that a cell may take.
        progress: is told after each cell how many are done, and how many there are.

    Raises:
        CourseError: if the file cannot be read, holds no checks, or its kernel dies.
    """
    notebook = _read(path)
    done = 0

    def count(**_: object) -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, len(notebook.cells))

    client = NotebookClient(
        notebook,
        timeout=timeout,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        on_cell_complete=count,
        config=Config(KernelManager={"transport_encryption": "auto"}),  # as in nbgrader_config.py
    )
    try:
        client.execute()
    except DeadKernelError:
        raise CourseError(f"{path}: the notebook's kernel died. Look at the cell that ran last.") from None
    return [_result(cell) for cell in notebook.cells if is_check(cell) and not _is_empty(cell)]


def _read(path: Path) -> NotebookNode:
    if not path.is_file():
        raise CourseError(f"{path}: there is no such file.")
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise CourseError(f"{path} is no notebook that Jupyter could open ({type(error).__name__}).") from None
    if not any(is_check(cell) for cell in notebook.cells):
        raise CourseError(f"{path} holds no checks. Is it a lab of this course?")
    return notebook


def _is_empty(cell: NotebookNode) -> bool:
    """Whether a check cell is one whose tests are hidden: only a comment is left of it."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in cell.source.splitlines())


def _result(cell: NotebookNode) -> CheckResult:
    errors = [output for output in cell.outputs if output.output_type == "error"]
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream"]  # a warning on stderr costs nothing here
    points, possible = determine_grade(cell)
    message = error_message(errors[0]) if errors else ""
    return CheckResult(cell.metadata.nbgrader.grade_id, float(points or 0), possible, message)
