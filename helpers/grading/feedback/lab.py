"""What students were given of a lab: its statements, checks, questions and pictures.

Feedback takes all that is the lab's own from `release/`, never from a graded notebook. So it shows no hidden test and
no marking scheme: students have seen every word of it before.
"""

from __future__ import annotations

import ast
import base64
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import takewhile
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_task

from helpers.grading.intake.files import read_folder
from helpers.notebooks.cells import HEADING
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["GivenLab", "Question", "first_line", "read_lab"]

_TITLE = re.compile(r"^# (?P<title>.+)$", re.MULTILINE)
_TYPES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".svg": "svg+xml"}


@dataclass(frozen=True)
class Question:
    """A question: its name and title, the cell with its heading, and the grade ids of what is marked in it."""

    name: str
    title: str = ""
    heading: str = ""
    cells: Sequence[str] = ()


@dataclass(frozen=True)
class GivenLab:
    """A lab as students got it.

    Attributes:
        sources: what each of the lab's own cells says, by grade id.
        header: the first lines of the cells above the title, which are the same in every lab. The rest of the cell that
            installs the course depends on the kit.
        pictures: those beside the notebook, as URLs that hold them, by path.
        digest: a hash of all of this.
    """

    assignment: str
    title: str
    questions: Sequence[Question]
    sources: Mapping[str, str]
    header: Collection[str] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""

    def is_hidden(self, check: str) -> bool:
        """Whether students see no code in a check."""
        try:
            return not ast.parse(self.sources.get(check, "")).body
        except SyntaxError:
            return False


def read_lab(folder: Path, notebook: str) -> GivenLab:
    """Read the students' copy of a lab.

    Args:
        folder: `release/<lab>`.

    Raises:
        CourseError: if it is missing or cannot be read.
    """
    files = read_folder(folder).contents if folder.is_dir() else {}
    try:
        content = files[f"{notebook}.ipynb"]
        cells = nbformat.reads(content.decode(), as_version=4).cells
    except Exception as error:  # nbformat raises many kinds of errors
        raise CourseError(
            f"{folder / notebook}.ipynb is missing or cannot be read, and feedback shows what students were given. "
            f"Run `nbgrader generate_assignment --force {folder.name}`."
        ) from error
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    title = _TITLE.search(text)
    header = {first_line(cell) for cell in takewhile(lambda cell: not _is_title(cell), cells)} if title else set()
    return GivenLab(
        assignment=folder.name,
        title=line(title["title"]) if title else folder.name,
        questions=_questions(cells),
        sources={cell.metadata.nbgrader.grade_id: cell.source for cell in cells if "nbgrader" in cell.metadata},
        header=header,
        pictures={path: _url(path, files[path]) for path in files if Path(path).suffix.lower() in _TYPES},
        digest=sha256(b"".join(name.encode() + sha256(files[name]).digest() for name in sorted(files))).hexdigest(),
    )


def first_line(cell: NotebookNode) -> str:
    return str(cell.source.partition("\n")[0])


def _is_title(cell: NotebookNode) -> bool:
    return cell.cell_type == "markdown" and bool(_TITLE.search(cell.source))


def _questions(cells: Sequence[NotebookNode]) -> list[Question]:
    """List the questions. What is marked below a heading belongs to it; above the first, to a question of its own."""
    questions: list[Question] = []
    marked: list[str] = []
    for cell in cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if cell.cell_type == "markdown" and (heading := HEADING.search(cell.source)):
            marked = []
            title = heading[0].removeprefix("### ").split(" · ", 1)[1].rpartition(" (")[0]
            questions.append(Question(line(heading["question"]), line(title), name, marked))
        if is_grade(cell) or is_task(cell):
            if not questions:
                questions.append(Question(name, cells=marked))
            marked.append(name)
    return [question for question in questions if question.cells]


def _url(path: str, content: bytes) -> str:
    return f"data:image/{_TYPES[Path(path).suffix.lower()]};base64,{base64.b64encode(content).decode()}"
