"""`release/` is what `source/` gives; a solved lab earns all points, an untouched one none."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from helpers.grading.answers import files_beside, read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.labs import Lab
from helpers.grading.term.marks import read_marks
from helpers.notebooks.cells import error_message, is_check, is_parameters, rewrite_parameters
from tests.conftest import ROOT, each_lab, make_course

SECRETS = ("BEGIN SOLUTION", "BEGIN HIDDEN TESTS", "BEGIN MARK SCHEME")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Lab], Course]:
    """Gives a course in which a lab is released, which takes seconds: made once for each lab."""

    @functools.cache
    def make(lab: Lab) -> Course:
        course = Course(make_course(tmp_path_factory.mktemp(lab.assignment) / "course", lab))
        course.release(lab.assignment)
        return course

    return make


@pytest.mark.slow
@each_lab()
def test_release_is_in_step_with_source(lab: Lab, released: Callable[[Lab], Course]) -> None:
    made = released(lab).root / "release" / lab.assignment
    committed = ROOT / "release" / lab.assignment
    files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
    kept = sorted(path.relative_to(committed) for path in committed.rglob("*") if path.is_file())
    assert kept == files, "run `make release`"
    for name in files:
        assert (committed / name).read_bytes() == (made / name).read_bytes(), f"{name}: run `make release`"


@each_lab()
def test_release_holds_no_secret(lab: Lab) -> None:
    text = (ROOT / "release" / lab.assignment / lab.path.name).read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in text] == []
    for source in lab.solutions().values():
        body = source.split("### BEGIN SOLUTION\n")[1].split("### END SOLUTION")[0].strip().splitlines()
        assert not all(repr(line)[1:-1] in text for line in body), source


@pytest.mark.slow
def test_release_holds_no_network_that_the_instructor_has_trained(small: Lab, tmp_path: Path) -> None:
    course = Course(make_course(tmp_path / "course", small))
    (course.root / "source" / small.assignment / "trained.safetensors").write_bytes(b"weights")
    (course.root / "source" / small.assignment / "table.csv").write_bytes(b"1,2")
    course.release(small.assignment)
    released = {path.name for path in (course.root / "release" / small.assignment).iterdir()}
    assert "table.csv" in released
    assert "trained.safetensors" not in released


@pytest.mark.slow
@each_lab()
def test_all_of_a_students_copy_runs_and_each_check_says_what_is_not_done(lab: Lab, tmp_path: Path) -> None:
    notebook = nbformat.read(ROOT / "release" / lab.assignment / lab.path.name, as_version=4)
    parameters = next(cell for cell in notebook.cells if is_parameters(cell))
    parameters.source = rewrite_parameters(parameters.source, lab.settings().smoke)
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    client.execute()  # as JupyterLab does: it stops at an error in a cell that is not tagged `raises-exception`
    for cell in notebook.cells:
        if is_check(cell) and "hidden" not in cell.id:
            assert [error_message(output) for output in cell.outputs if output.output_type == "error"], cell.id


@pytest.mark.slow
@each_lab()
def test_solved_labs_earn_all_points_and_untouched_ones_none(lab: Lab, released: Callable[[Lab], Course]) -> None:
    course = released(lab)
    copy = course.root / "release" / lab.assignment / lab.path.name
    solutions = lab.solutions()
    other = {
        e.id: e.select(right=True)[0].source for e in read_answers(ROOT / "tests/answers" / lab.assignment).values()
    }
    students = {"solved": solutions, "differently": {**solutions, **other}, "untouched": {}}
    for student, answers in students.items():
        submission(course, student, lab, copy, answers)
    course.autograde(lab.assignment, "*")
    scores = {score.student: score for score in read_marks(course)}
    for student in ("solved", "differently"):
        lost = lost_points(course, lab, student)
        assert not lost, f"{student}: {lost}"
    assert scores["untouched"].points == 0
    assert not [note for score in scores.values() for note in score.notes]


def submission(course: Course, student: str, lab: Lab, released: Path, answers: dict[str, str]) -> None:
    folder = course.folder("submitted", student, lab.assignment)
    shutil.copytree(released.parent, folder)
    notebook = fill_in(nbformat.read(released, as_version=4), answers, words="In words." if answers else "")
    nbformat.write(notebook, folder / lab.path.name)
    for path in files_beside(ROOT / "tests" / "answers" / lab.assignment) if answers else []:
        shutil.copy(path, folder)


def lost_points(course: Course, lab: Lab, student: str) -> list[str]:
    """The autograded cells that did not earn all their points."""
    with course.gradebook() as gradebook:
        grades = gradebook.find_submission_notebook(lab.notebook, lab.assignment, student).grades
        return [
            f"{grade.name}: {grade.auto_score:g} of {grade.max_score:g}"
            for grade in grades
            if grade.auto_score is not None and grade.auto_score < grade.max_score
        ]
