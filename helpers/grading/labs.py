"""The labs of a course folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.notebooks.cells import HEADING, is_parameters
from helpers.notebooks.errors import CourseError

__all__ = ["Lab", "Settings", "choose_labs", "find_labs"]


@dataclass(frozen=True)
class Settings:
    """What a lab says of itself: `course`, in the metadata of its parameters cell.

    Attributes:
        smoke: small values of its parameters, for continuous integration.
        grading: those that submissions are graded with.
        withheld: data sets of which students' code may read no test image when it is graded; see
            `helpers.data.hidden_images`. For a lab that marks on more of them than the others do.
        measured: answers whose accuracy is the mark: no right one is lent to a student.
        handed_in: files of which students hand in one beside the notebook, the best first. The lab's own cells write
            them too, and the instructor's never take the place of a student's.
    """

    smoke: dict[str, Any] = field(default_factory=dict)
    grading: dict[str, Any] = field(default_factory=dict)
    withheld: Sequence[str] = ()
    measured: Sequence[str] = ()
    handed_in: Sequence[str] = ()


@dataclass(frozen=True)
class Lab:
    """One lab: an nbgrader assignment that holds one notebook.

    `assignment` is the folder's name, for instance "lab03-convolution"; `notebook` the file's, "convolution".
    """

    assignment: str
    path: Path

    @property
    def notebook(self) -> str:
        return self.path.stem

    def read(self) -> NotebookNode:
        """Its notebook.

        Raises:
            CourseError: if there is none that can be read.
        """
        try:
            return nbformat.read(self.path, as_version=4)
        except (OSError, ValueError) as error:
            raise CourseError(f"{self.path} cannot be read. Put the lab's notebook back there. ({error})") from None

    def parameters_cell(self) -> NotebookNode:
        """The cell that holds the lab's parameters.

        Raises:
            ValueError: if there is none.
        """
        for cell in self.read().cells:
            if is_parameters(cell):
                return cell
        raise ValueError(f"{self.path}: no cell is tagged `parameters`")

    def settings(self) -> Settings:
        """Its settings.

        Raises:
            CourseError: if the metadata hold a setting that is unknown.
        """
        given = self.parameters_cell().metadata.get("course", {})
        unknown = given.keys() - {setting.name for setting in fields(Settings)}
        if unknown:
            names = ", ".join(sorted(unknown))
            raise CourseError(f"{self.path}: the parameters cell's metadata have unknown settings (course): {names}.")
        return Settings(**given)

    def lendable(self) -> dict[str, str]:
        """The lab's own code answers by the answer cell's id; empty for those that are never lent (`measured`)."""
        measured = self.settings().measured
        return {name: "" if name in measured else source for name, source in self.solutions().items()}

    def headings(self) -> list[re.Match[str]]:
        """The exercises' headings, with the groups `question`, `points` and `minutes`."""
        cells = (cell.source for cell in self.read().cells if cell.cell_type == "markdown")
        return [heading for source in cells for heading in HEADING.finditer(source)]

    def solutions(self) -> dict[str, str]:
        """The source of each code answer, by the answer cell's id."""
        return {cell.id: cell.source for cell in self.read().cells if cell.cell_type == "code" and is_solution(cell)}


def find_labs(source: Path) -> list[Lab]:
    """Find the labs under `source/`, in order.

    Raises:
        FileNotFoundError: if there is none.
    """
    labs = [Lab(path.parent.name, path) for path in sorted(source.glob("lab*/*.ipynb"))]
    if not labs:
        raise FileNotFoundError(f"{source} holds no lab (looked for lab*/*.ipynb). Run this in the course's folder.")
    return labs


def choose_labs(labs: list[Lab], names: Sequence[str]) -> list[Lab]:
    """Return the labs with these names; all of them if no name is given.

    Raises:
        ValueError: if a name is unknown.
    """
    known = {lab.assignment: lab for lab in labs}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"there is no lab {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names] or labs
