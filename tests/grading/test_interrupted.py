"""A run that is stopped at any moment loses nothing, and the same command goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from helpers.grading.course import Course
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL
from tests.grading.conftest import hand_in

pytestmark = pytest.mark.slow

COMMAND = [str(Path(sys.executable).with_name("course")), "autograde", SMALL.assignment]
STUDENTS = [f"student{number:02d}" for number in range(12)]


@pytest.fixture
def course(course: Course) -> Course:
    for student in STUDENTS:
        hand_in(course, student)
    return course


def _stop_after(number: int, course: Course, how: signal.Signals) -> tuple[int, list[str]]:
    """Start grading, stop it after some submissions, and tell its exit code and who was graded until then."""
    with subprocess.Popen(COMMAND, cwd=course.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as run:
        assert run.stdout is not None
        graded = []
        for line in run.stdout:
            if line.endswith(": graded\n"):
                graded.append(line.removesuffix(": graded\n"))
            if len(graded) == number:
                break
        run.send_signal(signal.SIGSTOP)  # it waits until its children are known
        children = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(how)
        run.send_signal(signal.SIGCONT)
        run.stdout.read()
        code = run.wait(60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    return code, graded


def _go_on(course: Course) -> str:
    done = subprocess.run(COMMAND, cwd=course.root, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_same_command_goes_on(how: signal.Signals, course: Course) -> None:
    code, graded = _stop_after(3, course, how)
    assert code == (130 if how == signal.SIGINT else -how)
    kept = [student for student in STUDENTS if course.folder("autograded", student, SMALL.assignment).exists()]
    assert set(graded) <= set(kept)
    said = _go_on(course)
    assert f"{len(STUDENTS) - len(kept)} graded, 0 failed, {len(kept)} were graded before" in said
    assert {score.student: score.points for score in read_marks(course)} == dict.fromkeys(STUDENTS, 5.0)
    assert not any(course.root.glob(".autograding/*/*"))


def test_points_given_by_hand_stay_when_all_is_graded_again(course: Course) -> None:
    _go_on(course)
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("k1-double-check", SMALL.notebook, SMALL.assignment, STUDENTS[0])
        grade.manual_score = 0.5
        gradebook.db.commit()
    subprocess.run([*COMMAND, "--force"], cwd=course.root, capture_output=True, check=True, timeout=300)
    with course.gradebook() as gradebook:
        grade = gradebook.find_grade("k1-double-check", SMALL.notebook, SMALL.assignment, STUDENTS[0])
        assert (grade.manual_score, grade.auto_score, grade.needs_manual_grade) == (0.5, 1.0, True)


def test_what_is_out_of_the_ordinary_is_said_at_once(course: Course) -> None:
    notebook = course.folder("submitted", STUDENTS[0], SMALL.assignment) / SMALL.path.name
    notebook.rename(notebook.with_name("small (1).ipynb"))
    done = subprocess.run(
        [*COMMAND, "--students", STUDENTS[0]], cwd=course.root, capture_output=True, text=True, check=True, timeout=300
    )
    said = " ".join(done.stdout.split())
    assert f"{STUDENTS[0]}: the notebook was found in small (1).ipynb (expected: small.ipynb)" in said


def test_a_dry_run_changes_nothing(course: Course) -> None:
    done = subprocess.run([*COMMAND, "--dry-run"], cwd=course.root, capture_output=True, text=True, check=True)
    assert all(student in done.stdout for student in STUDENTS)
    assert read_marks(course) == []
    assert not (course.root / "autograded").exists()


def test_a_student_who_handed_nothing_in_is_named(course: Course) -> None:
    command = [*COMMAND, "--students", "nobody"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"course: nobody: nothing handed in for {SMALL.assignment}.\n"
