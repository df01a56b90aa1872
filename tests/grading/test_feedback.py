"""Feedback is written again when anything that it shows has changed, by every way that leads to it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from nbgrader.apps.api import NbGraderAPI
from nbgrader.converters import GenerateFeedback
from nbgrader.exchange.default import ExchangeReleaseFeedback
from nbgrader.utils import capture_log

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.feedback import writing
from helpers.grading.feedback.writing import write_feedback
from helpers.notebooks.errors import CourseError
from tests.conftest import ROOT, SMALL
from tests.grading.conftest import hand_in

pytestmark = pytest.mark.slow

LAB, NOTEBOOK = SMALL.assignment, SMALL.notebook
CLASS = ["ada", "ben", "eva"]


@pytest.fixture(scope="module")
def graded_class(released_course: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three, graded; for reading only."""
    course = Course(shutil.copytree(released_course, tmp_path_factory.mktemp("graded") / "course"))
    for student in CLASS:
        path = hand_in(course, student) / SMALL.path.name
        path.write_text(path.read_text().replace("*Write your answer here.*", "Since I think so."))
    (hand_in(course, "eva") / SMALL.path.name).write_text("{")
    assert main(["--course", str(course.root), "autograde", LAB]) == 0
    write_feedback(course, LAB)
    return course.root


@pytest.fixture
def course(graded_class: Path, tmp_path: Path) -> Course:
    return Course(shutil.copytree(graded_class, tmp_path / "course"))


def page(course: Course, student: str = "ada") -> Path:
    return course.folder("feedback", student, LAB) / f"{NOTEBOOK}.html"


def comment(course: Course) -> None:
    with course.gradebook() as gradebook:
        gradebook.find_comment("k1-double-why", NOTEBOOK, LAB, "ada").manual_comment = "Well argued."
        gradebook.db.commit()


def mark(course: Course) -> None:
    with course.gradebook() as gradebook:
        gradebook.find_grade("k1-double-why", NOTEBOOK, LAB, "ada").manual_score = 0.5
        gradebook.db.commit()


def be_late(course: Course) -> None:
    (course.root / "course.toml").write_text(f"[late]\npenalty = 20\n[labs.{LAB}]\ndue = 2026-01-30T12:00:00\n")
    with course.gradebook() as gradebook:
        gradebook.find_submission(LAB, "ada").timestamp = datetime(2026, 1, 30, 13)
        gradebook.db.commit()


def name(course: Course) -> None:
    (course.root / "roster.csv").write_text("id,name\nada,Ada Lovelace\n")


def answer(course: Course) -> None:
    path = course.folder("autograded", "ada", LAB) / f"{NOTEBOOK}.ipynb"
    path.chmod(0o644)
    path.write_text(path.read_text().replace("2 * n", "n * 2"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (comment, "Well argued."),
        (mark, "5.5</strong> of 6 points"),
        (be_late, "1 point taken off"),
        (name, "Ada Lovelace"),
        (answer, '<span class="n">n</span> <span class="o">*</span> <span class="mi">2</span>'),
    ],
)
def test_a_page_is_written_again_when_what_it_shows_has_changed(
    change: Callable[[Course], None], words: str, course: Course
) -> None:
    before = page(course).read_text()
    assert words not in before
    change(course)
    result = write_feedback(course, LAB)
    assert (result.written, result.unchanged) == (["ada"], ["ben", "eva"])
    assert words in page(course).read_text()


def test_a_change_of_the_lab_or_of_the_template_changes_all(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    (course.root / "release" / LAB / "picture.svg").write_text("<svg/>")
    assert write_feedback(course, LAB).written == CLASS
    assert write_feedback(course, LAB).unchanged == CLASS
    monkeypatch.setattr(writing, "_version", lambda: "another")
    assert write_feedback(course, LAB).written == CLASS


def test_what_has_not_changed_stays_as_it_is(course: Course) -> None:
    before, time = page(course).read_bytes(), page(course).stat().st_mtime_ns
    assert write_feedback(course, LAB).unchanged == CLASS
    assert page(course).stat().st_mtime_ns == time
    assert write_feedback(course, LAB, force=True).written == CLASS
    assert page(course).read_bytes() == before


def test_a_page_of_another_program_is_replaced_and_a_missing_one_written(course: Course) -> None:
    page(course).write_text("<html>nbgrader's own</html>")
    page(course, "ben").unlink()
    assert write_feedback(course, LAB).written == ["ada", "ben"]


def test_a_grading_that_changes_nothing_that_is_shown_changes_no_page(course: Course) -> None:
    before = page(course).read_bytes()
    facts = course.folder("autograded", "ada", LAB) / "grading.json"
    facts.chmod(0o644)
    facts.write_text(facts.read_text().replace('"notes": []', '"notes": ["for the instructor"]'))
    assert write_feedback(course, LAB).written == []
    assert page(course).read_bytes() == before


def test_one_broken_notebook_costs_nobody_else(course: Course) -> None:
    path = course.folder("autograded", "ada", LAB) / f"{NOTEBOOK}.ipynb"
    path.chmod(0o644)
    path.write_text("{")
    result = write_feedback(course, LAB, force=True)
    assert result.written == ["ben", "eva"]
    assert set(result.failed) == {"ada"}


def test_processes_write_the_same_pages(course: Course, tmp_path: Path) -> None:
    for number in range(12):
        shutil.copytree(course.folder("submitted", "ada", LAB), course.folder("submitted", f"student{number}", LAB))
    assert main(["--course", str(course.root), "autograde", LAB]) == 0
    command = [sys.executable, "-c", "from helpers.cli import main; main()", "--course", str(course.root)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, "feedback", LAB, "--force"], env=environment, capture_output=True, text=True)
    assert "15 written, 0 were up to date, 0 failed." in " ".join(done.stdout.split()), done
    written = page(course, "student7").read_bytes()
    write_feedback(course, LAB, ["student7"], force=True)
    assert page(course, "student7").read_bytes() == written


