"""Every question of the five documents is in a lab, and `source/README.md` says where."""

from __future__ import annotations

from helpers.grading.authoring.questions import exercises_of, index
from tests.conftest import LABS, ROOT

NAMED = {
    "L": ["cifar"],
    "W": ["dims", "toeplitz", "transition", "A", "B", "C", "params", "gpu", "compare", "expand"],
    "T": ["kernel", "padding", "stride", "size", "pool", "fc", "lenet", "train", "gpu", "plots", "save"],
    "E": ["hardware", "device", "size", "lenet", "loader", "deeplenet"],
}
QUESTIONS = {
    *(f"K{number}" for number in range(1, 34)),
    *(f"L{number}" for number in range(1, 8)),
    *("T-predict", "T-alexnet", "T-vgg", "T-inception", "T-resnet", "T-summary", "T-ex1", "T-ex2"),
    *(f"{document}-{name}" for document, names in NAMED.items() for name in names),
}


def test_every_question_has_an_exercise() -> None:
    asked = {question for lab in LABS for exercise in exercises_of(lab) for question in exercise.questions}
    assert QUESTIONS - asked == set()


def test_every_exercise_is_graded() -> None:
    assert [exercise for lab in LABS for exercise in exercises_of(lab) if not exercise.graded] == []


def test_the_index_is_in_step_with_the_labs() -> None:
    assert (ROOT / "source" / "README.md").read_text(encoding="utf-8") == index(LABS), "run `make release`"
