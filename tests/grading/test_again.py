"""After the first grading: a check is mended, points change, questions come or go, and nobody loses a mark."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.converters.base import BaseConverter
from nbgrader.utils import capture_log

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.pipeline.batch import Grading
from helpers.grading.term.marks import Mark, read_marks
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading.conftest import hand_in

pytestmark = pytest.mark.slow

LAB = SMALL.assignment
MENDED = 'with question("K1"):\n    call(double, 2).gives(5)'

Says = Callable[..., str]


@pytest.fixture
def course(course: Course, capsys: pytest.CaptureFixture[str]) -> Course:
    """A course in which one submission was graded: all is right, and a written answer waits."""
    hand_in(course, "ada")
    assert main(["--course", str(course.root), "autograde", LAB]) == 0
    capsys.readouterr()
    return course


@pytest.fixture
def autograde(course: Course, capsys: pytest.CaptureFixture[str]) -> Says:
    """Run `course autograde`; gives what it says."""

    def run(*options: str, code: int = 0) -> str:
        assert main(["--course", str(course.root), "autograde", LAB, *options]) == code
        said = capsys.readouterr()
        return said.out + said.err

    return run


def edit(course: Course, change: Callable[[dict[str, NotebookNode], list[NotebookNode]], object]) -> None:
    """Change the cells of the lab in `source/`."""
    path = course.root / "source" / LAB / SMALL.path.name
    notebook = nbformat.read(path, as_version=4)
    change({cell.id: cell for cell in notebook.cells}, notebook.cells)
    nbformat.write(notebook, path)


def mend(course: Course) -> None:
    edit(course, lambda by_name, _: by_name["k1-double-check"].update(source=MENDED))


def change_points(course: Course, points: float) -> None:
    edit(course, lambda by_name, _: by_name["k1-double-hidden"].metadata.nbgrader.update(points=points))


def take_out(course: Course, name: str) -> None:
    edit(course, lambda by_name, cells: cells.remove(by_name[name]))


def add_question(course: Course) -> None:
    """A third question: an answer in words, and a check that holds for the lab's parameters alone."""

    def add(by_name: dict[str, NotebookNode], cells: list[NotebookNode]) -> None:
        for like, name in (("k1-double-why", "k3-why"), ("k2-x-check", "k3-check")):
            cell = copy.deepcopy(by_name[like])
            cell.id = cell.metadata.nbgrader.grade_id = name
            cells.append(cell)

    edit(course, add)


def give(course: Course, points: float, words: str) -> None:
    """What a person does in formgrader."""
    with course.gradebook() as gradebook:
        place = SMALL.notebook, LAB, "ada"
        grade = gradebook.find_grade("k1-double-why", *place)
        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.find_comment("k1-double-why", *place).manual_comment = words
        gradebook.db.commit()


def given(course: Course) -> tuple[float, str]:
    with course.gradebook() as gradebook:
        place = "k1-double-why", SMALL.notebook, LAB, "ada"
        return gradebook.find_grade(*place).manual_score, gradebook.find_comment(*place).comment


def score(course: Course) -> Mark:
    (found,) = read_marks(course)
    return found


def convert(course: Course, converter: type[BaseConverter]) -> str:
    """Run a command of nbgrader's as a person does, without --force; gives its log."""
    course.coursedir.assignment_id = LAB
    result = capture_log(converter(coursedir=course.coursedir, parent=None, config=course.config))
    assert result["success"], result
    return str(result["log"])


def test_feedback_shows_what_a_person_gave_since(course: Course) -> None:
    page = course.folder("feedback", "ada", LAB) / "small.html"
    convert(course, GenerateFeedback)
    assert "Score: 5.0 / 6.0" in page.read_text()
    give(course, 0.5, "Well argued")
    convert(course, GenerateFeedback)
    assert "Score: 5.5 / 6.0" in page.read_text()
    assert "Well argued" in page.read_text()


@pytest.mark.parametrize("released", [True, False])
def test_a_mended_check_is_said_and_force_grades_by_it(released: bool, course: Course, autograde: Says) -> None:
    give(course, 0.5, "Well argued")
    mend(course)
    if released:
        course.release(LAB)
    said = autograde()
    assert f"{LAB} has changed since 1 of 1 submissions were graded. `course autograde {LAB} --force`" in said
    assert "Nothing to grade" not in said
    assert ("release/ is older than source/, which counts (k1-double-check changed)" in said) is not released
    assert "has changed since" in autograde("--dry-run")
    assert score(course).points == 5.5
    assert "has changed since" not in autograde("--force")
    assert score(course).points == 4.5
    assert given(course) == (0.5, "Well argued")
    course.release(LAB)
    assert autograde().startswith("Nothing to grade: every submission is graded.")


