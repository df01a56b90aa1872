"""`course autograde`, `nbgrader autograde` and nbgrader by itself give honest submissions the same marks.

Here for the small lab; `make same-marks` takes all answers to all labs.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import SMALL
from tests.same_marks import COURSE, NBGRADER, STOCK, Marks, differences, grade, make_class

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    answers = Path(__file__).parent / "course" / "tests" / "answers" / SMALL.assignment
    return make_class(tmp_path_factory.mktemp("same") / "course", SMALL, answers)


@pytest.fixture(scope="module")
def ours(handed_in: Path) -> Marks:
    return grade(handed_in, SMALL.assignment, COURSE, handed_in.with_name("ours"))


def test_the_class_has_good_and_bad_marks(ours: Marks) -> None:
    totals = {student: sum(p for (name, _), p in ours.items() if name == student) for student, _ in ours}
    assert max(totals.values()) == 5
    assert min(totals.values()) < 5


@pytest.mark.parametrize("config", ["", STOCK], ids=["boxed", "stock"])
def test_nbgrader_gives_the_same_marks(config: str, handed_in: Path, ours: Marks, tmp_path: Path) -> None:
    assert differences(ours, grade(handed_in, SMALL.assignment, NBGRADER, tmp_path / "theirs", config)) == []
