"""The answer law: right answers earn all points; each wrong one loses the hidden check, and is told why."""

from __future__ import annotations

import functools
import re
from pathlib import Path

import pytest

from helpers.grading.answers import Answer, Exercise, read_answers
from helpers.grading.labs import find_labs
from helpers.grading.rehearsal import Rehearsal

ROOT = Path(__file__).parent.parent
LABS = {lab.assignment: lab for lab in find_labs(ROOT / "source")}
EXERCISES = {lab: read_answers(ROOT / "tests" / "answers" / lab) for lab in LABS}


@functools.cache
def rehearsal(lab: str) -> Rehearsal:
    return Rehearsal(LABS[lab])


def cases(right: bool) -> list[pytest.param]:
    return [
        pytest.param(lab, exercise, answer, id=f"{lab}/{exercise.id}/{answer.name}")
        for lab, exercises in EXERCISES.items()
        for exercise in exercises.values()
        for answer in exercise.select(right)
    ]


@pytest.mark.parametrize(("lab", "exercise", "answer"), cases(right=True))
def test_a_right_answer_earns_all_points(lab: str, exercise: Exercise, answer: Answer) -> None:
    marks = rehearsal(lab).grade(exercise.id, answer.source)
    assert marks.points == marks.possible, marks.messages


@pytest.mark.parametrize(("lab", "exercise", "answer"), cases(right=False))
def test_a_wrong_answer_loses_points_and_is_told_why(lab: str, exercise: Exercise, answer: Answer) -> None:
    marks = rehearsal(lab).grade(exercise.id, answer.source)
    visible, hidden = f"{exercise.id}-check", f"{exercise.id}-hidden"
    assert marks.lost(hidden), f"the hidden check did not notice: {answer.why}"
    assert marks.lost(visible) is (answer.passes != "visible"), marks.messages[visible] or "the visible check passed"
    for check in marks.points:
        if marks.lost(check) and marks.points[check] == 0:
            named = re.match(r"[\w-]+", marks.messages[check])
            assert named and exercise.id.startswith(named[0].lower()), f"names no question: {marks.messages[check]}"


@pytest.mark.parametrize("lab", LABS)
def test_the_labs_own_solutions_earn_all_points(lab: str) -> None:
    for exercise, source in rehearsal(lab).solutions.items():
        marks = rehearsal(lab).grade(exercise, source)
        assert marks.points == marks.possible, (exercise, marks.messages)


@pytest.mark.parametrize("lab", LABS)
def test_every_autograded_exercise_has_enough_answers(lab: str) -> None:
    graded = set(rehearsal(lab).checks)
    assert set(EXERCISES[lab]) == graded, "exercises with checks and files of answers do not match"
    for exercise in EXERCISES[lab].values():
        assert len(exercise.select(right=True)) >= 2, f"{exercise.path}: two right answers at least"
        assert len(exercise.select(right=False)) >= 5, f"{exercise.path}: five wrong answers at least"
