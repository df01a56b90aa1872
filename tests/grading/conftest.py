"""Fixtures for the tests of grading."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.grading.course import Course
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
