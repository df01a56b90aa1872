"""Answers graded without nbgrader and without a sandbox, in a fifth of a second: for tests of the checks.

Each answer runs in a forked process of its own, and the checks ask it from the clean room, as in grading.
"""

from __future__ import annotations

import contextlib
import copy
import io
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.grading.cleanroom import run_cell
from helpers.grading.labs import Lab, is_check, is_parameters, is_setup, rewrite_parameters
from tests.grading.rooms import room

__all__ = ["Marks", "Rehearsal"]

CHECK_SECONDS = 120  # for one check, on a busy machine

Namespace = dict[str, Any]


@dataclass
class Marks:
    """What an answer earned: points and message of each check, by the check's grade id."""

    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    def lost(self, check: str) -> bool:
        """Whether a check took points, or failed; some checks only tell, and have no points to take."""
        return self.points[check] < self.possible[check] or bool(self.messages[check])


class Rehearsal:
    """A lab whose cells run in this process: set-up and solutions once, then any answer in its place.

    Cells that a student may delete (what is neither set-up, nor answer, nor check) are not run: checks must not
    need them. Tensors, arrays and modules are kept as they were before each answer.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.checks: dict[str, list[NotebookNode]] = {}
        self._setup: Namespace = {"__name__": "__main__"}  # what the clean room knows
        self._before: dict[str, Namespace] = {}
        self._run_solutions()

    def _run_solutions(self) -> None:
        space: Namespace = {"__name__": "__main__"}  # what the student's kernel knows
        exercise = ""
        for cell in self.lab.read().cells:
            if is_parameters(cell) or is_setup(cell):
                source = cell.source
                if is_parameters(cell):
                    source = rewrite_parameters(source, self.lab.parameters("grading"))
                _quietly(source, space)
                _quietly(source, self._setup)
            elif cell.cell_type == "code" and is_solution(cell):
                exercise = cell.metadata.nbgrader.grade_id
                self._before[exercise] = _copied(space)
                _quietly(cell.source, space)
            elif is_check(cell):
                self.checks.setdefault(exercise, []).append(cell)

    def grade(self, exercise: str, source: str) -> Marks:
        """Run `source` in place of the exercise's answer cell, then the exercise's checks in the clean room."""
        marks = Marks()
        with room(source, self._setup, self._before[exercise]) as inside:
            for cell in self.checks[exercise]:
                check, possible = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
                verdict = inside.run(cell.source, True, CHECK_SECONDS)
                earned = possible if verdict.points is None else verdict.points
                marks.possible[check] = possible
                marks.points[check] = earned if verdict.passed else 0.0
                marks.messages[check] = verdict.message
        return marks


def _quietly(source: str, space: Namespace) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        run_cell(source, space)


def _copied(space: Namespace) -> Namespace:
    return {name: _copy(value) for name, value in space.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and not value.is_leaf:
        return value  # autograd's own tensors cannot be copied
    return copy.deepcopy(value) if isinstance(value, torch.Tensor | np.ndarray | torch.nn.Module) else value
