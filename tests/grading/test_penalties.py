"""The rules of a term in nbgrader's gradebook: what is written, what is left alone, and that all numbers agree."""

from __future__ import annotations

import csv
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.plugins import BasePlugin
from nbgrader.plugins.export import CsvExportPlugin
from rich.console import Console

from helpers.grading.course import Course
from helpers.grading.exports.export import Request, export
from helpers.grading.report.report import report
from helpers.grading.term.marks import Mark, read_marks
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from tests.grading.gradebooks import DUE, LAB, enter, give, set_due

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = f"""
[late]
grace = "10 min"
penalty = 10
floor = 50
zero_after = "7 days"
[labs.{LAB}]
due = {DUE.isoformat()}Z
[students.eva]
extensions = {{{LAB} = "2 days"}}
[students.max]
exempt = ["{LAB}"]
"""


def write(course: Course, text: str) -> Rules:
    (course.root / "course.toml").write_text(text, encoding="utf-8")
    return Rules.load(course.root)


def marks(course: Course) -> dict[str, Mark]:
    apply_rules(course, Rules.load(course.root))
    return {mark.student: mark for mark in read_marks(course)}


@pytest.fixture(scope="module")
def entered(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Students who are in time, late, extended, exempt, marked by hand, and who have submitted again."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("term") / "course"))
    write(course, RULES)
    enter(course, "ada", by_hand=1.0)
    enter(course, "ben", at=DUE + 25 * HOUR, by_hand=0.5)
    enter(course, "dan", at=DUE + timedelta(minutes=10), by_hand=1.0)
    enter(course, "eva", at=DUE + 3 * DAY, by_hand=1.0)
    enter(course, "max", at=DUE + 2 * DAY, by_hand=1.0)
    enter(course, "ida", at=DUE + 8 * DAY, by_hand=1.0)
    enter(course, "kim", at=DUE + 6 * DAY, by_hand=1.0)
    enter(course, "gina", at=DUE + HOUR)
    enter(course, "leo", at=DUE + DAY, by_hand=0.0)
    enter(course, "leo", {"k1-double-check": 1.0}, at=DUE - DAY, by_hand=1.0)  # again, and in time
    (course.root / "roster.csv").write_text("id,name\nada,Ada Lovelace\nzoe,Zoë Ärmel\n", encoding="utf-8")
    return course.root


@pytest.fixture
def late_class(entered: Path, tmp_path: Path) -> Course:
    """A copy of that class to write into."""
    return Course(shutil.copytree(entered, tmp_path / "late"))


EXPECTED = {  # points, penalty, score
    "ada": (6.0, 0.0, 6.0),
    "ben": (5.5, 1.1, 4.4),  # two days have begun
    "dan": (6.0, 0.0, 6.0),  # in the grace period
    "eva": (6.0, 0.6, 5.4),
    "max": (6.0, 1.2, 4.8),
    "ida": (6.0, 6.0, 0.0),
    "kim": (6.0, 3.0, 3.0),  # six days, but half stays
    "gina": (5.0, 0.5, 4.5),
    "leo": (2.0, 0.0, 2.0),
    "zoe": (0.0, 0.0, 0.0),
}


def test_late_submissions_lose_what_the_rules_say(late_class: Course) -> None:
    found = {name: (mark.points, mark.penalty, mark.score) for name, mark in marks(late_class).items()}
    assert found == {name: pytest.approx(figures) for name, figures in EXPECTED.items()}


def test_all_programs_agree(late_class: Course, tmp_path: Path) -> None:
    report(late_class, tmp_path / "report", Console(quiet=True))
    with (tmp_path / "report" / "scores.csv").open(encoding="utf-8") as stream:
        ours = {row["student"]: row for row in csv.DictReader(stream)}
    with late_class.gradebook() as gradebook:
        CsvExportPlugin(to=str(tmp_path / "nbgrader.csv")).export(gradebook)
    with (tmp_path / "nbgrader.csv").open(encoding="utf-8") as stream:
        theirs = {row["student_id"]: row for row in csv.DictReader(stream)}
    export(late_class, Request("csv", to=tmp_path / "export.csv"))
    with (tmp_path / "export.csv").open(encoding="utf-8") as stream:
        exported = {row["student"]: row[LAB] for row in csv.DictReader(stream)}
    formgrader = {row["student"]: row["score"] for row in NbGraderAPI(late_class.coursedir).get_submissions(LAB)}
    for name, (points, penalty, score) in EXPECTED.items():
        if name != "zoe":
            assert formgrader[name] == pytest.approx(points)  # formgrader shows points, not penalties
            assert float(theirs[name]["raw_score"]) == pytest.approx(points)
            assert float(theirs[name]["late_submission_penalty"]) == pytest.approx(penalty)
            assert float(theirs[name]["score"]) == pytest.approx(score)
        assert float(ours[name]["score"]) == pytest.approx(score)
        assert exported[name] == ("" if name in ("max", "gina", "zoe") else f"{score:g}")
    assert "exempt" in (tmp_path / "report" / "index.html").read_text()


def test_names_come_from_the_roster_and_nobody_on_it_is_missing(late_class: Course) -> None:
    found = marks(late_class)
    assert (found["ada"].name, found["zoe"].name, found["ben"].name) == ("Ada Lovelace", "Zoë Ärmel", "ben")
    assert (found["zoe"].submitted, found["zoe"].notes) == (False, ["nothing submitted"])
    assert found["ben"].notes == ["late by 1 day, 1:00:00, which costs 1.1 points"]


def test_points_given_later_change_the_penalty(late_class: Course) -> None:
    assert marks(late_class)["gina"].penalty == pytest.approx(0.5)
    give(late_class, "gina", 1.0)
    assert marks(late_class)["gina"].penalty == pytest.approx(0.6)


def test_an_extension_can_be_taken_back(late_class: Course) -> None:
    assert marks(late_class)["eva"].extension_seconds == 2 * 86400
    write(late_class, RULES.replace('"2 days"', '"0 days"'))
    eva = marks(late_class)["eva"]
    assert eva.extension_seconds == 0
    assert eva.penalty == pytest.approx(1.8)


@pytest.fixture
def statements(late_class: Course) -> Iterator[list[str]]:
    """What writes into the gradebook, as SQLite sees it."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    seen: list[str] = []

    def listen(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(Engine, "before_cursor_execute", listen)
    yield seen
    event.remove(Engine, "before_cursor_execute", listen)


def test_what_does_not_change_is_not_written(late_class: Course, statements: list[str]) -> None:
    marks(late_class)
    assert [statement for statement in statements if statement.startswith("UPDATE")]
    statements.clear()
    marks(late_class)
    assert not [statement for statement in statements if not statement.startswith(("SELECT", "PRAGMA"))]


def test_a_gradebook_that_is_in_use_is_said_and_stays_as_it_is(
    late_class: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = late_class.root / "gradebook.db"
    late_class.coursedir.db_url = f"sqlite:///{path}?timeout=0.1"
    somebody = sqlite3.connect(path, isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")
    with pytest.raises(CourseError, match=r"database is locked.*nothing in it was changed"):
        apply_rules(late_class, Rules.load(late_class.root))
    somebody.execute("ROLLBACK")
    assert somebody.execute("SELECT count(*) FROM submitted_notebook WHERE late_submission_penalty > 0").fetchone() == (
        0,
    )
    somebody.close()


class Half(BasePlugin):
    """An instructor's own plugin: late submissions lose a half."""

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        return score / 2


def test_without_a_file_an_instructors_own_rules_stay(course: Course) -> None:
    set_due(course)
    enter(course, "ada", at=DUE + 3 * DAY, by_hand=1.0)
    enter(course, "ben", at=DUE + 3 * DAY, by_hand=1.0)
    with course.gradebook() as gradebook:
        gradebook.grant_extension(LAB, "ben", days=4)
    course.config.AssignLatePenalties.plugin_class = Half
    found = marks(course)
    assert (found["ada"].penalty, found["ben"].penalty) == (3.0, 0.0)
    write(course, f"[labs.{LAB}]\nweight = 2")  # says nothing of dates and penalties
    assert marks(course)["ada"].penalty == 3.0
    with course.gradebook() as gradebook:
        assert gradebook.find_assignment(LAB).duedate == DUE


def test_nbgraders_own_setting_holds_if_the_file_sets_no_penalty(course: Course) -> None:
    set_due(course)
    enter(course, "ada", at=DUE + DAY, by_hand=1.0)
    assert marks(course)["ada"].score == 6.0
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    assert marks(course)["ada"].score == 0.0


def test_two_ways_to_say_penalties_are_one_too_many(course: Course) -> None:
    course.config.AssignLatePenalties.plugin_class = Half
    with pytest.raises(CourseError, match=r"names another plugin for late penalties \(Half\)"):
        apply_rules(course, write(course, "[late]\npenalty = 10"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[labs.lab00-smal]\nweight = 1", "course.toml, labs: there is no lab lab00-smal. Did you mean lab00-small?"),
        ('[students.ada]\nexempt = ["lab99"]', "course.toml, students.ada: there is no lab lab99"),
        (f'[students.adda]\nexempt = ["{LAB}"]', "course.toml, students: there is no student adda. Did you mean ada?"),
    ],
)
def test_a_name_that_is_not_there_is_said(text: str, words: str, late_class: Course) -> None:
    with pytest.raises(CourseError) as error:
        apply_rules(late_class, write(late_class, text))
    assert words in str(error.value)


def test_without_a_roster_a_student_may_still_come(course: Course) -> None:
    apply_rules(course, write(course, f'[students.zoe]\nexempt = ["{LAB}"]'))


def test_an_extension_of_a_lab_that_is_never_due_breaks_nothing(course: Course) -> None:
    enter(course, "ada", at=datetime(2026, 5, 1), by_hand=1.0)
    write(course, f'[late]\npenalty = 10\n[students.ada]\nextensions = {{{LAB} = "2 days"}}')
    assert marks(course)["ada"].score == 6.0


def test_the_roster_knows_students_under_another_id(course: Course) -> None:
    enter(course, "Lea Lang", at=DUE + DAY, by_hand=1.0)
    (course.root / "roster.csv").write_text("id,name,section\nll1,Lea Lang,Tue\n", encoding="utf-8")
    write(course, RULES.replace("students.eva", "students.ll1").replace("[students.max]", "[students.'Lea Lang']"))
    found = marks(course)
    assert (found["Lea Lang"].section, found["Lea Lang"].exempt, len(found)) == ("Tue", True, 1)
