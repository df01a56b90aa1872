"""Grade answers in this process, without a kernel: in milliseconds, for the tests of the checks themselves.

Only for answers that the course's authors wrote: nothing here is boxed in.
"""

from __future__ import annotations

import ast
import contextlib
import copy
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.grading.labs import Lab, is_check, is_parameters, is_setup, rewrite_parameters

__all__ = ["Marks", "Rehearsal"]

Namespace = dict[str, Any]


@dataclass
class Marks:
    """What an answer earned: points and message of each check, by the check's grade id."""

    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    def lost(self, check: str) -> bool:
        return self.points[check] < self.possible[check]


class Rehearsal:
    """A lab whose cells run in this process: set-up and solutions once, then any answer in its place.

    Cells that a student may delete (what is neither set-up, nor answer, nor check) are not run: checks must not
    need them. Tensors, arrays and modules that earlier cells made are copied for each answer, so that an answer
    that writes into them harms no other.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.checks: dict[str, list[NotebookNode]] = {}
        self._before: dict[str, Namespace] = {}
        self._run_solutions()

    def _run_solutions(self) -> None:
        space: Namespace = {"__name__": "__main__"}
        exercise = ""
        for cell in self.lab.read().cells:
            if cell.cell_type != "code":
                continue
            if is_parameters(cell):
                exec(rewrite_parameters(cell.source, self.lab.parameters("grading")), space)
            elif is_setup(cell):
                _quietly(cell.source, space)
            elif is_solution(cell):
                exercise = cell.metadata.nbgrader.grade_id
                self._before[exercise] = _copied(space)
                _quietly(cell.source, space)
            elif is_check(cell):
                self.checks.setdefault(exercise, []).append(cell)

    def names_before(self, exercise: str) -> Namespace:
        """What is defined where an exercise's answer cell stands."""
        return _copied(self._before[exercise])

    def grade(self, exercise: str, source: str) -> Marks:
        """Run `source` in place of the exercise's answer cell, then the exercise's checks."""
        space = self.names_before(exercise)
        # A cell that fails leaves its names undefined; the checks say so.
        with contextlib.suppress(Exception):
            _quietly(source, space)
        marks = Marks()
        for cell in self.checks[exercise]:
            check, possible = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
            marks.possible[check] = possible
            try:
                result = _quietly(cell.source, space)
                marks.points[check] = possible if result is None else float(result)
                marks.messages[check] = ""
            except Exception as error:
                marks.points[check], marks.messages[check] = 0.0, str(error) or type(error).__name__
        return marks


def _quietly(source: str, space: Namespace) -> Any:
    """Run a cell as IPython does: its last expression is its result. What it prints is thrown away."""
    tree = ast.parse(source)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr):
        tree.body.pop()
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(tree, "<cell>", "exec"), space)
        if isinstance(last, ast.Expr):
            return eval(compile(ast.Expression(last.value), "<cell>", "eval"), space)
    return None


def _copied(space: Namespace) -> Namespace:
    return {name: _copy(value) for name, value in space.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and not value.is_leaf:
        return value  # autograd's own tensors cannot be copied
    return copy.deepcopy(value) if isinstance(value, torch.Tensor | np.ndarray | torch.nn.Module) else value
