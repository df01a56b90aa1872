"""The kinds of a lab's cells, and what can be read off each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode
from nbgrader.utils import compute_checksum, is_grade, is_locked, is_solution

__all__ = [
    "HEADING",
    "error_message",
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
