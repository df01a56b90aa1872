"""Answers graded without nbgrader and without a sandbox, in a fifth of a second: for tests of the checks.

Each answer runs in a forked process of its own, and the checks ask it from the clean room, as in grading.
"""

from __future__ import annotations

import contextlib
import copy
import io
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import torch
from nbformat import NotebookNode
from nbgrader.utils import is_solution

from helpers.grading.cleanroom.client import Verdict
from helpers.grading.cleanroom.room import run_cell
from helpers.grading.labs import Lab
from helpers.grading.pipeline.lending import Lender
from helpers.notebooks.cells import is_check, is_parameters, is_setup, rewrite_parameters
from helpers.notebooks.names import names_bound
from tests.grading.rooms import room

__all__ = ["Marks", "Rehearsal"]

CHECK_SECONDS = 120  # for one check, on a busy machine

Namespace = dict[str, Any]


@dataclass
class Marks:
    """What an answer earned: points and message of each check, by the check's grade id.

    `lent` says how many of the checks ran on loan.
    """

    points: dict[str, float] = field(default_factory=dict)
    possible: dict[str, float] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)
    lent: int = 0

    def enter(self, cell: NotebookNode, verdict: Verdict) -> None:
        """Take in the verdict on a check."""
        check, possible = cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points)
        earned = possible if verdict.points is None else verdict.points
        self.possible[check] = possible
        self.points[check] = earned if verdict.passed else 0.0
        self.messages[check] = verdict.message

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
        self._after: Namespace = {}
        self._run_solutions()

    def _run_solutions(self) -> None:
        space: Namespace = {"__name__": "__main__"}  # what the student's kernel knows
        exercise = ""
        for cell in self.lab.read().cells:
            if is_parameters(cell) or is_setup(cell):
                source = cell.source
                if is_parameters(cell):
                    source = rewrite_parameters(source, self.lab.settings().grading)
                _quietly(source, space)
                _quietly(source, self._setup)
            elif cell.cell_type == "code" and is_solution(cell):
                exercise = cell.metadata.nbgrader.grade_id
                self._before[exercise] = _copied(space)
                _quietly(cell.source, space)
            elif is_check(cell):
                self.checks.setdefault(exercise, []).append(cell)
        self._after = _copied(space)

    def grade(self, exercise: str, source: str) -> Marks:
        """Run `source` in place of the exercise's answer cell, then the exercise's checks in the clean room."""
        marks = Marks()
        with room(source, self._setup, self._before[exercise]) as inside:
            for cell in self.checks[exercise]:
                marks.enter(cell, inside.run(cell.source, True, CHECK_SECONDS))
        return marks

    def notices(self, exercise: str, source: str, cpu: int) -> bool:
        """Whether one of the exercise's checks takes points from `source` or fails.

        Args:
            exercise: the id of the answer cell.
            source: what stands in it.
            cpu: seconds of the processor's time that `source` may take, so that it does not hang. Other processes on
                the machine do not use them up.

        Raises:
            RuntimeError: if a check could not do its work, whatever the answer is.
        """
        with room(source, self._setup, self._before[exercise], cpu) as inside:
            for cell in self.checks[exercise]:
                marks, verdict = Marks(), inside.run(cell.source, True, CHECK_SECONDS)
                if verdict.fault:
                    raise RuntimeError(f"{self.lab.assignment}, {exercise}: {verdict.fault}")
                marks.enter(cell, verdict)
                if any(map(marks.lost, marks.points)):
                    return True
        return False

    def grade_users(self, missing: str) -> dict[str, Marks]:
        """Marks of the lab's own answers that use one exercise's, which is missing, with a right one lent to them."""
        solutions = self.lab.solutions()
        lender = Lender(self.lab.lendable())
        for exercise, source in solutions.items():
            lender.take(exercise, source)
        lender.note_wrong(missing, missing)
        users = lender.users(missing)
        cells = "\n".join(_ONE_CELL.format(solutions[user]) for user in users)
        found: dict[str, Marks] = {}
        gone = {name for one in (missing, *users) for name in names_bound(solutions[one])}
        before = {name: value for name, value in self._after.items() if name not in gone}
        with room(cells, self._setup, before) as inside:
            for user in users:
                marks = found[user] = Marks()
                for cell in self.checks.get(user, []):
                    verdict = inside.run(cell.source, True, CHECK_SECONDS)
                    loan = None if verdict.passed else lender.loan(user, cell.source)
                    if loan:
                        verdict = inside.run(cell.source, True, CHECK_SECONDS, asdict(loan))
                    marks.enter(cell, verdict)
                    marks.lent += bool(loan)
        return found


_ONE_CELL = """
try:
    exec(compile({!r}, "<cell>", "exec"), globals())
except Exception:
    pass
"""


def _quietly(source: str, space: Namespace) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        run_cell(source, space)


def _copied(space: Namespace) -> Namespace:
    return {name: _copy(value) for name, value in space.items()}


def _copy(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and not value.is_leaf:
        return value  # autograd's own tensors cannot be copied
    return copy.deepcopy(value) if isinstance(value, torch.Tensor | np.ndarray | torch.nn.Module) else value
