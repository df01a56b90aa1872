"""What grading leaves out matters to no mark: labs, solved and half wrong, with all cells run and with those needed.

Random numbers come into it as well: where cells are left out, the student's generators are in other states, and a run
with a cell that draws puts them into yet others.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader.utils import is_solution

from helpers.grading.answers import files_beside, read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS, fill_in
from helpers.grading.intake import Submission
from helpers.grading.labs import Lab
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.submission import run_submission
from tests.conftest import ROOT, SMALL, each_lab, make_course

EVERYTHING = {"ExecuteSubmission": {"pictures": True}}
DRAWS = "import random\n\nimport numpy\nimport torch\n\nrandom.random(), numpy.random.rand(), torch.rand(5)"
RIGHT_LATER = """
def double(n):
    calls.append(n)
    return 2 * n if len(calls) > 1 else 0
"""  # the lab's try cell is the first call
ODD = {
    "a list in place of nothing": f"calls = None\ncalls = []{RIGHT_LATER}",
    "a class that counts": """
class Calls:
    made = 0

    @classmethod
    def append(kind, n):
        kind.made += 1


def double(n):
    Calls.append(n)
    return 2 * n if Calls.made > 1 else 0
""",
    "a setting": """
import logging


def double(n):
    was = logging.root.manager.disable
    logging.disable(10)
    return 2 * n if was == 10 else 0
""",
}


class Class:
    """A course in which a lab is released, and answers to it."""

    def __init__(self, folder: Path, lab: Lab) -> None:
        self.lab, self._answers = lab, ROOT / "tests" / "answers" / lab.assignment
        self.course = Course(make_course(folder, lab))
        self.course.release(lab.assignment)
        path = self.course.root / "release" / lab.assignment / lab.path.name
        self.released = nbformat.read(path, as_version=4)
        self.grading = Grading(self.course, lab.assignment)

    def solved(self, words: str = "") -> NotebookNode:
        return fill_in(self.released, self.lab.solutions(), words)

    def of(self, student: str) -> NotebookNode:
        """What this student of the made-up class hands in."""
        exercises = list(read_answers(self._answers).values())
        return next(one for one in CLASS if one.id == student).make(self.released, exercises)

    def take_in(self, notebook: NotebookNode) -> Submission:
        folder = self.course.folder("submitted", "ada", self.lab.assignment)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / self.lab.path.name)
        for path in files_beside(self._answers):
            shutil.copy(path, folder)
        return self.grading.take_in("ada")

    def points(self, notebook: NotebookNode, settings: dict[str, Any] | None = None) -> dict[str, float]:
        outcome = run_submission(self.take_in(notebook), self.grading.settings() | (settings or {}))
        return {check: found.points for check, found in outcome.evidence.items()}


@pytest.fixture
def handed_in(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Class:
    monkeypatch.setenv("CNN_LABS_SEED", "1")
    return Class(tmp_path / "course", lab)


@each_lab()
def test_a_solved_lab_earns_all_points_whatever_runs_and_whatever_was_drawn(handed_in: Class) -> None:
    solved = handed_in.solved()
    assert handed_in.take_in(solved).left_out.cells
    earned = handed_in.points(solved)
    assert earned == handed_in.points(solved, EVERYTHING)
    first = next(place for place, cell in enumerate(solved.cells) if is_solution(cell))
    solved.cells.insert(first, new_code_cell(DRAWS))
    assert earned == handed_in.points(solved)


@each_lab()
@pytest.mark.parametrize("student", ["dan", "leo"])
def test_wrong_answers_earn_the_same_whatever_runs(student: str, handed_in: Class) -> None:
    notebook = handed_in.of(student)
    earned = handed_in.points(notebook)
    assert len(set(earned.values())) > 1
    assert earned == handed_in.points(notebook, EVERYTHING)


@pytest.mark.slow
@pytest.mark.parametrize("answer", ODD.values(), ids=ODD)
def test_an_odd_answer_earns_the_same_whatever_runs(answer: str, tmp_path: Path) -> None:
    small = Class(tmp_path / "course", SMALL)
    notebook = fill_in(small.released, SMALL.solutions() | {"k1-double": answer})
    earned = small.points(notebook)
    assert earned == small.points(notebook, EVERYTHING)
    assert all(earned.values())
