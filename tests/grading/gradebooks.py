"""Fill a gradebook with a class that nothing has to run for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from helpers.grading.course import Course
from tests.conftest import SMALL

LAB = SMALL.assignment
POSSIBLE = {"k1-double-check": 1, "k1-double-hidden": 2, "k2-x-check": 1, "k2-x-hidden": 1}  # and one by hand
DUE = datetime(2026, 1, 31, 12)


def enter(
    course: Course,
    student: str,
    points: Mapping[str, float] = POSSIBLE,
    *,
    at: datetime = DUE,
    by_hand: float | None = None,
    reasons: Mapping[str, str] | None = None,
) -> None:
    """Enter a graded submission of the small lab, or the next one of a student.

    Args:
        by_hand: points for the written answer; None if it waits for a person.
        reasons: nbgrader's automatic comments, by answer.
    """
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student(student)
        entry = gradebook.update_or_create_submission(LAB, student, timestamp=at)
        for grade in entry.notebooks[0].grades:
            grade.auto_score, grade.manual_score = points.get(grade.name), None
            grade.needs_manual_grade = grade.name not in POSSIBLE
        for comment in entry.notebooks[0].comments:
            comment.auto_comment = (reasons or {}).get(comment.name)
        gradebook.db.commit()
    folder = course.folder("autograded", student, LAB)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SMALL.path.name).touch()
    if by_hand is not None:
        give(course, student, by_hand)


def give(course: Course, student: str, points: float, cell: str = "k1-double-why") -> None:
    """Give points as a person does in formgrader."""
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade(cell, SMALL.notebook, LAB, student)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def set_due(course: Course, due: datetime | None = DUE) -> None:
    """Set the due date as a person does with nbgrader."""
    with course.gradebook() as gradebook:
        gradebook.find_assignment(LAB).duedate = due
        gradebook.db.commit()
