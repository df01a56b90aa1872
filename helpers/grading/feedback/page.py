"""Put together the page of one student and lab: the mark, the questions, the notebook."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, Template
from markupsafe import Markup, escape
from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_locked, is_solution, is_task

from helpers.grading.feedback.cells import CellWriter
from helpers.grading.feedback.grades import Grade, Grades
from helpers.grading.feedback.lab import GivenLab, Question, first_line
from helpers.grading.intake.files import MAX_BYTES, path_inside, read_regular
from helpers.grading.intake.needed import NOT_RUN
from helpers.grading.pages.harmless import make_safe
from helpers.notebooks.cells import is_check
from helpers.notebooks.pictures import pictures
from helpers.notebooks.text import count, line, plain

__all__ = ["Submission", "make_page"]

_ABOUT = "about-this-submission"  # the id of the cell in which the intake says what was unusual
_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True)
class Submission:
    """A graded submission, and what its page says on top.

    Attributes:
        name: the student's name.
        course: the course's name.
        folder: the folder of the graded notebook.
        digest: a hash of everything that the page shows.
    """

    name: str
    course: str
    folder: Path
    is_readable: bool
    grades: Grades
    digest: str = ""


@dataclass
class Result:
    """What an answer earned, and why not more."""

    parts: list[tuple[str, Grade]] = field(default_factory=list)
    message: str = ""
    comment: Markup = field(default_factory=Markup)

    @property
    def points(self) -> float:
        return sum(grade.points for _, grade in self.parts)

    @property
    def possible(self) -> float:
        return sum(grade.possible for _, grade in self.parts)

    @property
    def waits(self) -> bool:
        return any(grade.waits for _, grade in self.parts)

    @property
    def state(self) -> str:
        """A word for the eyes: "full", "part", "none", or "waits" for a person."""
        if self.waits:
            return "waits"
        return "full" if self.points >= self.possible else "part" if self.points > 0 else "none"


@dataclass
class Row(Result):
    """A question in the list on top."""

    question: Question = field(default_factory=lambda: Question(""))
    anchor: str = ""


@dataclass
class Block:
    """A cell of the notebook as the page shows it; `kind` is "text", "answer", "check", "setup", "own" or "idle"."""

    kind: str
    body: Markup
    label: str = ""
    anchor: str = ""
    result: Result | None = None


def make_page(lab: GivenLab, submission: Submission, notebook: NotebookNode) -> str:
    """Return the page as HTML; it needs no other file."""
    make_safe(notebook)
    writer = _Page(lab, submission, notebook)
    blocks = list(writer.blocks()) if submission.is_readable else []
    style = _resource("feedback.css")
    return _template().render(
        lab=lab,
        submission=submission,
        grades=submission.grades,
        late=_duration(submission.grades.late_seconds),
        about=writer.about(),
        rows=writer.rows(),
        blocks=blocks,
        style=Markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


class _Page:
    """One page in the making."""

    def __init__(self, lab: GivenLab, submission: Submission, notebook: NotebookNode) -> None:
        self._lab, self._grades, self._cells = lab, submission.grades, notebook.cells
        self._folder = submission.folder
        self._writer = CellWriter(cache(self._picture))
        self._marked = _marked_with(notebook.cells)
        self._question_of = {name: question for question in lab.questions for name in question.cells}
        self._headings = {question.heading: f"q{n}" for n, question in enumerate(lab.questions, 1)}

    def about(self) -> Markup:
        """What the intake found unusual."""
        sources = [cell.source for cell in self._cells if cell.get("id") == _ABOUT and "nbgrader" not in cell.metadata]
        words = sources[0].partition("\n")[2] if sources else ""
        return Markup(CellWriter(self._picture).markdown(words).strip())

    def rows(self) -> list[Row]:
        """The questions, in the lab's order; what the lab as given does not hold comes last."""
        known = {name for question in self._lab.questions for name in question.cells}
        rest = [Question(name, cells=[name]) for name in self._grades.cells if name not in known]
        return [
            Row(
                parts=[(name, self._grades.cells[name]) for name in question.cells if name in self._grades.cells],
                message=self._missing(question),
                question=question,
                anchor=self._headings.get(question.heading, ""),
            )
            for question in [*self._lab.questions, *rest]
        ]

    def _missing(self, question: Question) -> str:
        """Say in a line what was missing: the first message or comment at an answer of the question that lost points."""
        words = (self._reason(answer, set(marked) & set(question.cells)) for answer, marked in self._marked.items())
        message = line(next(filter(None, words), "").partition("\n")[0], 200)
        name, _, rest = message.partition(": ")
        return rest if question.name.startswith(name) else message

    def _reason(self, answer: str, cells: set[str]) -> str:
        """Return why grade cells of an answer lost points; empty if they did not."""
        grades = [self._grades.cells[cell] for cell in cells if cell in self._grades.cells]
        if all(grade.waits or grade.points >= grade.possible for grade in grades):
            return ""
        return self._grades.messages.get(answer, "") or self._grades.comments.get(answer, "")

    def blocks(self) -> Iterator[Block]:
        """The notebook's cells."""
        for cell in self._cells:
            if "nbgrader" in cell.metadata:
                yield self._lab_cell(cell, cell.metadata.nbgrader.grade_id)
            elif cell.get("id") != _ABOUT and first_line(cell) not in self._lab.header:
                yield self._other_cell(cell)

    def _other_cell(self, cell: NotebookNode) -> Block:
        """A cell that nobody marks. One that did not run is as the lab gave it, and is folded."""
        if cell.cell_type != "code":
            return Block("text", self._body(cell, cell.source))
        if any(output.get("data", {}).get("text/plain") == NOT_RUN for output in cell.outputs):
            return Block("idle", Markup(self._writer.code(cell.source)), NOT_RUN.rstrip("."))
        return Block("own", self._body(cell, cell.source))

    def _lab_cell(self, cell: NotebookNode, name: str) -> Block:
        """A cell of the lab. What students may not change is shown as it was given to them."""
        is_answer = is_solution(cell)
        source = cell.source if is_answer and not is_locked(cell) else self._lab.sources.get(name, "")
        block = Block("text", self._body(cell, source), anchor=self._headings.get(name, ""))
        if is_answer:
            question = self._question_of.get(next(iter(self._marked.get(name, [])), ""))
            block.kind, block.label = "answer", f"Your answer · {question.name}" if question else "Your answer"
        elif is_check(cell):
            grade = self._grades.cells.get(name)
            points = f": {_number(grade.points)} of {_number(grade.possible)}" if grade else ""
            block.kind, block.label = "check", f"{self._check_label(name)}{points}"
        elif cell.cell_type == "code":
            block.kind, block.label = "setup", "Code that the lab gives"
        if name in self._marked:
            block.result = self._result(name)
        return block

    def _body(self, cell: NotebookNode, source: str) -> Markup:
        if cell.cell_type == "code":
            return Markup(self._writer.code(source) + self._writer.outputs(cell))
        if cell.cell_type == "markdown":
            return Markup(self._writer.markdown(source, cell.get("attachments")))
        return Markup(self._writer.code(source))

    def _check_label(self, name: str) -> str:
        return "Hidden check" if self._lab.is_hidden(name) else "Check"

    def _result(self, answer: str) -> Result:
        marked = [name for name in self._marked[answer] if name in self._grades.cells]
        labels = ["" if name == answer else self._check_label(name) for name in marked]
        return Result(
            [(label, self._grades.cells[name]) for label, name in zip(labels, marked, strict=True)],
            plain(self._grades.messages.get(answer, ""), 4000),
            Markup(self._writer.markdown(self._grades.comments.get(answer, ""))),
        )

    def _picture(self, path: str) -> str:
        """Return the URL of a picture of the lab's, or of a PNG or JPEG file that was handed in."""
        if path in self._lab.pictures:
            return self._lab.pictures[path]
        kind = _TYPES.get(Path(path).suffix.lower())
        content = (
            read_regular(self._folder / inside, MAX_BYTES >> 4) if kind and (inside := path_inside(path)) else None
        )
        found = pictures({kind: base64.b64encode(content).decode()}) if kind and content else {}
        return f"data:{kind};base64,{found[kind]}" if kind in found else ""


