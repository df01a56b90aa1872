"""`source/README.md` says where each question is."""

from __future__ import annotations

from helpers.grading.questions import exercises_of, index
from tests.conftest import LABS, ROOT


def test_every_exercise_is_graded() -> None:
    assert [exercise for lab in LABS for exercise in exercises_of(lab) if not exercise.graded] == []


def test_the_index_is_in_step_with_the_labs() -> None:
    assert (ROOT / "source" / "README.md").read_text(encoding="utf-8") == index(LABS), "run `make release`"
