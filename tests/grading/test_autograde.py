"""Grading a class: what comes beside a notebook, and what is said of it."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from jupyter_core.utils import ensure_event_loop
from nbgrader.converters import Autograde

from helpers.cli import main
from helpers.grading.cleanroom.client import CleanRoom
from helpers.grading.course import Course
from helpers.grading.intake import Submission
from helpers.grading.kernels.provisioner import SandboxProvisioner
from helpers.grading.kernels.zygote import ZygoteError, shared
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.pipeline.submission import run_submission
from helpers.grading.sandbox.box import SandboxError
from helpers.grading.term.marks import Mark, read_marks
from helpers.notebooks.cells import is_parameters
from helpers.notebooks.errors import CourseError
from tests.conftest import SMALL
from tests.grading.conftest import RIGHT, convert, hand_in

pytestmark = pytest.mark.slow


def submission(course: Course, student: str, answer: str = "", at: str = "") -> Path:
    """Hand in the small lab with `answer` to K1, and return the folder."""
    folder = hand_in(course, student, RIGHT | ({"k1-double": answer} if answer else {}))
    if at:
        (folder / "timestamp.txt").write_text(at)
    return folder


def grade(course: Course, force: bool = False) -> dict[str, Mark]:
    grading = Grading(course, SMALL.assignment)
    with open_workers(2) as workers:
        assert grading.run(grading.plan(force=force), workers, lambda _: None, lambda *_: None) == {}
    return {score.student: score for score in read_marks(course)}


def test_a_file_beside_the_notebook_is_there_and_a_link_is_not(course: Course, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("2")
    folder = submission(course, "ada", "def double(n):\n    return n * int(open('data/factor').read())")
    (folder / "data").mkdir()
    (folder / "data" / "factor").write_text("2")
    folder = submission(course, "ben", "def double(n):\n    return n * int(open('factor').read())")
    (folder / "factor").symlink_to(tmp_path / "secret")
    scores = grade(course)
    assert (scores["ada"].points, scores["ada"].notes) == (5, [])
    assert (scores["ben"].points, scores["ben"].notes) == (
        2,
        ["files left out (links, too large, too many, or broken): factor"],
    )


def _let_students_hand_in(course: Course, name: str) -> None:
    path = course.root / "source" / SMALL.assignment / SMALL.path.name
    notebook = nbformat.read(path, as_version=4)
    (cell,) = filter(is_parameters, notebook.cells)
    cell.metadata.course["handed_in"] = [name]
    nbformat.write(notebook, path)


def _exclude_overwriting(course: Course, name: str) -> None:
    course.config.Autograde.exclude_overwriting = {SMALL.assignment: [name]}


@pytest.mark.parametrize("say", [_let_students_hand_in, _exclude_overwriting])
@pytest.mark.parametrize("command", ["course", "nbgrader"])
def test_a_file_of_the_labs_own_takes_a_students_place_unless_it_is_the_students(
    course: Course, command: str, say: Callable[[Course, str], None]
) -> None:
    say(course, "weights")
    folder = submission(course, "ada", "def double(n):\n    return n * int(open('weights').read())")
    for name, words in (("weights", "2"), ("table", "theirs")):
        (folder / name).write_text(words)
        (course.root / "source" / SMALL.assignment / name).write_text("1")
    if command == "course":
        grade(course)
    else:
        convert(course, Autograde)
    (score,) = read_marks(course)
    assert score.points == 5
    assert (course.folder("autograded", "ada", SMALL.assignment) / "table").read_text() == "1"


def test_a_notebook_that_is_a_link_is_not_read(course: Course) -> None:
    theirs = submission(course, "ada") / SMALL.path.name
    mine = submission(course, "ben") / SMALL.path.name
    mine.unlink()
    mine.symlink_to(theirs)
    scores = grade(course)
    assert scores["ben"].points == 0
    assert scores["ben"].notes[0] == "could not be read: it is a link, not a regular file, or too large"


def test_submissions_share_no_event_loop_and_leave_none(course: Course) -> None:
    ensure_event_loop()  # as after any blocking call of Jupyter's in this thread: Dask hands the context on
    before = set(threading.enumerate())
    for student in ("ada", "ben", "eva"):
        submission(course, student)
    assert {score.points for score in grade(course).values()} == {5}
    left = set(threading.enumerate()) - before
    assert [thread.name for thread in left if thread.name.startswith("asyncio")] == []


def test_what_comes_again_is_graded_again(course: Course) -> None:
    submission(course, "ada", "def double(n):\n    return n", at="2026-01-01 10:00:00 UTC")
    assert grade(course)["ada"].points == 2
    assert Grading(course, SMALL.assignment).plan().to_grade == []
    submission(course, "ada", at="2026-01-02 10:00:00 UTC")
    assert grade(course)["ada"].points == 5


@pytest.mark.parametrize("command", ["course", "nbgrader"])
def test_strange_time_stamps_stop_nobody(course: Course, command: str) -> None:
    (submission(course, "ada") / "timestamp.txt").write_text("yesterday, I think")
    os.mkfifo(submission(course, "ben") / "timestamp.txt")
    submission(course, "eva", at="2026-01-02 10:00:00 UTC")
    if command == "course":
        grade(course)
    else:
        convert(course, Autograde)
    assert {score.student: score.points for score in read_marks(course)} == {"ada": 5, "ben": 5, "eva": 5}


def test_why_points_are_lost_stands_at_the_answer(course: Course) -> None:
    submission(course, "ada", "def double(n):\n    return n")
    grade(course)
    with course.gradebook() as gradebook:
        comment = gradebook.find_comment("k1-double", SMALL.notebook, SMALL.assignment, "ada")
        assert comment.comment == "K1: double(2): expected 4, got 2.\nK1: double(5): expected 10, got 5. Twice."
        assert gradebook.find_comment("k2-x", SMALL.notebook, SMALL.assignment, "ada").comment is None


def test_a_late_submission_is_penalised_as_nbgrader_does(course: Course) -> None:
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    with course.gradebook() as gradebook:
        gradebook.update_or_create_assignment(SMALL.assignment, duedate="2026-01-01 00:00:00 UTC")
    submission(course, "ada", at="2026-01-02 00:00:00 UTC")
    submission(course, "ben", at="2025-12-31 00:00:00 UTC")
    grade(course)
    with course.gradebook() as gradebook:
        penalties = {
            s.student_id: s.late_submission_penalty for s in gradebook.assignment_submissions(SMALL.assignment)
        }
    assert penalties == {"ada": 5, "ben": 0}


def test_a_machine_without_a_sandbox_grades_nobody(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise SandboxError("the sandbox lacks its network namespace", "network namespace")

    submission(course, "ada")
    monkeypatch.setattr("helpers.grading.pipeline.run.run_submission", refuse)
    grading = Grading(course, SMALL.assignment)
    with open_workers(1) as workers, pytest.raises(CourseError, match="lacks its network namespace"):
        grading.run(grading.plan(), workers, lambda _: None, lambda *_: None)
    assert not course.folder("autograded", "ada", SMALL.assignment).exists()


def test_a_submission_that_cannot_be_graded_costs_no_other(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    run = run_submission

    def fail_for_ben(one: Submission, *how: Any) -> object:
        if one.student == "ben":
            raise RuntimeError("no such luck")
        return run(one, *how)

    for student in ("ada", "ben", "eva"):
        submission(course, student)
    monkeypatch.setattr("helpers.grading.pipeline.run.run_submission", fail_for_ben)
    grading = Grading(course, SMALL.assignment)
    with open_workers(2) as workers:
        failed = grading.run(grading.plan(), workers, lambda _: None, lambda *_: None)
    assert failed == {"ben": "RuntimeError: no such luck"}
    assert {s.student for s in read_marks(course) if s.points == 5} == {"ada", "eva"}


def kill_zygotes(monkeypatch: pytest.MonkeyPatch, submissions: int, own: bool = False) -> None:
    """Kill the shared zygote when all submissions have their processes; those of second tries, too, if `own`."""
    make, first = SandboxProvisioner.clean_room, shared()
    all_run = threading.Barrier(submissions, action=lambda: os.kill(first.pid, signal.SIGKILL))

    def clean_room(provisioner: SandboxProvisioner, *how: Any) -> CleanRoom:
        room = make(provisioner, *how)
        if provisioner._zygote is first:
            all_run.wait(60)
        elif own:
            os.kill(provisioner._zygote.pid, signal.SIGKILL)
        else:
            return room
        assert provisioner._kernel is not None
        provisioner._kernel.wait()  # a small submission is done before a large zygote has died
        return room

    monkeypatch.setattr(SandboxProvisioner, "clean_room", clean_room)


def entered_points(course: Course) -> set[float | None]:
    with course.gradebook() as gradebook:
        entered = gradebook.assignment_submissions(SMALL.assignment)
        return {grade.auto_score for one in entered for notebook in one.notebooks for grade in notebook.grades}


def test_a_zygote_that_dies_under_submissions_costs_nobody_a_point(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ada", "ben"):
        submission(course, student)
    kill_zygotes(monkeypatch, submissions=2)
    assert {student: score.points for student, score in grade(course).items()} == {"ada": 5, "ben": 5}


def test_what_fails_twice_is_not_graded(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    for student in ("ada", "ben"):
        submission(course, student)
    kill_zygotes(monkeypatch, submissions=2, own=True)
    grading = Grading(course, SMALL.assignment)
    with open_workers(2) as workers:
        failed = grading.run(grading.plan(), workers, lambda _: None, lambda *_: None)
    assert set(failed) == {"ada", "ben"}
    assert all(words.startswith("OurFault: the process that ") for words in failed.values())
    assert entered_points(course) == {None}
    assert not any(course.folder("autograded", student, SMALL.assignment).exists() for student in failed)
    assert grading.plan().to_grade == ["ada", "ben"]


def test_nbgrader_too_tries_again_and_saves_nothing_where_it_fails_twice(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    submission(course, "ada")
    with monkeypatch.context() as patched:
        kill_zygotes(patched, submissions=1, own=True)
        with pytest.raises(AssertionError, match="ada: not graded"):
            convert(course, Autograde)
    assert entered_points(course) == {None}
    assert not course.folder("autograded", "ada", SMALL.assignment).exists()
    kill_zygotes(monkeypatch, submissions=1)
    convert(course, Autograde)
    assert read_marks(course)[0].points == 5


def test_a_zygote_that_dies_when_the_last_cell_ran_is_noticed(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[CleanRoom] = []

    def close(room: CleanRoom) -> None:
        if not closed:
            os.kill(shared().pid, signal.SIGKILL)
            assert select.select([room._control], [], [], 60)[0]  # until it has taken the clean room along
        room._control.close()
        closed.append(room)

    submission(course, "ada")
    monkeypatch.setattr(CleanRoom, "close", close)
    assert grade(course)["ada"].points == 5
    assert len(closed) == 2


def test_the_log_tells_what_happened_and_nothing_else_does(
    course: Course, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = run_submission

    def fail_for_ben(one: Submission, settings: dict[str, Any], apart: bool) -> object:
        if one.student == "ben":
            raise ZygoteError("Traceback (most recent call last):\n  secret()\nKeyError: 'no luck'")
        return run(one, settings, apart)

    for student in ("ada", "ben"):
        submission(course, student)
    monkeypatch.setattr("helpers.grading.pipeline.run.run_submission", fail_for_ben)
    log = tmp_path / "log"
    assert main(["--course", str(course.root), "autograde", SMALL.assignment, "--log", str(log)]) == 1
    words = log.read_text()
    for line in ("ada: taken", "ada: started", "ada: graded", "ben: tried again", "ben: not graded", "secret()"):
        assert line in words
    assert "fail_for_ben" in words  # where it came from
    said = " ".join(capsys.readouterr().out.split())
    assert "ben: not graded. ZygoteError: KeyError: 'no luck'" in said
    assert "1 graded, 1 failed" in said
    assert "secret()" not in said
    assert main(["--course", str(course.root), "autograde", SMALL.assignment]) == 1
    without = capsys.readouterr()
    assert "With --log FILE, a file says why." in without.out
    assert "secret()" not in without.out + without.err
    assert main(["--course", str(course.root), "autograde", SMALL.assignment, "--log", str(tmp_path)]) == 2


def test_whatever_taking_in_raises_is_that_submissions(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = Grading.prepare

    def fail_for_ben(grading: Grading, student: str) -> Submission:
        if student == "ben":
            raise RecursionError
        return prepare(grading, student)

    for student in ("ada", "ben", "eva"):
        submission(course, student)
    monkeypatch.setattr(Grading, "prepare", fail_for_ben)
    grading = Grading(course, SMALL.assignment)
    with open_workers(2) as workers:
        failed = grading.run(grading.plan(), workers, lambda _: None, lambda *_: None)
    assert failed == {"ben": "RecursionError: no more is known"}
    assert {s.student for s in read_marks(course) if s.points == 5} == {"ada", "eva"}


def test_a_lab_that_was_not_released_is_named(course: Course) -> None:
    with pytest.raises(CourseError, match="lab99 was not released"):
        Grading(course, "lab99")


def test_a_setting_under_its_old_name_holds_and_is_named(course: Course) -> None:
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("\nc.ExecuteHandIn.total_timeout = 7\n")
    grading = Grading(Course(course.root), SMALL.assignment)
    assert grading.settings()["ExecuteSubmission"]["total_timeout"] == 7
    (warning,) = grading.warnings(grading.plan())
    assert "c.ExecuteHandIn, which is called c.ExecuteSubmission now" in warning