def _marked_with(cells: Sequence[NotebookNode]) -> dict[str, list[str]]:
    """Return the grade ids of what is marked with each answer, which are itself or the checks below it."""
    marked: dict[str, list[str]] = defaultdict(list)
    answer = ""
    for cell in (cell for cell in cells if "nbgrader" in cell.metadata):
        name = cell.metadata.nbgrader.grade_id
        if is_solution(cell) and cell.cell_type == "code":
            answer = name
        if is_check(cell):
            marked[answer or name].append(name)
        elif is_grade(cell) or is_task(cell):
            marked[name].append(name)
    return marked


def _duration(seconds: float) -> str:
    """Return a time in words, in its two largest units: "1 day 9 hours"."""
    parts, rest = [], round(seconds)
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number, rest = divmod(rest, length)
        if number:
            parts.append(count(number, unit))
    return " ".join(parts[:2])


def _number(value: float) -> str:
    return f"{round(value, 2):g}"


def _points(value: float) -> str:
    return f"{_number(value)} point{'' if value == 1 else 's'}"


def _code(message: str) -> Markup:
    """Escape a message; what it has in backticks is code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(message))))


def _resource(name: str) -> str:
    return files("helpers.grading.feedback").joinpath(name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {"code": _code, "number": _number, "points": _points}
    return environment.from_string(_resource("feedback.html"))