def test_nbgrader_says_it_too(course: Course) -> None:
    mend(course)
    said = convert(course, Autograde)
    assert "has changed since 1 of 1 submissions" in said
    assert "release/ is older than source/" in said


def test_a_file_of_the_labs_own_counts_as_the_lab(course: Course, autograde: Says) -> None:
    (course.root / "source" / LAB / "table").write_text("1")
    assert "has changed since" in autograde()


def test_words_are_mended_without_grading_anybody_again(course: Course, autograde: Says) -> None:
    edit(course, lambda by_name, _: by_name["k1-double-task"].update(source="### K1 · Double (4 points, about 2 min)"))
    assert "has changed since" not in autograde()


@pytest.mark.parametrize("released", [True, False])
@pytest.mark.parametrize("points", [5, 0])
def test_changed_points_count(released: bool, points: float, course: Course, autograde: Says) -> None:
    change_points(course, points)
    if released:
        course.release(LAB)
    assert "has changed since" in autograde()
    assert ("k1-double-hidden changed" in autograde("--force")) is not released
    assert (score(course).points, score(course).possible) == (3 + points, 4 + points)


@pytest.mark.parametrize("name", ["k1-double-hidden", "k1-double-why", "k2-x"])
def test_a_question_with_marks_cannot_be_taken_out(name: str, course: Course, autograde: Says) -> None:
    give(course, 0.5, "Well argued")
    release = course.root / "release" / LAB / SMALL.path.name
    before = release.read_bytes()
    take_out(course, name)
    with pytest.raises(CourseError, match=f"lacks {name}, where students have marks. Put it back") as refused:
        course.release(LAB)
    assert "Traceback" not in str(refused.value)
    assert release.read_bytes() == before
    assert autograde("--force", code=2).count("\n") == 1
    assert (score(course).points, score(course).possible) == (5.5, 6)
    assert given(course) == (0.5, "Well argued")


def test_a_cell_without_marks_can(course: Course, autograde: Says) -> None:
    take_out(course, "k1-double-task")
    assert "Run `nbgrader generate_assignment --force" in autograde(code=2)
    course.release(LAB)
    autograde("--force")
    assert score(course).points == 5


def test_before_anybody_has_handed_in_all_can(small_course: Path) -> None:
    course = Course(small_course)
    take_out(course, "k2-x-hidden")
    with pytest.raises(CourseError, match=r"holds other cells than were released \(k2-x-hidden\). Run `nbgrader"):
        Grading(course, LAB)
    course.release(LAB)
    assert "k2-x-hidden" not in Grading(course, LAB).master.points


def test_a_new_question_is_graded(course: Course, autograde: Says) -> None:
    give(course, 0.5, "Well argued")
    add_question(course)
    assert "(k3-check, k3-why). Run `nbgrader generate_assignment --force" in autograde(code=2)
    course.release(LAB)
    assert "has changed since" in autograde()
    assert (score(course).points, score(course).possible) == (5.5, 8)
    autograde("--force")
    assert (score(course).points, score(course).possible) == (6.5, 8)
    assert given(course) == (0.5, "Well argued")
    convert(course, GenerateFeedback)
    assert "Score: 6.5 / 8.0" in (course.folder("feedback", "ada", LAB) / "small.html").read_text()


def test_a_release_that_fails_leaves_the_one_before(course: Course) -> None:
    release = course.root / "release" / LAB / SMALL.path.name
    before = release.read_bytes()
    edit(course, lambda by_name, _: by_name["k2-x"].update(source="### BEGIN SOLUTION\nx = 1"))
    with pytest.raises(CourseError):
        course.release(LAB)
    assert release.read_bytes() == before


@pytest.mark.parametrize("words", ["", "{", None])
def test_a_lab_that_cannot_be_read_is_named(words: str | None, course: Course, autograde: Says) -> None:
    lab = course.root / "source" / LAB / SMALL.path.name
    lab.unlink() if words is None else lab.write_text(words)
    with pytest.raises(CourseError, match=r"small\.ipynb cannot be read\. Put the lab's") as refused:
        course.release(LAB)
    assert "Traceback" not in str(refused.value)
    assert "small.ipynb cannot be read" in autograde("--force", code=2)
    assert score(course).points == 5


def test_what_was_graded_is_known_by_what_it_holds(course: Course) -> None:
    (course.folder("submitted", "ada", LAB) / "weights").write_text("1")  # no time stamp says when
    assert Grading(course, LAB).plan().to_grade == ["ada"]
    (course.folder("submitted", "ada", LAB) / "weights").unlink()
    hand_in(course, "ada")
    assert Grading(course, LAB).plan().graded == ["ada"]