def test_what_waits_and_what_could_not_be_read_is_said(course: Course, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--course", str(course.root), "feedback", LAB, "--students", "ada", "eva"]) == 0
    assert "0 written, 2 were up to date, 0 failed. A person has yet to mark answers of 1 student." in " ".join(
        capsys.readouterr().out.split()
    )
    assert "could not be read" in page(course, "eva").read_text().partition("<h1>")[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([LAB, "--students", "zoe"], f"zoe: no submission to {LAB} is graded."),
        (["lab99"], "there is no lab lab99"),
        ([LAB, "--to", "x.zip"], "--to and --download need --zip"),
        ([LAB, "--zip", "moodle"], "is missing, and only the platform's download tells"),
    ],
)
def test_a_mistake_is_said_in_a_line(
    arguments: list[str], words: str, course: Course, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--course", str(course.root), "feedback", *arguments]) == 2
    assert words in capsys.readouterr().err


def test_what_is_not_released_or_not_graded_is_said(course: Course) -> None:
    shutil.rmtree(course.root / "autograded")
    with pytest.raises(CourseError, match=f"Run `course autograde {LAB}`"):
        write_feedback(course, LAB)
    shutil.rmtree(course.root / "release")
    with pytest.raises(CourseError, match="was not released"):
        write_feedback(course, LAB)


def feedback_of_nbgrader(course: Course, **settings: Any) -> dict[str, Any]:
    course.coursedir.assignment_id = LAB
    converter = GenerateFeedback(coursedir=course.coursedir, parent=None, config=course.config)
    for setting, value in settings.items():
        setattr(converter.coursedir, setting, value)
    return dict(capture_log(converter))


def test_nbgrader_writes_the_same_pages(course: Course) -> None:
    comment(course)
    before = page(course, "ben").stat().st_mtime_ns
    result = feedback_of_nbgrader(course)
    assert result["success"], result
    assert page(course, "ben").stat().st_mtime_ns == before
    written = page(course).read_bytes()
    assert b"Well argued." in written
    write_feedback(course, LAB, force=True)
    assert page(course).read_bytes() == written


def test_nbgrader_writes_for_those_it_is_asked_for(course: Course) -> None:
    shutil.rmtree(course.root / "feedback")
    assert feedback_of_nbgrader(course, student_id="[ab]*", student_id_exclude="ben")["success"]
    assert [path.name for path in (course.root / "feedback").iterdir()] == ["ada"]
    assert "no submission of zoe" in feedback_of_nbgrader(course, student_id="zoe")["log"]


def test_formgraders_buttons_write_the_same_pages(course: Course) -> None:
    written = page(course).read_bytes()
    api = NbGraderAPI(course.coursedir, config=course.config)
    for student, others in (("ada", []), (None, ["ben", "eva"])):
        shutil.rmtree(course.root / "feedback")
        result = api.generate_feedback(LAB, student)
        assert result["success"], result
        assert sorted(path.name for path in (course.root / "feedback").iterdir()) == ["ada", *others]
        assert page(course).read_bytes() == written


def test_nbgrader_releases_the_pages(course: Course, tmp_path: Path) -> None:
    for student in CLASS:
        folder = course.folder("autograded", student, LAB)
        (folder / "timestamp.txt").write_text("2026-01-30 17:05:00 UTC\n")
        (folder / "submission_secret.txt").write_text(f"secret of {student}")
    write_feedback(course, LAB, force=True)
    course.config.Exchange.root = str(tmp_path / "exchange")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    course.coursedir.assignment_id, course.coursedir.student_id = LAB, "*"
    exchange = ExchangeReleaseFeedback(coursedir=course.coursedir, config=course.config)
    result = capture_log(exchange)
    assert result["success"], result
    released = list((tmp_path / "exchange").rglob("feedback/*.html"))
    assert sorted(path.read_bytes() for path in released) == sorted(page(course, name).read_bytes() for name in CLASS)
