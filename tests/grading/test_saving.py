"""Outcomes are saved together: one that cannot be saved costs no other, and a killed run loses nothing."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Sequence
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import event

from helpers.grading.course import Course
from helpers.grading.pipeline import batch, gradebook
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.submission import Outcome
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL
from tests.grading.at_once import workers_at_once
from tests.grading.conftest import hand_in
from tests.grading.gradebooks import give

LAB = SMALL.assignment
STUDENTS = [f"student{number:02d}" for number in range(10)]


@pytest.fixture
def course(course: Course) -> Course:
    for student in STUDENTS:
        hand_in(course, student, words="Because.")
    return course


def grade(course: Course, force: bool = False) -> dict[str, str]:
    grading = Grading(course, LAB)
    return grading.run(grading.plan(force=force), workers_at_once(), lambda _: None, lambda *_: None)


def points(course: Course) -> dict[str, float]:
    return {mark.student: mark.points for mark in read_marks(course)}


def test_what_has_arrived_is_saved_in_one_transaction(course: Course) -> None:
    grading, commits = Grading(course, LAB), []

    def count(_: object) -> None:
        commits.append(len(course.graded(LAB)))

    save = grading.save

    def counting(book: Gradebook, outcomes: Sequence[Outcome]) -> dict[str, Exception]:
        event.listen(book.engine, "commit", count)
        return save(book, outcomes)

    grading.save = counting  # type: ignore[assignment,method-assign]
    assert grading.run(grading.plan(), workers_at_once(), lambda _: None, lambda *_: None) == {}
    assert commits == [0]
    assert points(course) == dict.fromkeys(STUDENTS, 5.0)


@pytest.mark.parametrize("step", ["make_safe", "save", "replace_folder"])
def test_whatever_fails_for_one_costs_no_other(step: str, course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    do, one = getattr(batch, step), STUDENTS[3]

    def fail_for_one(*arguments: object) -> object:
        if one in repr(arguments[-1]):
            raise RecursionError
        return do(*arguments)

    hand_in(course, one, words=f"I am {one}.")
    monkeypatch.setattr(batch, step, fail_for_one)
    assert grade(course) == {one: "RecursionError: no more is known"}
    assert course.graded(LAB) == [student for student in STUDENTS if student != one]
    monkeypatch.undo()
    assert grade(course) == {}
    assert points(course) == dict.fromkeys(STUDENTS, 5.0)


def _grade_and_die(root: Path, place: str, times: int) -> None:
    """Grade, and kill this process when a function is called for the so-many-th time."""
    module = gradebook if place == "_save_reasons" else batch
    do, left = getattr(module, place), iter(range(times, 0, -1))

    def die(*arguments: object) -> object:
        if next(left) == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return do(*arguments)

    setattr(module, place, die)
    grade(Course(root))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "times", "moved"),
    [("_save_reasons", 1, 0), ("replace_folder", 1, 0), ("replace_folder", 5, 4)],
    ids=["before the commit", "before the first move", "between two moves"],
)
def test_a_run_killed_at_any_point_of_saving_loses_nothing(course: Course, place: str, times: int, moved: int) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_grade_and_die, args=(course.root, place, times))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert len(course.graded(LAB)) == moved
    assert len(Grading(course, LAB).plan().to_grade) == len(STUDENTS) - moved
    assert grade(course) == {}
    assert points(course) == dict.fromkeys(STUDENTS, 5.0)
    assert course.graded(LAB) == STUDENTS
    assert not any(course.root.glob(".autograding/*/*"))


def test_points_given_while_a_class_is_graded_stay(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    one, save = STUDENTS[3], gradebook.save

    def save_later(*arguments: object) -> object:
        give(course, one, 1)
        return save(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(batch, "save", save_later)
    assert grade(course) == {}
    marks = {mark.student: mark for mark in read_marks(course)}
    assert (marks[one].points, marks[one].waiting) == (6, [])
    assert marks[STUDENTS[4]].waiting == ["k1-double-why"]


def test_saving_twice_is_saving_once(course: Course) -> None:
    def rows() -> list[tuple[object, ...]]:
        with course.gradebook() as book:
            return sorted(
                (grade.id, grade.auto_score, grade.needs_manual_grade)
                for entry in book.assignment_submissions(LAB)
                for grade in entry.notebooks[0].grades
            )

    assert grade(course) == {}
    once = rows()
    assert grade(course, force=True) == {}
    assert rows() == once
