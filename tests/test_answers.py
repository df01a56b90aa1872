"""The answer law: right answers earn all points; each wrong one loses the hidden check, and is told why."""

from __future__ import annotations

import functools
import os
import shutil
from pathlib import Path

import pytest
import torch

from helpers.grading.answers import Answer, Exercise, files_beside, read_answers
from helpers.grading.labs import Lab
from helpers.grading.pipeline.lending import Lender
from tests.conftest import LABS, ROOT, each_lab, marks_of
from tests.grading.rehearsal import Rehearsal
from tests.readable import faults


@pytest.fixture(autouse=True)
def _beside_the_notebook(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers run in a folder of their own, where the files lie that are handed in with the notebook."""
    for path in files_beside(ROOT / "tests" / "answers" / lab.assignment):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """One seed for all checks, so that a run can be repeated; `make sweep` tries others."""
    seed = os.environ.get("CNN_LABS_SEED", "1")
    monkeypatch.setenv("CNN_LABS_SEED", seed)
    torch.manual_seed(int(seed))


@functools.cache
def rehearsal(lab: Lab) -> Rehearsal:
    """The lab with its cells run, once a process."""
    return Rehearsal(lab)


@functools.cache
def exercises(lab: Lab) -> dict[str, Exercise]:
    return read_answers(ROOT / "tests" / "answers" / lab.assignment)


def each_answer(right: bool) -> pytest.MarkDecorator:
    marked = [
        pytest.param(lab, exercise, answer, id=f"{lab.assignment}/{exercise.id}/{answer.name}", marks=marks_of(lab))
        for lab in LABS
        for exercise in exercises(lab).values()
        for answer in exercise.select(right)
    ]
    return pytest.mark.parametrize(("lab", "exercise", "answer"), marked)


@each_answer(right=True)
def test_a_right_answer_earns_all_points(lab: Lab, exercise: Exercise, answer: Answer) -> None:
    marks = rehearsal(lab).grade(exercise.id, answer.source)
    assert marks.points == marks.possible, marks.messages


@each_answer(right=False)
def test_a_wrong_answer_loses_points_and_is_told_why(lab: Lab, exercise: Exercise, answer: Answer) -> None:
    marks = rehearsal(lab).grade(exercise.id, answer.source)
    visible, hidden = f"{exercise.id}-check", f"{exercise.id}-hidden"
    assert marks.lost(hidden), f"the hidden check did not notice: {answer.why}"
    assert marks.lost(visible) is (answer.passes != "visible"), marks.messages[visible] or "the visible check passed"
    for check, message in marks.messages.items():
        assert not message or faults(exercise.id, message) == [], (check, message)


@each_lab()
def test_the_labs_own_solutions_earn_all_points(lab: Lab) -> None:
    for exercise, source in lab.solutions().items():
        marks = rehearsal(lab).grade(exercise, source)
        assert marks.points == marks.possible, (exercise, marks.messages)


def used_by_others(lab: Lab) -> list[str]:
    """The exercises on which others rest."""
    lender = Lender(lab.lendable())
    for exercise, source in lab.solutions().items():
        lender.take(exercise, source)
    return [exercise for exercise in lab.lendable() if lender.users(exercise)]


@pytest.mark.parametrize(
    ("lab", "missing"),
    [
        pytest.param(lab, name, id=f"{lab.assignment}/{name}", marks=marks_of(lab))
        for lab in LABS
        for name in used_by_others(lab)
    ],
)
def test_a_mistake_costs_once(lab: Lab, missing: str) -> None:
    """Right answers that use one which is missing earn all their points."""
    marks = rehearsal(lab).grade_users(missing)
    assert {one: mark.points for one, mark in marks.items()} == {one: mark.possible for one, mark in marks.items()}, {
        check: message for mark in marks.values() for check, message in mark.messages.items() if message
    }
    assert any(mark.lent for mark in marks.values()), "nothing needed to be lent"


@each_lab()
def test_every_autograded_exercise_has_enough_answers(lab: Lab) -> None:
    assert set(exercises(lab)) == set(rehearsal(lab).checks), "exercises with checks and files of answers do not match"
    for exercise in exercises(lab).values():
        assert len(exercise.select(right=True)) >= 2, f"{exercise.path}: two right answers at least"
        wrong = exercise.select(right=False)
        assert len(wrong) >= 5, f"{exercise.path}: five wrong answers at least"
        assert any(answer.passes == "visible" for answer in wrong), f"{exercise.path}: what does the hidden check add?"
