"""A class of thirty is collected from each learning platform, without and with a roster."""

from __future__ import annotations

from pathlib import Path

import pytest

from helpers.grading.collect import collect
from helpers.grading.course import Course
from helpers.grading.term.roster import ROSTER
from tests.conftest import SMALL
from tests.grading.platforms_as_given import PEOPLE, PLATFORMS, Uploaded, roster_of

LAB = SMALL.assignment
MISSING = PEOPLE[-1]
SENT = [Uploaded(person, {"small.ipynb": person.login.encode()}) for person in PEOPLE if person is not MISSING]
NAMESAKES = {"s02", "s03"}
ANONYMOUS = ("moodle-blind", "canvas-anonymous")
WITHOUT_IDS = ("moodle", "moodle-new", "moodle-flat")  # these give names, and numbers that differ from lab to lab
LOCAL = '[course]\ntimezone = "Europe/Berlin"\n'


def notebooks(course: Course) -> dict[str, str]:
    """The notebook of each student in `submitted/`."""
    paths = course.root.glob(f"submitted/*/{LAB}/small.ipynb")
    return {path.parent.parent.name: path.read_text() for path in paths}


def test_there_are_thirty() -> None:
    assert len(PEOPLE) == len({person.login for person in PEOPLE}) == 30
    assert PEOPLE[1].name == PEOPLE[2].name


@pytest.mark.parametrize("platform", PLATFORMS)
def test_without_a_roster_each_student_has_a_folder(platform: str, course: Course, tmp_path: Path) -> None:
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    assert sorted(notebooks(course).values()) == [upload.student.login for upload in SENT]
    assert done.uncollected == []
    assert not list(course.root.glob("submitted/**/.git*"))


@pytest.mark.parametrize("platform", [name for name in PLATFORMS if name not in ANONYMOUS])
@pytest.mark.parametrize("numbers", [True, False])
def test_with_a_roster_each_submission_is_its_students(
    platform: str, numbers: bool, course: Course, tmp_path: Path
) -> None:
    roster_of(PEOPLE, course.root / ROSTER, numbers)
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    unclear = NAMESAKES if platform in WITHOUT_IDS or (platform in ("canvas", "brightspace") and not numbers) else set()
    found = notebooks(course)
    assert found == {
        upload.student.login: upload.student.login for upload in SENT if upload.student.login not in unclear
    }
    assert len(done.missing) == len(unclear) + 1
    assert all("Lang, Lea (s02) or Lang, Lea (s03)" in entry.reason for entry in done.uncollected)
    assert {entry.student for entry in done.uncollected} in (set(), {"Lea Lang"}, {"langlea"})


@pytest.mark.parametrize("platform", ANONYMOUS)
def test_nobody_is_guessed_behind_an_anonymous_name(platform: str, course: Course, tmp_path: Path) -> None:
    roster_of(PEOPLE, course.root / ROSTER)
    done = collect(course, LAB, [PLATFORMS[platform](tmp_path, SENT)])
    assert notebooks(course) == {}
    assert len(done.uncollected) == len(SENT)
