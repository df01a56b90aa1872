"""Fixtures for the tests of grading."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import pytest
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import capture_log

from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import Master
from tests.conftest import SMALL

# Right answers to the small lab.
RIGHT = {"k1-double": "def double(n):\n    return 2 * n", "k2-x": "x = [EPOCHS, SIZE]"}


@pytest.fixture(scope="session")
def master(released_course: Path) -> Master:
    """The instructor's version of the small lab."""
    course = Course(released_course)
    with course.gradebook() as gradebook:
        return Master.load(gradebook, course.coursedir, SMALL.assignment, SMALL.notebook)


@pytest.fixture
def course(released_course: Path, tmp_path: Path) -> Course:
    """A course in which the small lab is released."""
    return Course(shutil.copytree(released_course, tmp_path / "course"))


def hand_in(course: Course, student: str, answers: dict[str, str] = RIGHT, words: str = "") -> Path:
    """Put a student's answers to the small lab into `submitted/`, `words` in the written one; return the folder."""
    released = nbformat.read(course.root / "release" / SMALL.assignment / SMALL.path.name, as_version=4)
    folder = course.folder("submitted", student, SMALL.assignment)
    folder.mkdir(parents=True, exist_ok=True)
    nbformat.write(fill_in(released, answers, words), folder / SMALL.path.name)
    return folder


def convert(course: Course, converter: type[BaseConverter]) -> str:
    """Run a command of nbgrader's on the small lab as a person does, without --force; gives its log."""
    course.coursedir.assignment_id = SMALL.assignment
    result = capture_log(converter(coursedir=course.coursedir, parent=None, config=course.config))
    assert result["success"], result
    return str(result.get("log", ""))
