"""A term of two labs with a class of thirty: from the students' kit to the platforms' gradebooks and feedback."""

from __future__ import annotations

import csv
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from helpers.grading.term.marks import Mark, read_marks
from tests.a_term import (
    A_DAY_LATE,
    A_WEEK_LATE,
    AGAIN,
    EXTENDED,
    FIRST,
    MISSING,
    NAMESAKES,
    NO_NOTEBOOK,
    RENAMED,
    SECOND,
    Term,
    play,
)
from tests.grading.platforms_as_given import PEOPLE, Given

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def term(tmp_path_factory: pytest.TempPathFactory) -> Term:
    return play(tmp_path_factory.mktemp("term"))


@pytest.fixture(scope="module")
def marks(term: Term) -> dict[tuple[str, str], Mark]:
    return {(mark.student, mark.lab): mark for mark in read_marks(term.course)}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def page(term: Term, student: Given, lab: str) -> str:
    (path,) = term.course.folder("feedback", student.login, lab).glob("*.html")
    return path.read_text(encoding="utf-8")


def test_students_get_no_solution_and_no_hidden_test(term: Term) -> None:
    texts = [
        path.read_text(errors="replace") for path in term.kit.rglob("*") if path.suffix in (".ipynb", ".py", ".md")
    ]
    assert sum("def double(n: int)" in text for text in texts) == 2  # both labs
    for secret in ("return 2 * n", "Twice.", "Marking scheme: 1", "call(double, 5)"):
        assert not any(secret in text for text in texts), secret


def test_everybody_is_collected_or_named(term: Term, marks: dict[tuple[str, str], Mark]) -> None:
    for lab in (FIRST, SECOND):
        assert [student for student, of in marks if of == lab and not marks[student, of].submitted] == [MISSING.login]
    assert f"nothing was collected from: {MISSING.last}" in term.said["collect 1"]
    assert "no notebook in essay.docx" in term.said["collect canvas"]
    assert "replaces the submission" in term.said["collect 1"]
    assert list((term.root / "downloaded" / FIRST / "attempts" / AGAIN.login).iterdir())


def test_only_what_has_changed_is_graded_and_why_is_said(term: Term) -> None:
    assert "To grade: 26 new." in term.said["autograde 0"]
    assert "To grade: 3 new, 1 because the submission changed." in term.said["autograde 1"]
    assert "To grade: 29 because the lab changed (k1-double-hidden)." in term.said["autograde mended"]
    assert "0 written, 29 were up to date" in term.said["feedback moodle"]


def test_the_dry_run_foretells_the_marks(term: Term) -> None:
    assert "k1-double-hidden │ 0 │ 2 │ +2" in term.said["dry run"]
    assert "would gain points" in term.said["dry run"]
    assert "would lose" not in term.said["dry run"]


def test_marks_by_hand_stay_when_a_check_is_mended(marks: dict[tuple[str, str], Mark]) -> None:
    for person in (PEOPLE[0], *NAMESAKES):
        mark = marks[person.login, FIRST]
        assert mark.cells["k1-double-why"] == (0.5, 1.0)
        assert mark.score == 5.5
        assert mark.waiting == []


def test_lateness_costs_what_the_rules_say(marks: dict[tuple[str, str], Mark]) -> None:
    assert marks[A_DAY_LATE.login, FIRST].penalty == 0.5  # a day begun: 10 % of 5
    assert marks[A_WEEK_LATE.login, FIRST].penalty == 2.5  # the floor: 50 %
    assert marks[EXTENDED.login, FIRST].penalty == 0
    assert marks[EXTENDED.login, SECOND].penalty == 1  # two days begun, and the extension is for the first lab
    assert {mark.student for mark in marks.values() if mark.penalty} == {
        A_DAY_LATE.login,
        A_WEEK_LATE.login,
        EXTENDED.login,
    }


def test_every_program_gives_the_same_marks(term: Term, marks: dict[tuple[str, str], Mark]) -> None:
    command = [sys.executable, "-m", "nbgrader", "export", "--to=nbgrader.csv"]
    subprocess.run(command, cwd=term.root, check=True, capture_output=True)
    nbgrader = {(row["student_id"], row["assignment"]): float(row["score"]) for row in rows(term.root / "nbgrader.csv")}
    ours = {key: mark.score for key, mark in marks.items()}
    report = {(row["student"], row["lab"]): float(row["score"]) for row in rows(term.root / "report" / "scores.csv")}
    assert report == ours
    assert {key: score for key, score in nbgrader.items() if key in ours} == ours


def test_the_platforms_get_these_marks(term: Term, marks: dict[tuple[str, str], Mark]) -> None:
    moodle = {row["Email address"]: row["Grade"] for row in rows(term.root / "moodle.csv")}
    canvas = {row["SIS User ID"]: row["Lab 1: again (4711)"] for row in rows(term.root / "canvas.csv")[1:]}
    for person in PEOPLE:
        for scores, key, lab in ((moodle, person.email, FIRST), (canvas, person.login, SECOND)):
            mark = marks[person.login, lab]
            assert scores[key] == (f"{mark.score:g}" if mark.submitted else ""), person


def test_feedback_goes_back_to_the_upload_it_belongs_to(term: Term) -> None:
    for form, lab in (("moodle", FIRST), ("canvas", SECOND)):
        with zipfile.ZipFile(term.root / f"feedback-{form}.zip") as archive:
            pages = {name: archive.read(name).decode() for name in archive.namelist()}
        for person in set(PEOPLE) - {MISSING} - (set(NAMESAKES) if form == "moodle" else set()):
            sign = f"_{person.number}_" if form == "canvas" else f"/{person.name}_".replace("'", "")
            assert [text for name, text in pages.items() if sign in f"/{name}"] == [page(term, person, lab)], person
    assert "Not in it" in term.said["feedback moodle"]
    assert all(person.login in term.said["feedback moodle"] for person in NAMESAKES)


def test_feedback_says_what_was_missing_and_what_waits(term: Term) -> None:
    assert "Say why, too." in page(term, PEOPLE[0], FIRST)
    assert "Twice." in page(term, PEOPLE[14], SECOND) or "Twice." in page(term, PEOPLE[13], SECOND)
    assert "essay.docx" in page(term, NO_NOTEBOOK, SECOND)
    assert "my homework (final).ipynb" in page(term, RENAMED, FIRST)


def test_the_report_names_late_missing_and_waiting(term: Term) -> None:
    html = (term.root / "report" / "index.html").read_text(encoding="utf-8")
    for words in ("late 20 h", "−0.5 of 5", "extended 2 d", "missing", "to mark", "essay.docx", "section A"):
        assert words in html, words
