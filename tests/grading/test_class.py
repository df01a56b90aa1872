"""A made-up class, graded for real in the small lab: every submission gets what it has earned, and a reason."""

from __future__ import annotations

import copy
import csv
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from helpers.grading.course import Course
from helpers.grading.demo.demo import demo
from helpers.grading.pages.harmless import make_safe
from helpers.grading.report.report import report
from helpers.grading.term.marks import Mark, read_marks
from helpers.grading.term.questions import difficulties
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL, make_course

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = make_course(tmp_path_factory.mktemp("class") / "course", SMALL)
    shutil.copytree(Path(__file__).parent / "course" / "tests", folder / "tests")
    files = folder / "tests" / "answers" / SMALL.assignment / "files"
    files.mkdir()
    (files / "weights.safetensors").write_bytes(b"weights")
    return folder


@pytest.fixture(scope="module")
def graded(course: Path) -> Course:
    """The folder in which the class was graded."""
    demo(course, course / "build", [], Console(quiet=True))
    return Course(course / "build")


@pytest.fixture(scope="module")
def scores(graded: Course) -> dict[str, Mark]:
    return {score.student: score for score in read_marks(graded)}


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("ada", 5),  # all that is graded by running it; the written answer waits for somebody
        ("ben", 5),
        ("dan", 3),  # the second question wrong
        ("eva", 0),
        ("finn", 3),  # the second question not done
        ("gina", 5),
        ("hugo", 3),  # the second answer deleted, its checks put back
        ("iris", 0),
        ("jan", 5),
        ("kim", 5),  # another name is no other work
        ("leo", 2),  # the visible checks alone
    ],
)
def test_each_earns_what_is_right(student: str, points: float, scores: dict[str, Mark]) -> None:
    assert scores[student].points == points
    assert scores[student].possible == 6


def test_weights_are_collected_with_the_notebook(graded: Course) -> None:
    assert (graded.folder("submitted", "ada", SMALL.assignment) / "weights.safetensors").read_bytes() == b"weights"


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("iris", "could not be read: the file is not JSON"),
        ("kim", "the notebook was found in my_work.ipynb (expected: small.ipynb)"),
        ("gina", "late by 1 day, 9:01:00"),
    ],
)
def test_what_is_out_of_the_ordinary_is_said(student: str, words: str, scores: dict[str, Mark]) -> None:
    assert any(words in note for note in scores[student].notes)


def test_the_others_need_no_words(scores: dict[str, Mark]) -> None:
    assert {student for student, score in scores.items() if score.notes} == {"iris", "kim", "gina", "max"}


def test_written_answers_wait_for_a_person(scores: dict[str, Mark]) -> None:
    assert (scores["ada"].by_hand, scores["eva"].by_hand, scores["kim"].by_hand) == (1, 0, 1)


def test_feedback_shows_messages_and_no_hidden_test(graded: Course) -> None:
    folder = graded.root / "feedback"
    leo = (folder / "leo" / "lab00-small" / "small.html").read_text()
    assert "K1: double(5): expected 10, got 25. Twice." in leo.replace("&#39;", "'")
    for page in folder.rglob("*.html"):
        text = page.read_text()
        for secret in ("HIDDEN TESTS", "MARK SCHEME", "Marking scheme", "gives(10"):
            assert secret not in text, page


def test_feedback_leaves_out_what_stands_above_the_title(graded: Course) -> None:
    page = (graded.root / "feedback" / "ada" / "lab00-small" / "small.html").read_text()
    assert "this cell installs it" not in page
    assert "How this notebook works" not in page


def test_feedback_tells_why_a_submission_could_not_be_read(graded: Course) -> None:
    page = graded.root / "feedback" / "iris" / "lab00-small" / "small.html"
    assert "could not be read" in page.read_text().partition("<h1>")[0]


def test_the_grading_values_were_used(graded: Course) -> None:
    assert "EPOCHS = 1  # passes" in (graded.root / "autograded/ada/lab00-small/small.ipynb").read_text()


def test_graded_notebooks_hold_only_what_is_harmless(graded: Course) -> None:
    for path in graded.root.glob("autograded/*/*/*.ipynb"):
        notebook = nbformat.read(path, as_version=4)
        safe = copy.deepcopy(notebook)
        make_safe(safe)
        assert notebook == safe, path


def test_the_report_holds_the_scores(graded: Course, tmp_path: Path) -> None:
    page = report(graded, tmp_path / "report", Console(quiet=True))
    rows = list(csv.DictReader((tmp_path / "report" / "scores.csv").open()))
    assert {row["student"]: float(row["points"]) for row in rows}["leo"] == 2
    assert "late by 1 day" in page.read_text()


def test_a_late_penalty_is_in_every_file(graded: Course, scores: dict[str, Mark]) -> None:
    assert (scores["gina"].points, scores["gina"].penalty, scores["gina"].score) == (5, 1, 4)  # two days begun
    with (graded.root / "marks.csv").open(encoding="utf-8-sig", newline="") as stream:
        (gina,) = (row for row in csv.reader(stream) if "gina" in row)
    assert "4" in gina


def test_everybody_gets_the_page_back_under_the_name_of_the_upload(graded: Course) -> None:
    with zipfile.ZipFile(graded.root / "feedback-lab00-small-moodle.zip") as archive:
        names = archive.namelist()
    assert len(names) == 12
    assert any(name.startswith("Finn OFlaherty_771006_assignsubmission_file") for name in names)


def test_students_work_on_the_kits_copies(graded: Course) -> None:
    assert (graded.root / "kit" / SMALL.assignment / SMALL.path.name).exists()
    assert (graded.root / "kit.zip").exists()
    assert not list((graded.root / "kit").rglob("grading"))


def test_the_hardest_question_comes_first(graded: Course) -> None:
    first, second = difficulties(read_marks(graded))
    assert (first.question, second.question) == ("k2-x", "k1-double")
    assert first.share < second.share


def test_written_answers_count_among_the_questions_once_all_of_their_kind_are_graded() -> None:
    ada = Mark("ada", "Ada", "", "lab", 1, 0, 1, 3, cells={"k1-check": (1, 1)}, waiting=["k2-why"])
    eva = Mark("eva", "Eva", "", "lab", 0, 0, 0, 3, cells={"k1-check": (0, 1), "k2-why": (0, 2)})  # she wrote nothing
    assert [(one.question, one.share) for one in difficulties([ada, eva])] == [("k1", 0.5)]
    graded = replace(ada, points=3, cells={**ada.cells, "k2-why": (2, 2)}, waiting=[])
    assert [(one.question, one.share) for one in difficulties([graded, eva])] == [("k1", 0.5), ("k2", 0.5)]


def test_a_student_who_handed_nothing_in_has_zero_and_a_note(graded: Course, tmp_path: Path) -> None:
    course = Course(shutil.copytree(graded.root, tmp_path / "copy"))
    with course.gradebook() as gradebook:
        gradebook.update_or_create_student("mia")
    mia = next(score for score in read_marks(course) if score.student == "mia")
    assert (mia.points, mia.possible, mia.notes) == (0, 6, ["nothing submitted"])


def test_a_folder_that_is_not_the_demos_is_left_alone(course: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(CourseError, match="is not empty"):
        demo(course, tmp_path, [], Console(quiet=True))
    assert (tmp_path / "thesis.txt").exists()


def test_an_unknown_lab_is_named(course: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no lab lab99; there are lab00-small"):
        demo(course, tmp_path / "new", ["lab99"], Console(quiet=True))
