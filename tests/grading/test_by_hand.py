"""Marks by hand stay; a person is told where the answer, or what it is worth, is no longer what they marked."""

from __future__ import annotations

import pytest
from nbgrader.api import Grade
from nbgrader.converters import GenerateFeedback

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, convert, hand_in
from tests.grading.test_again import change_points, edit, mend

pytestmark = pytest.mark.slow

LAB = SMALL.assignment
WORDS, CHECK = "k1-double-why", "k1-double-check"
AGAIN = "look again in formgrader, for the answer or its points have changed"
LOOK = "the answer changed after it was marked by hand; look again in formgrader"


@pytest.fixture
def course(course: Course) -> Course:
    """A course in which one submission was graded, and a written answer and a check were marked by hand."""
    hand_in(course, "ada", words="Because.")
    autograde(course)
    mark(course, WORDS, 1)
    mark(course, CHECK, 0.5)
    return course


def autograde(course: Course, *options: str) -> None:
    assert main(["--course", str(course.root), "autograde", LAB, *options]) == 0


def mark(course: Course, name: str, points: float) -> None:
    """Mark as formgrader does."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(name, SMALL.notebook, LAB, "ada")
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def waits(course: Course) -> dict[str, float]:
    """The marks by hand that formgrader asks to look at again."""
    with course.gradebook() as gradebook:
        (entry,) = gradebook.assignment_submissions(LAB)
        grades: list[Grade] = [grade for notebook in entry.notebooks for grade in notebook.grades]
        return {grade.name: grade.manual_score for grade in grades if grade.needs_manual_grade}


def notes(course: Course) -> list[str]:
    (score,) = read_marks(course)
    return score.notes


def test_a_mended_check_asks_nobody_to_look_again(course: Course) -> None:
    mend(course)
    autograde(course)
    assert (waits(course), notes(course)) == ({}, [])


def test_an_answer_that_changed_is_to_be_looked_at_again(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    hand_in(course, "ada", words="Because it is so.")
    autograde(course)
    assert waits(course) == {WORDS: 1}
    assert f"ada: {WORDS}: {LOOK}" in " ".join(capsys.readouterr().out.split())
    assert notes(course) == [f"{AGAIN}: {WORDS}"]
    mend(course)
    autograde(course)  # nobody has looked meanwhile
    assert waits(course) == {WORDS: 1}
    mark(course, WORDS, 0.5)
    assert notes(course) == []
    autograde(course, "--force")
    assert (waits(course), notes(course)) == ({}, [])


def test_a_check_marked_by_hand_goes_with_its_answer_and_files(course: Course) -> None:
    hand_in(course, "ada", RIGHT | {"k1-double": "def double(n):\n    return n + n"}, "Because.")
    autograde(course)
    assert waits(course) == {CHECK: 0.5}
    mark(course, CHECK, 0.5)
    (course.folder("submitted", "ada", LAB) / "weights").write_text("1")
    autograde(course)
    assert waits(course) == {CHECK: 0.5}


def test_no_student_reads_it(course: Course) -> None:
    hand_in(course, "ada", words="Because it is so.")
    autograde(course)
    convert(course, GenerateFeedback)
    assert "look again" not in (course.folder("feedback", "ada", LAB) / "small.html").read_text()


def test_a_mark_above_the_maximum_is_kept_and_said(course: Course) -> None:
    mark(course, WORDS, 1)
    edit(course, lambda by_name, _: by_name[WORDS].metadata.nbgrader.update(points=0.5))
    autograde(course)
    assert waits(course) == {WORDS: 1}
    assert notes(course) == [f"{AGAIN}: {WORDS}"]


def test_points_of_other_questions_do_not_matter(course: Course) -> None:
    change_points(course, 5)
    autograde(course)
    assert waits(course) == {}
