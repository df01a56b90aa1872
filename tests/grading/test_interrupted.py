"""A run that is stopped at any moment loses nothing, and the same command goes on."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

import psutil
import pytest

from helpers.grading.course import Course
from helpers.grading.term.marks import read_marks
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, hand_in

pytestmark = pytest.mark.slow

COMMAND, NBGRADER = (
    [str(Path(sys.executable).with_name(x)), "autograde", SMALL.assignment] for x in ("course", "nbgrader")
)
COMMANDS = pytest.mark.parametrize("command", [COMMAND, NBGRADER], ids=["course", "nbgrader"])
STUDENTS = [f"student{number:02d}" for number in range(12)]


@pytest.fixture
def course(course: Course) -> Course:
    for student in STUDENTS:
        hand_in(course, student)
    return course


def _run_until(
    number: int, course: Course, *options: str, command: Sequence[str] = COMMAND
) -> tuple[subprocess.Popen[str], list[str]]:
    """Start grading on one core, with four workers; pause it when some submissions are graded, and tell which."""
    run = subprocess.Popen(
        [*command, *options],
        cwd=course.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}),
    )
    assert run.stdout is not None
    graded = []
    for line in run.stdout:
        if match := re.search(r"(student\d+): (graded|tried)$", line):
            graded.append(match[1])
        if len(graded) == number:
            break
    run.send_signal(signal.SIGSTOP)
    return run, graded


def _stop(run: subprocess.Popen[str], *how: signal.Signals) -> tuple[int, str]:
    """Stop a run that is paused, and tell its exit code and what it said."""
    with run:
        children = psutil.Process(run.pid).children(recursive=True)
        for signum in how[:1]:
            run.send_signal(signum)
        run.send_signal(signal.SIGCONT)
        assert run.stdout is not None
        said = []
        if len(how) > 1:
            said += list(takewhile(lambda line: "Ctrl-C again" not in line, run.stdout))
            run.send_signal(how[1])
        said.append(run.stdout.read())
        code = run.wait(60)
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == []
    return code, "".join(said)


def _kept(course: Course) -> set[str]:
    return {student for student in STUDENTS if course.folder("autograded", student, SMALL.assignment).exists()}


def _go_on(course: Course) -> str:
    done = subprocess.run(COMMAND, cwd=course.root, capture_output=True, text=True, check=True, timeout=300)
    return done.stdout


def _expect_all(course: Course) -> None:
    """All are graded when the same command goes on."""
    kept = _kept(course)
    assert f"{len(STUDENTS) - len(kept)} graded, 0 failed, {len(kept)} were graded before" in _go_on(course)
    assert {score.student: score.points for score in read_marks(course)} == dict.fromkeys(STUDENTS, 5.0)
    assert not any(course.root.glob(".autograding/*/*"))


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_same_command_goes_on(how: signal.Signals, course: Course) -> None:
    run, graded = _run_until(3, course)
    assert _stop(run, how)[0] == -how
    assert set(graded) <= _kept(course)
    _expect_all(course)


@COMMANDS
def test_ctrl_c_saves_what_runs(command: list[str], course: Course) -> None:
    for student in STUDENTS[-6:]:  # more than there are workers: the run cannot end before it is stopped
        hand_in(course, student, RIGHT | {"k1-double": f"import time\ntime.sleep(3)\n{RIGHT['k1-double']}"})
    run, graded = _run_until(1, course, command=command)
    code, said = _stop(run, signal.SIGINT)
    assert code == {"course": 130, "nbgrader": 1}[Path(command[0]).name]
    assert "Stopping once what runs now is saved" in said
    kept = _kept(course)
    assert set(graded) < kept < set(STUDENTS)  # those that ran at that moment too, and none of the others
    assert f"Stopped: {len(STUDENTS) - len(kept)} left. The same command goes on with them." in said
    _expect_all(course)


@COMMANDS
def test_a_second_ctrl_c_ends_at_once(command: list[str], course: Course) -> None:
    hand_in(course, STUDENTS[0], {"k1-double": "import time\ntime.sleep(100)"})
    run, _ = _run_until(len(STUDENTS) - 1, course, command=command)
    assert _stop(run, signal.SIGINT, signal.SIGINT)[0] == -signal.SIGINT
    assert _kept(course) == set(STUDENTS[1:])


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_dry_run_that_is_killed_leaves_nothing_behind(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _files(course.root)
    with tempfile.TemporaryDirectory() as temporary:  # its path is short enough for sockets, unlike pytest's
        monkeypatch.setenv("TMPDIR", temporary)
        run, tried = _run_until(3, course, "--dry-run")
        assert len(tried) == 3
        assert _stop(run, signal.SIGKILL)[0] == -signal.SIGKILL
        assert list(Path(temporary).iterdir()) == []
    assert _files(course.root) == before


def test_what_is_out_of_the_ordinary_is_said_at_once(course: Course) -> None:
    notebook = course.folder("submitted", STUDENTS[0], SMALL.assignment) / SMALL.path.name
    notebook.rename(notebook.with_name("small (1).ipynb"))
    done = subprocess.run(
        [*COMMAND, "--students", STUDENTS[0]], cwd=course.root, capture_output=True, text=True, check=True, timeout=300
    )
    said = " ".join(done.stdout.split())
    assert f"{STUDENTS[0]}: the notebook was found in small (1).ipynb (expected: small.ipynb)" in said


def test_a_student_who_handed_nothing_in_is_named(course: Course) -> None:
    command = [*COMMAND, "--students", "nobody"]
    done = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == f"course: nobody: nothing handed in for {SMALL.assignment}.\n"
