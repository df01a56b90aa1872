"""Run the visible checks of a notebook, as a student or CI would: `course check <notebook>`."""

from __future__ import annotations

import builtins
import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import determine_grade, is_solution
from traitlets.config import Config

from helpers.notebooks.causes import cause_in, with_cause
from helpers.notebooks.cells import error_message, is_check, is_setup
from helpers.notebooks.description import read_description
from helpers.notebooks.errors import CourseError
from helpers.notebooks.names import names_bound, names_defined
from helpers.notebooks.reader import Cell, Draft
from helpers.student.notebooks import open_notebook

__all__ = ["CheckResult", "Checked", "run_checks"]


@dataclass(frozen=True)
class CheckResult:
    """A check cell: the points it gave, and its message if it failed."""

    check: str
    points: float
    possible: float
    message: str

    @property
    def passed(self) -> bool:
        return self.points == self.possible


@dataclass(frozen=True)
class Checked:
    """The checks of a notebook, and the grade ids of written answers that are missing or still empty."""

    notebook: Path
    results: tuple[CheckResult, ...]
    unanswered: tuple[str, ...]


def run_checks(path: Path, timeout: int = 600, progress: Callable[[int, int], None] | None = None) -> Checked:
    """Run a notebook from top to bottom in a fresh Python kernel, and collect its checks. The file is not changed.

    It is read like a submission, whatever editor wrote it and whatever kernel it names.

    Args:
        timeout: seconds that a cell may take.
        progress: is called after each cell with how many are done, and how many there are.

    Raises:
        CourseError: if the file cannot be read, holds no checks, or its kernel ends.
    """
    _, draft = open_notebook(path)
    notebook = _with_marks(draft)
    if not any(is_check(cell) for cell in notebook.cells):
        raise CourseError(
            f"{path} holds no checks. Is it a lab of this course, and were its cells not copied out of it?"
        )
    runner = _Runner(notebook, path, timeout, progress)
    runner.run()
    return Checked(path, tuple(_results(notebook)), tuple(_unanswered(draft)))


def _results(notebook: NotebookNode) -> Iterator[CheckResult]:
    shadowed, answer = _shadowed(notebook), None
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            answer = cell
        elif is_check(cell) and not _is_empty(cell):
            yield _result(cell, answer, shadowed)


def _unanswered(draft: Draft) -> list[str]:
    lab = read_description(draft)
    return [name for name in lab.empty(draft) if name in lab.written] if lab else []


def _with_marks(draft: Draft) -> NotebookNode:
    """Build a notebook with nbgrader's metadata alone, as far as they are complete."""
    cells = []
    for number, cell in enumerate(draft.cells):
        name = next((name for name in cell.names if name.isprintable()), f"cell {number + 1}")
        marks = {"nbgrader": cell.marks} if _are_whole(cell) else {}
        make = new_code_cell if cell.kind == "code" else new_markdown_cell
        cells.append(make(cell.source, metadata={**marks, "name": name}))
    return new_notebook(cells=cells)


def _are_whole(cell: Cell) -> bool:
    marks = cell.marks
    flags = all(isinstance(marks.get(flag), bool) for flag in ("grade", "solution", "locked"))
    points = not marks.get("grade") or isinstance(marks.get("points"), int | float)
    return flags and points and isinstance(marks.get("grade_id"), str)


class _Runner:
    """Runs the cells, and remembers which one ran last."""

    def __init__(
        self, notebook: NotebookNode, path: Path, timeout: int, progress: Callable[[int, int], None] | None
    ) -> None:
        self._path, self._progress, self._total = path, progress, len(notebook.cells)
        self._last = ""
        self._done = 0
        self._client = NotebookClient(
            notebook,
            timeout=timeout,
            allow_errors=True,
            kernel_name="python3",
            shutdown_kernel="immediate",  # one that is busy would answer to a polite end with a traceback
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_start=self._started,
            on_cell_executed=self._executed,
            on_cell_complete=self._completed,
            config=Config(KernelManager={"transport_encryption": "auto"}),  # as in nbgrader_config.py
        )

    def run(self) -> None:
        try:
            self._client.execute()
        except DeadKernelError:
            raise CourseError(f"{self._path}: the notebook's kernel died in the cell {self._last}.") from None
        except CellTimeoutError:
            raise CourseError(
                f"{self._path}: the cell {self._last} took longer than {self._client.timeout} s. "
                "Does its loop end? `--timeout` gives it more."
            ) from None
        except CellExecutionError:
            raise CourseError(f"{self._path}: the cell {self._last} could not be run.") from None

    def _started(self, cell: NotebookNode, **_: object) -> None:
        if cell.cell_type == "code" and cell.source.strip():
            self._last = cell.metadata.name

    def _executed(self, execute_reply: dict[str, Any], **_: object) -> None:
        if any(one.get("source") == "ask_exit" for one in execute_reply["content"].get("payload", [])):
            raise CourseError(f"{self._path}: the cell {self._last} ends the notebook: take `exit()` or `quit()` out.")

    def _completed(self, **_: object) -> None:
        self._done += 1
        if self._progress:
            self._progress(self._done, self._total)


def _shadowed(notebook: NotebookNode) -> dict[str, str]:
    """Return the names of the set-up that the student's own cells redefine, with the name of the cell."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ours: set[str] = set(dir(builtins))
    for cell in filter(is_setup, code):
        with contextlib.suppress(SyntaxError, ValueError):  # a cell that the student has changed
            ours |= names_bound(cell.source)
    theirs = [cell for cell in code if not is_setup(cell) and not is_check(cell)]
    return {name: cell.metadata.name for cell in theirs for name in names_defined(cell.source) & ours}


def _is_empty(cell: NotebookNode) -> bool:
    """Whether a check cell's tests are hidden: only a comment is left of it."""
    return all(not line.strip() or line.lstrip().startswith("#") for line in cell.source.splitlines())


def _result(cell: NotebookNode, answer: NotebookNode | None, shadowed: dict[str, str]) -> CheckResult:
    errors = [output for output in cell.outputs if output.output_type == "error"]
    cell.outputs = [o for o in cell.outputs if o.output_type != "stream"]  # a warning on stderr costs nothing here
    points, possible = determine_grade(cell)
    message = error_message(errors[0]) if errors else ""
    if message and answer is not None:
        message = with_cause(message, cause_in(answer))
    used = [name for name in shadowed if re.search(rf"\b{name}\b", cell.source)]
    if message and used:
        names = ", ".join(f"`{name}` (in the cell {shadowed[name]})" for name in used)
        advice = f"Your notebook gives a new meaning to {names}, which the checks use: choose another name."
        message = f"{message.rstrip('.')}. {advice}"
    return CheckResult(cell.metadata.nbgrader.grade_id, float(points or 0), possible, message)
