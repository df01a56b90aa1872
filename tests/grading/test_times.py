"""Times of submission from a table: Moodle's grading worksheet, or one of your own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from helpers.grading.collect import collect
from helpers.grading.collect.times import read_times
from helpers.grading.course import Course
from helpers.grading.intake.intake import read_time
from helpers.grading.term.roster import Person, Roster
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading.platforms_as_given import PEOPLE, Uploaded, moodle, roster_of

PARIS = ZoneInfo("Europe/Paris")
EVENING = datetime(2026, 1, 30, 16, 5)
WORKSHEET = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission)\n"
)
ADA = Roster({"ada": Person("ada", "Ada Lovelace", "ada@uni.example")})


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "time",
    [
        "2026-01-30 17:05",
        "2026-01-30T17:05:00+01:00",
        "2026-01-30T16:05:00Z",
        '"Friday, 30 January 2026, 5:05 PM"',
        '"Friday, 30 January 2026, 17:05"',
    ],
)
@pytest.mark.parametrize("who", ["ada", "ADA@uni.example", '"Lovelace, Ada"'])
def test_a_time_is_read_in_the_courses_zone(time: str, who: str, tmp_path: Path) -> None:
    table = written(tmp_path / "times.csv", f"id;time\n{who};{time}\n")
    assert read_times(table, ADA, PARIS) == {"ada": EVENING}


def test_a_worksheet_of_moodles_is_read(tmp_path: Path) -> None:
    rows = (
        'Participant 771000,Ada Lovelace,ada@uni.example,Submitted,,,Yes,"Friday, 30 January 2026, 5:05 PM"\n'
        "Participant 771001,Bob Stone,bob@uni.example,No submission,,,Yes,-\n"
    )
    table = written(tmp_path / "grades.csv", WORKSHEET + rows)
    assert read_times(table, ADA, PARIS) == {"ada": EVENING}
    assert read_times(table, Roster({}), PARIS)["Ada Lovelace"] == EVENING


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("id,when\nada,2026-01-30\n", "line 1: no column with times"),
        ("id,time\nada,30/01/2026 17:05\n", "line 2: the time 30/01/2026 17:05 cannot be read. Write it like this"),
        ("", "is empty"),
    ],
)
def test_what_is_wrong_is_said(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=words):
        read_times(written(tmp_path / "times.csv", text), ADA, PARIS)


def test_a_download_of_moodles_gets_its_times(small_course: Path, tmp_path: Path) -> None:
    course = Course(small_course)
    early, late = PEOPLE[0], PEOPLE[3]
    roster_of([early, late], course.root / "roster.csv")
    download = moodle(tmp_path, [Uploaded(person, {"small.ipynb": b"{}"}) for person in (early, late)])
    table = written(tmp_path / "times.csv", f"id,time\n{late.login},2026-01-30T16:05:00Z\n")
    collect(course, SMALL.assignment, [download], times=table)
    folders = {person: course.folder("submitted", person.login, SMALL.assignment) for person in (early, late)}
    assert read_time(folders[late]) == EVENING
    assert read_time(folders[early]) is None
    assert (folders[early] / "small.ipynb").exists()


def test_a_time_that_becomes_known_makes_no_other_attempt(small_course: Path, tmp_path: Path) -> None:
    course = Course(small_course)
    person = PEOPLE[0]
    roster_of([person], course.root / "roster.csv")
    download = moodle(tmp_path, [Uploaded(person, {"small.ipynb": b"{}"})])
    table = written(tmp_path / "times.csv", f"id,time\n{person.login},2026-01-30T16:05:00Z\n")
    for times in (None, table, None):
        collect(course, SMALL.assignment, [download], times=times)
    assert read_time(course.folder("submitted", person.login, SMALL.assignment)) == EVENING
    assert not (course.root / "downloaded" / SMALL.assignment / "attempts").exists()


def test_a_submission_without_a_time_is_named_if_the_lab_is_due(small_course: Path, tmp_path: Path) -> None:
    course = Course(small_course)
    early, unknown = PEOPLE[0], PEOPLE[3]
    roster_of([early, unknown], course.root / "roster.csv")
    download = moodle(tmp_path, [Uploaded(person, {"small.ipynb": b"{}"}) for person in (early, unknown)])
    assert not any("no time" in note for note in collect(course, SMALL.assignment, [download]).notes)
    (course.root / "course.toml").write_text(f"[labs.{SMALL.assignment}]\ndue = 2026-01-30T12:00:00Z\n")
    table = written(tmp_path / "times.csv", f"id,time\n{early.login},2026-01-30T11:05:00Z\n")
    (note,) = [note for note in collect(course, SMALL.assignment, [download], times=table).notes if "no time" in note]
    assert note.startswith(f"1 of 2 submissions: {unknown.login}: no time is known, so they count as in time")


def test_a_broken_gradebook_costs_no_list_and_no_submission(
    small_course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise CourseError("the gradebook is in use")

    course = Course(small_course)
    download = moodle(tmp_path, [Uploaded(PEOPLE[0], {"small.ipynb": b"{}"})])
    monkeypatch.setattr("helpers.grading.collect.due._in_gradebook", fail)
    result = collect(course, SMALL.assignment, [download])
    assert result.students == [PEOPLE[0].name]
    assert any("the gradebook is in use" in note for note in result.notes)
    assert (course.root / "downloaded" / SMALL.assignment / "uncollected.json").exists()
