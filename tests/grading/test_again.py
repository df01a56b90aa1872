"""After the first grading: a check is mended, points change, questions come or go, and nobody loses a mark."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbgrader.converters import Autograde, GenerateFeedback

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.pipeline.batch import Grading
from helpers.grading.term.marks import Mark, read_marks
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading.conftest import convert, hand_in

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


def test_feedback_shows_what_a_person_gave_since(course: Course) -> None:
    page = course.folder("feedback", "ada", LAB) / "small.html"
    convert(course, GenerateFeedback)
    assert "<strong>5</strong> of 6 points" in page.read_text()
    give(course, 0.5, "Well argued")
    convert(course, GenerateFeedback)
    assert "<strong>5.5</strong> of 6 points" in page.read_text()
    assert "Well argued" in page.read_text()


@pytest.mark.parametrize("released", [True, False])
def test_a_mended_check_grades_again_and_its_name_is_said(released: bool, course: Course, autograde: Says) -> None:
    give(course, 0.5, "Well argued")
    mend(course)
    if released:
        course.release(LAB)
    said = autograde("--plan")
    assert "To grade: 1 because the lab changed (k1-double-check)." in said
    assert ("release/ is older than source/, which counts (k1-double-check changed)" in said) is not released
    assert score(course).points == 5.5
    assert "To grade: 1 because the lab changed (k1-double-check)." in autograde()
    assert score(course).points == 4.5
    assert given(course) == (0.5, "Well argued")
    course.release(LAB)
    assert autograde().startswith("Nothing to grade: every submission is graded.")


def test_each_reason_is_counted(course: Course, autograde: Says) -> None:
    hand_in(course, "ben")
    autograde()
    mend(course)
    hand_in(course, "ada", {"k1-double": "def double(n):\n    return n + n"})
    hand_in(course, "eva")
    said = autograde("--plan")
    assert "To grade: 1 new, 1 because the submission changed, 1 because the lab changed (k1-double-check)." in said
    assert "2 graded" in autograde("--only-new")
    assert "has changed since 1 of 3 submissions were graded (k1-double-check). They stay as they are." in autograde(
        "--only-new"
    )
    assert "To grade: 1 because the lab changed (k1-double-check), 2 again (--force)." in autograde("--plan", "--force")


def test_nbgrader_does_the_same(course: Course) -> None:
    mend(course)
    assert "release/ is older than source/" in convert(course, Autograde)
    assert score(course).points == 4


def put_file(course: Course) -> None:
    (course.root / "source" / LAB / "table").write_text("1")


def shorten_parameters(course: Course) -> None:
    edit(course, lambda by_name, _: by_name["parameters"].metadata.course.grading.update(SIZE=5))


def solve_otherwise(course: Course) -> None:
    solution = "### BEGIN SOLUTION\ndouble = lambda n: 2 * n\n### END SOLUTION"
    edit(course, lambda by_name, _: by_name["k1-double"].update(source=solution))


def never_lend(course: Course) -> None:
    edit(course, lambda by_name, _: by_name["parameters"].metadata.course.update(measured=["k1-double"]))


def swap_checks(course: Course) -> None:
    edit(course, lambda _, cells: cells.append(cells.pop(-2)))


def set_timeout(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.Execute.timeout = 60\n")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (mend, "k1-double-check"),
        (lambda course: change_points(course, 5), "points of k1-double-hidden"),
        (put_file, "file table"),
        (shorten_parameters, "parameters"),
        (solve_otherwise, "solution of k1-double"),
        (never_lend, "solution of k1-double"),
        (swap_checks, "order of cells"),
        (set_timeout, "c.Execute.timeout"),
    ],
)
def test_what_marks_depend_on_is_known_by_name(
    change: Callable[[Course], object], name: str, course: Course, autograde: Says
) -> None:
    change(course)
    assert f"To grade: 1 because the lab changed ({name})." in autograde("--plan")


def reword(course: Course) -> None:
    edit(course, lambda by_name, _: by_name["k1-double-task"].update(source="### K1 · Double (4 points, about 2 min)"))


def explain_otherwise(course: Course) -> None:
    solution = "### BEGIN SOLUTION\nSo.\n### END SOLUTION"
    edit(course, lambda by_name, _: by_name["k1-double-why"].update(source=solution))


def mend_smoke_values(course: Course) -> None:
    edit(course, lambda by_name, _: by_name["parameters"].metadata.course.smoke.update(EPOCHS=3))


@pytest.mark.parametrize("change", [reword, explain_otherwise, mend_smoke_values])
@pytest.mark.parametrize("released", [True, False])
def test_what_marks_do_not_depend_on_grades_nobody_again(
    released: bool, change: Callable[[Course], object], course: Course, autograde: Says
) -> None:
    change(course)
    if released:
        course.release(LAB)
    assert "Nothing to grade" in autograde()


def test_another_version_is_no_reason_but_is_said(
    course: Course, autograde: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("helpers.__version__", "9.9")
    said = autograde()
    assert "version 1.0.0 of this package graded some submissions, now it is 9.9." in " ".join(said.split())
    assert "Nothing to grade" in said


def test_what_an_earlier_version_graded_is_graded_again(course: Course, autograde: Says) -> None:
    facts = course.folder("autograded", "ada", LAB) / "grading.json"
    facts.chmod(0o644)
    facts.write_text(facts.read_text().replace('"lab": {', '"lab": "8f3a", "old": {'))
    assert "1 because the lab changed (an earlier version noted no details)" in autograde()


@pytest.mark.parametrize("released", [True, False])
@pytest.mark.parametrize("points", [5, 0])
def test_changed_points_count(released: bool, points: float, course: Course, autograde: Says) -> None:
    change_points(course, points)
    if released:
        course.release(LAB)
    assert ("k1-double-hidden changed" in autograde()) is not released
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
    assert "because the lab changed (order of cells, k3-check, stub of k3-why" in autograde("--plan")
    autograde()
    assert (score(course).points, score(course).possible) == (6.5, 8)
    assert given(course) == (0.5, "Well argued")
    convert(course, GenerateFeedback)
    assert "<strong>6.5</strong> of 8 points" in (course.folder("feedback", "ada", LAB) / "small.html").read_text()


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


def test_an_older_gradebook_gets_its_points_back(course: Course, autograde: Says) -> None:
    with course.gradebook() as gradebook:
        gradebook.remove_submission(LAB, "ada")
    assert "To grade: 1 because the gradebook lacks their points." in autograde()
    assert score(course).points == 5
    (course.root / "gradebook.db").write_bytes(b"no data base" * 100)
    assert "The gradebook cannot be read or written: file is not a database" in autograde(code=2)


def test_of_two_runs_at_once_the_second_is_refused(course: Course, autograde: Says) -> None:
    with course.alone("autograde", LAB):
        assert f"`course autograde {LAB}` is running already" in autograde("--force", code=2)
    assert "1 graded" in autograde("--force")
