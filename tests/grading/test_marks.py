"""Totals with weights, dropped and exempt labs; statistics of questions."""

from __future__ import annotations

import pytest

from helpers.grading.course import Course
from helpers.grading.term.marks import Mark, read_marks, totals
from helpers.grading.term.questions import difficulties, failures
from helpers.grading.term.rules import LabRules, Rules
from tests.grading.gradebooks import enter


def mark(lab: str, score: float, possible: float = 10.0, exempt: bool = False) -> Mark:
    return Mark("ada", "Ada", "", lab, score, 0.0, score, possible, exempt=exempt)


WEIGHTS = {"b": LabRules(weight=3.0)}


@pytest.mark.parametrize(
    ("rules", "marks", "points", "possible", "percent"),
    [
        (Rules(), [mark("a", 5), mark("b", 30, 30)], 35, 40, 87.5),  # by points
        (Rules(labs=WEIGHTS), [mark("a", 5), mark("b", 30, 30)], 35, 40, 87.5),  # (1 * 50 % + 3 * 100 %) / 4
        (Rules(labs={"b": LabRules(weight=1.0)}), [mark("a", 5), mark("b", 30, 30)], 35, 40, 75),
        (Rules(labs={"b": LabRules(weight=0.0)}), [mark("a", 5), mark("b", 30, 30)], 35, 40, 50),
        (Rules(drop_lowest=1), [mark("a", 5), mark("b", 9, 30)], 5, 10, 50),  # b has the lower share
        (Rules(drop_lowest=1), [mark("a", 5), mark("b", 0, exempt=True), mark("c", 10)], 10, 10, 100),
        (Rules(drop_lowest=5), [mark("a", 5), mark("b", 6)], 6, 10, 60),  # one stays
        (Rules(), [mark("a", 5, exempt=True)], 0, 0, None),
        (Rules(), [mark("a", 0, 0)], 0, 0, None),
    ],
)
def test_totals(rules: Rules, marks: list[Mark], points: float, possible: float, percent: float | None) -> None:
    (total,) = totals(marks, rules)
    assert (total.points, total.possible) == (points, possible)
    assert total.percent == (percent if percent is None else pytest.approx(percent))


def test_a_total_says_what_does_not_count() -> None:
    (total,) = totals([mark("a", 5), mark("b", 4), mark("c", 0, exempt=True)], Rules(drop_lowest=1))
    assert (total.dropped, total.exempt) == (("b",), ("c",))


def test_a_submission_that_is_not_graded_says_nothing_of_questions(course: Course) -> None:
    enter(course, "ada", by_hand=1.0)
    enter(course, "ben", {}, by_hand=None)
    ada, ben = read_marks(course)
    assert (ada.graded, ben.graded, ben.submitted) == (True, False, True)
    assert {question.students for question in difficulties([ada, ben])} == {1}


def test_a_question_discriminates_if_those_who_are_good_at_the_rest_have_it(course: Course) -> None:
    for student, first, second in [("ada", 1, 1), ("ben", 1, 1), ("dan", 0, 0), ("eva", 0, 0)]:
        enter(course, student, {"k1-double-check": first, "k2-x-check": second, "k2-x-hidden": 0}, by_hand=0.0)
    found = {question.question: question.discrimination for question in difficulties(read_marks(course))}
    assert found == {"k1-double": pytest.approx(1.0), "k2-x": pytest.approx(1.0)}


def test_a_question_that_all_have_right_discriminates_nobody(course: Course) -> None:
    enter(course, "ada", by_hand=1.0)
    enter(course, "ben", {"k1-double-check": 1.0, "k1-double-hidden": 2.0}, by_hand=1.0)
    assert {question.discrimination for question in difficulties(read_marks(course))} == {None}


def test_reasons_that_differ_in_numbers_count_as_one(course: Course) -> None:
    got = "K1: double({0}): expected 4, got {1}. [seed 7] Checked with a right `x`."
    enter(course, "ada", reasons={"k1-double": got.format(2, 3), "k2-x": "K2: x is missing."})
    enter(course, "ben", reasons={"k1-double": f"{got.format(2, 3.5)}\n{got.format(2, -1e-3)}"})
    enter(course, "dan", reasons={"k1-double": got.format(2, 3), "k1-double-why": "No response."})
    found = [(failure.question, failure.message, failure.students) for failure in failures(read_marks(course))]
    assert found[0] == ("k1-double", "K1: double(2): expected 4, got 3.", 3)
    assert ("k2-x", "K2: x is missing.", 1) in found
    assert len(found) == 3  # "No response." stands beside what the check says
