"""course.toml: what it may say, and what a mistake in it is told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from helpers.grading.term.durations import parse_duration
from helpers.grading.term.rules import LabRules, Late, Rules, StudentRules
from helpers.notebooks.errors import CourseError
from tests.conftest import ROOT


def load(folder: Path, text: str) -> Rules:
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return Rules.load(folder)


def test_without_a_file_nothing_is_set(tmp_path: Path) -> None:
    assert Rules.load(tmp_path) == Rules()
    assert Rules().late is None


def test_the_example_says_nothing_until_its_lines_are_no_comments(tmp_path: Path) -> None:
    example = (ROOT / "course.toml").read_text(encoding="utf-8")
    assert load(tmp_path, example) == Rules()
    lines = example.split("\n\n", 1)[1]  # below the words for people
    rules = load(tmp_path, re.sub(r"^# ", "", lines, flags=re.MULTILINE))
    assert rules.late == Late(timedelta(minutes=10), 0.1, False, 0.5, timedelta(days=7))
    assert rules.labs["lab01-tensors"] == LabRules(datetime(2026, 10, 16, 21, 59), 1.0)  # summer time in Paris
    assert rules.labs["lab02-autograd"] == LabRules(datetime(2026, 10, 23, 21, 59), 2.0)
    assert rules.of_student("ada") == StudentRules({"lab02-autograd": timedelta(days=2)}, frozenset({"lab01-tensors"}))
    assert (rules.drop_lowest, rules.kit[:8], str(rules.timezone)) == (1, "https://", "Europe/Paris")


def test_all_lines_of_the_example_are_comments_or_empty() -> None:
    assert not [line for line in (ROOT / "course.toml").read_text().splitlines() if line and not line.startswith("#")]


@pytest.mark.parametrize(
    ("due", "utc"),
    [
        ("2026-12-01T23:59:00", "2026-12-01 22:59"),
        ("2026-07-01 23:59:00", "2026-07-01 21:59"),
        ('"2026-12-01 23:59"', "2026-12-01 22:59"),
        ("2026-12-01T23:59:00Z", "2026-12-01 23:59"),
        ("2026-12-01T23:59:00-05:00", "2026-12-02 04:59"),
    ],
)
def test_due_dates_are_in_the_time_zone_of_the_course(due: str, utc: str, tmp_path: Path) -> None:
    rules = load(tmp_path, f'course.timezone = "Europe/Berlin"\n[labs.lab03]\ndue = {due}')
    assert rules.labs["lab03"].due == datetime.fromisoformat(utc)


def test_without_a_time_zone_due_dates_are_utc(tmp_path: Path) -> None:
    assert load(tmp_path, "[labs.a]\ndue = 2026-12-01T12:00:00").labs["a"].due == datetime(2026, 12, 1, 12)
    assert Rules().timezone == UTC


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[late]\npenalti = 10", "course.toml, late: there is no setting penalti. Did you mean penalty?"),
        ("[lat]\npenalty = 10", "course.toml: there is no setting lat. Did you mean late?"),
        ("[late]\npenalty = 110", "course.toml, late: penalty is 110. It has to be a number from 0 to 100"),
        ("[late]\npenalty = true", "penalty is True"),
        ("[late]\npenalty = nan", "penalty is nan"),
        ('[late]\ngrace = "ten"', "course.toml, late: grace is 'ten'. It has to be a duration, such as"),
        ("[late]\ngrace = 10", "grace is 10. It has to be a duration"),
        ('[late]\ncounts = "hours"', 'counts is \'hours\'. It has to be "days begun" or "exact"'),
        ('[late]\ncounts = ["exact"]', "counts is"),
        ("late = 3", "course.toml: late is 3. It has to be a table: [late]"),
        ("[labs]\nlab03 = 3", "course.toml, labs: lab03 is 3"),
        ("[labs.lab03]\ndue = 2026-12-01", "course.toml, labs, lab03: due is datetime.date(2026, 12, 1)"),
        ('[labs.lab03]\ndue = "2026-12-01"', "It has to be a date and a time, such as 2026-10-30T23:59:00"),
        ("[labs.lab03]\ndue = 0226-12-01T00:00:00", "due is"),
        ("[labs.lab03]\nweight = -1", "weight is -1. It has to be a number, 0 or more"),
        ("[labs.lab03]\nweight = inf", "weight is inf"),
        ("[totals]\ndrop_lowest = 1.5", "drop_lowest is 1.5. It has to be a whole number"),
        ('[course]\ntimezone = "Europe/Pariss"', 'It has to be the name of a time zone, such as "Europe/Paris"'),
        ('[course]\ntimezone = "Europe"', "timezone is 'Europe'"),
        ('[course]\ntimezone = "../../etc/passwd"', "timezone is"),
        ('[course]\nkit = "javascript:alert(1)"', "It has to be an address that begins with https:// or http://"),
        ("[course]\nname = 1", "name is 1. It has to be text in quotes"),
        ('[students.ada]\nexempt = "lab03"', "course.toml, students, ada: exempt is 'lab03'. It has to be a list"),
        ('[students.ada.extensions]\nlab03 = "soon"', "course.toml, students, ada, extensions: lab03 is 'soon'"),
        ('[students.ada.extensions]\nlab03 = "99999 weeks"', "lab03 is"),
        ("[late", "is not valid TOML"),
        ("[labs.lab03]\ndue = 2026-13-01T00:00:00", "is not valid TOML"),
    ],
)
def test_a_mistake_is_named_with_what_is_allowed(text: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CourseError) as error:
        load(tmp_path, text)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_bytes(b"\xff\xfe[\x00")
    with pytest.raises(CourseError, match="not UTF-8"):
        Rules.load(tmp_path)
    (tmp_path / "course.toml").unlink()
    (tmp_path / "course.toml").mkdir()
    with pytest.raises(CourseError, match="cannot be read"):
        Rules.load(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, '\ufeff[course]\nname = "CNN"').name == "CNN"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10 min", 600),
        ("2 days", 172800),
        ("1 day 12 hours", 129600),
        ("1.5h", 5400),
        ("1 Week", 604800),
        ("0 days", 0),
    ],
)
def test_durations(text: str, seconds: float) -> None:
    assert parse_duration(text).total_seconds() == seconds


@pytest.mark.parametrize("text", [" ", "2", "days", "-1 day", "2 months", "1 day,", "1e400 days", "9" * 400 + " days"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text[:20])):
        parse_duration(text)


DAY = 86400.0


@pytest.mark.parametrize(
    ("late", "seconds", "off"),
    [
        (Late(penalty=0.1), 1, 4.0),
        (Late(penalty=0.1), DAY, 4.0),
        (Late(penalty=0.1), DAY + 1, 8.0),
        (Late(penalty=0.1), 20 * DAY, 40.0),
        (Late(penalty=0.1, exact=True), DAY / 2, 2.0),
        (Late(penalty=0.1, grace=timedelta(minutes=10)), 600, 0.0),
        (Late(penalty=0.1, grace=timedelta(minutes=10)), 601, 4.0),
        (Late(penalty=0.1, floor=0.7), 20 * DAY, 12.0),
        (Late(penalty=0.1, floor=0.7, zero_after=timedelta(days=7)), 7 * DAY, 12.0),
        (Late(penalty=0.1, floor=0.7, zero_after=timedelta(days=7)), 7 * DAY + 1, 40.0),
        (Late(zero_after=timedelta()), 1, 40.0),
        (Late(), 20 * DAY, 0.0),
    ],
)
def test_what_a_late_submission_of_forty_points_loses(late: Late, seconds: float, off: float) -> None:
    assert late.taken_off(40.0, seconds) == off
