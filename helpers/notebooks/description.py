"""What a student's copy says of itself: which lab it is, which cells it has, what is handed in with it.

A release writes it into the metadata of the parameters cell, since a notebook travels without its folder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import is_grade, is_solution

from helpers.notebooks.cells import is_check
from helpers.notebooks.reader import Draft, normalised

__all__ = ["Description", "describe", "read_description"]


@dataclass(frozen=True)
class Description:
    """What `describe` wrote.

    Attributes:
        lab: the assignment, "lab03-convolution".
        notebook: the file's name without its suffix, "convolution".
        answers: the grade ids of the answers, in the lab's order.
        blanks: a digest of the text that each answer replaces.
        written: those answers that a person reads.
        checks: the grade ids of the checks.
        handed_in: files of which students hand in at least one beside the notebook; the first is what they should.
    """

    lab: str
    notebook: str
    answers: tuple[str, ...]
    blanks: dict[str, str]
    written: tuple[str, ...]
    checks: tuple[str, ...]
    handed_in: tuple[str, ...]

    def empty(self, draft: Draft) -> list[str]:
        """Return the answers that are missing, or still what was to be replaced, in the lab's order."""
        given = {
            name
            for cell in draft.cells
            for name in cell.names
            if cell.normalised and self.blanks.get(name) != _digest(cell.source)
        }
        return [name for name in self.answers if name not in given]

    def missing(self, draft: Draft) -> list[str]:
        """Return the answers and checks that the notebook no longer has."""
        there = {name for cell in draft.cells for name in cell.names}
        return [name for name in (*self.answers, *self.checks) if name not in there]


def describe(released: NotebookNode, lab: str, notebook: str, handed_in: Sequence[str]) -> dict[str, Any]:
    """Describe a students' copy, as metadata."""
    answers = {cell.metadata.nbgrader.grade_id: cell for cell in released.cells if is_solution(cell)}
    return {
        "lab": lab,
        "notebook": notebook,
        "answers": list(answers),
        "blanks": {name: _digest(cell.source) for name, cell in answers.items()},
        "written": [name for name, cell in answers.items() if is_grade(cell)],
        "checks": [cell.metadata.nbgrader.grade_id for cell in released.cells if is_check(cell)],
        "handed_in": list(handed_in),
    }


def read_description(draft: Draft) -> Description | None:
    """Return a notebook's description; None if it has none. It may come from anybody, so its names are checked."""
    for cell in draft.cells:
        given = cell.course
        names = [_text(given.get(name)) for name in ("lab", "notebook")]
        answers, written, checks, handed_in = (
            _texts(given.get(name)) for name in ("answers", "written", "checks", "handed_in")
        )
        blanks = given.get("blanks")
        if answers and all(map(_is_file_name, (*names, *handed_in))) and isinstance(blanks, dict):
            return Description(names[0], names[1], answers, blanks, written, checks, handed_in)
    return None


def _digest(source: str) -> str:
    return sha256(normalised(source).encode()).hexdigest()[:8]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else ()


def _is_file_name(name: str) -> bool:
    """Whether this is the name of a file in any folder: no path, nothing hidden."""
    is_name = PurePosixPath(name).name == name == PureWindowsPath(name).name
    return is_name and name.isprintable() and not name.startswith(".") and bool(name)
