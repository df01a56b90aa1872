"""The labs of a course folder, and the kinds of their cells."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution

from helpers.grading.errors import CourseError

__all__ = [
    "HEADING",
    "Lab",
    "Settings",
    "choose_labs",
    "error_message",
    "find_labs",
    "is_check",
    "is_parameters",
    "is_placeholder",
    "is_setup",
    "question_of",
    "rewrite_parameters",
]

# The heading of an exercise: `### K25 · Sizes after every layer (3 points, about 10 min)`
HEADING = re.compile(
    r"^### (?P<question>\S.*?) · .+ \((?P<points>[\d.]+) points?, about (?P<minutes>\d+) min\)$", re.MULTILINE
)


@dataclass(frozen=True)
class Settings:
    """What a lab says of itself: `course`, in the metadata of its parameters cell.

    Attributes:
        smoke: small values of its parameters, for continuous integration.
        grading: those that submissions are graded with.
        withheld: data sets of which students' code may read no test image when it is graded; see
            `helpers.data.hidden_images`. For a lab that marks on more of them than the others do.
        measured: answers whose accuracy is the mark: no right one is lent to a student.
        handed_in: files that students hand in beside the notebook. The lab's own cells write them too, and the
            instructor's never take the place of a student's.
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


def is_parameters(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", [])


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell is graded by running it (nbgrader: an autograder tests cell)."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def is_placeholder(cell: NotebookNode) -> bool:
    """Whether an answer is still what the student was given to replace."""
    return is_solution(cell) and cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)


def question_of(check: str) -> str:
    """Return the question that a check names, as in `with question("K1")`; empty if it names none."""
    match = re.search(r"""\bquestion\(["']([^"']+)["']\)""", check)
    return match[1] if match else ""


def is_setup(cell: NotebookNode) -> bool:
    """Whether a code cell is locked but not graded: imports, seeds, parameters."""
    return cell.cell_type == "code" and is_locked(cell) and not is_grade(cell)


def error_message(output: NotebookNode) -> str:
    """Return what an error output says, without its traceback; of a failed check, its message alone."""
    return str(output.evalue) if output.ename == "CheckError" else f"{output.ename}: {output.evalue}"


def rewrite_parameters(source: str, values: dict[str, Any]) -> str:
    """Return the source of a parameters cell with other values; comments after a value are kept.

    Raises:
        ValueError: if a name is not set in the cell (a misspelt name would otherwise run the full lab).
    """
    lines = source.split("\n")
    assignments = dict(_assignments(source))
    for name in values:
        if name not in assignments:
            raise ValueError(f"the parameters cell sets no {name}; it sets {', '.join(assignments)}")
    for name in sorted(values, key=lambda name: -assignments[name].lineno):  # upwards, so that line numbers hold
        node = assignments[name]
        last = node.end_lineno or node.lineno
        rest = lines[last - 1].encode()[node.end_col_offset :].decode()  # Python counts bytes
        lines[node.lineno - 1 : last] = [f"{name} = {values[name]!r}{rest}"]
    return "\n".join(lines)


def _assignments(source: str) -> Iterator[tuple[str, ast.Assign]]:
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node
