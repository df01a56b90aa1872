"""The answer law holds in the clean room: each answer runs in a process of its own, and earns what it must."""

from __future__ import annotations

import contextlib
import functools
import io
import os
from typing import Any

import pytest
import torch

from helpers.grading.answers import Answer, Exercise
from helpers.grading.cleanroom import run_cell
from helpers.grading.labs import Lab, is_parameters, is_setup, rewrite_parameters
from tests.grading.rooms import room
from tests.test_answers import each_answer, rehearsal


@pytest.fixture(autouse=True)
def _same_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    seed = os.environ.get("CNN_LABS_SEED", "1")
    monkeypatch.setenv("CNN_LABS_SEED", seed)
    torch.manual_seed(int(seed))


@functools.cache
def set_up(lab: Lab) -> dict[str, Any]:
    """What a lab's locked cells define, run once a process."""
    names: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in lab.read().cells:
            if is_parameters(cell):
                run_cell(rewrite_parameters(cell.source, lab.parameters("grading")), names)
            elif is_setup(cell):
                run_cell(cell.source, names)
    return names


def lost(lab: Lab, exercise: Exercise, answer: Answer) -> dict[str, str]:
    """The checks that an answer loses, by the last word of their ids, with what they say."""
    found = {}
    with room(answer.source, set_up(lab), rehearsal(lab).names_before(exercise.id)) as inside:
        for cell in rehearsal(lab).checks[exercise.id]:
            verdict = inside.run(cell.source, True, 120)
            points = cell.metadata.nbgrader.points if verdict.points is None else verdict.points
            if not verdict.passed or points < cell.metadata.nbgrader.points:
                found[cell.metadata.nbgrader.grade_id.rpartition("-")[2]] = verdict.message
    return found


@each_answer(right=True)
def test_a_right_answer_earns_all_points(lab: Lab, exercise: Exercise, answer: Answer) -> None:
    assert lost(lab, exercise, answer) == {}


@each_answer(right=False)
def test_a_wrong_answer_loses_points(lab: Lab, exercise: Exercise, answer: Answer) -> None:
    expected = {"hidden"} if answer.passes == "visible" else {"check", "hidden"}
    assert set(lost(lab, exercise, answer)) == expected, answer.why
