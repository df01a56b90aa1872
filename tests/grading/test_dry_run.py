"""A dry run grades, shows whose marks would change, and saves nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from helpers.grading.course import Course
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, hand_in
from tests.grading.test_again import Says, autograde, change_points, course, edit, give, mend  # noqa: F401

pytestmark = pytest.mark.slow

LAB = SMALL.assignment


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(said: str) -> list[list[str]]:
    """The rows of the table."""
    return [re.split(r"\s*│\s*", line.strip("│ \n")) for line in said.splitlines() if line.startswith("│")]


def test_the_table_shows_who_loses_first(course: Course, autograde: Says) -> None:  # noqa: F811
    give(course, 0.5, "Well argued")
    hand_in(course, "ben", RIGHT | {"k1-double": "def double(n):\n    return 5 if n == 2 else 2 * n"})
    autograde()
    hand_in(course, "eva")
    mend(course)
    before = files(course.root)
    said = autograde("--dry-run")
    assert rows(said) == [
        ["ada", "k1-double-check", "1", "0", "-1"],
        ["ada", "sum", "5.5/6", "4.5/6", "-1"],
        ["ben", "k1-double-check", "0", "1", "+1"],
        ["ben", "sum", "4/6", "5/6", "+1"],
        ["eva", "sum", "", "4/6"],
    ]
    assert "1 would lose points, 1 would gain points, 1 would have points for the first time." in said
    assert "Nothing was saved." in said
    assert files(course.root) == before
    autograde()
    assert {score.student: score.points for score in read_marks(course)} == {"ada": 4.5, "ben": 5, "eva": 4}


def test_a_dry_run_tells_what_a_person_should_look_at(course: Course, autograde: Says) -> None:  # noqa: F811
    give(course, 1, "Well argued")
    edit(course, lambda by_name, _: by_name["k1-double-why"].metadata.nbgrader.update(points=0.5))
    said = autograde("--dry-run")
    assert "ada: k1-double-why: 1 points by hand, but at most 0.5 now; look again in formgrader" in " ".join(
        said.split()
    )
    assert "1 would have as many as before. Nothing was saved." in said


def test_points_that_change_are_shown_of_what_could_be_earned(course: Course, autograde: Says) -> None:  # noqa: F811
    change_points(course, 5)
    assert ["ada", "sum", "5/6", "8/9", "+3"] in rows(autograde("--dry-run"))


def test_without_anything_to_grade_it_says_so(course: Course, autograde: Says) -> None:  # noqa: F811
    shutil.move(course.root / "submitted", course.root / "elsewhere")
    assert autograde("--dry-run") == f"Nothing to grade: no submission of {LAB} was collected.\n"
    shutil.move(course.root / "elsewhere", course.root / "submitted")
    assert autograde("--dry-run").startswith("Nothing to grade")
    assert "1 would have as many as before" in autograde("--dry-run", "--force")
