"""Grade a made-up class in a new folder: release, submit, collect, grade, write feedback and a report."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from helpers.grading.answers import read_answers
from helpers.grading.collect import collect
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS, Student
from helpers.grading.labs import Lab, choose_labs, find_labs
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.pipeline.progress import GradingProgress
from helpers.grading.report.report import report
from helpers.notebooks.errors import CourseError

__all__ = ["demo"]

DUE = "2026-01-31T23:59:00"


def demo(
    course: Path, folder: Path, names: Sequence[str], console: Console, students: Sequence[Student] = CLASS
) -> Path:
    """Grade a made-up class in some labs of the course in `course`.

    Args:
        folder: a new folder, or one of an earlier demo, which is replaced.
        names: the labs; all if empty.

    Returns:
        The path of the report's HTML page.

    Raises:
        ValueError: if a lab is unknown.
        CourseError: if the folder holds anything else, or a step fails.
    """
    labs = choose_labs(find_labs(course / "source"), names)
    _make_folder(course, folder)
    sandbox = Course(folder)
    with _progress(console) as progress:
        for lab in progress.track(labs, description="Releasing"):
            _release(sandbox, lab)
        for lab in progress.track(labs, description="Handing in"):
            _submit(course, sandbox, lab, students)
        for lab in progress.track(labs, description="Collecting"):
            collect(sandbox, lab.assignment)
    _autograde(sandbox, labs, console)
    with _progress(console) as progress:
        for lab in progress.track(labs, description="Writing feedback"):
            sandbox.feedback(lab.assignment)
    return report(sandbox, folder / "report", console)


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=console)


def _make_folder(course: Path, folder: Path) -> None:
    mark = folder / ".demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise CourseError(f"{folder} is not empty and was not made by the demo. Name another folder with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    shutil.copytree(course / "source", folder / "source")
    shutil.copy(course / "nbgrader_config.py", folder)


def _release(sandbox: Course, lab: Lab) -> None:
    sandbox.release(lab.assignment)
    with sandbox.gradebook() as gradebook:
        gradebook.update_or_create_assignment(lab.assignment, duedate=DUE)


def _submit(course: Path, sandbox: Course, lab: Lab, students: Sequence[Student]) -> None:
    """Write the files of the class where a learning platform's downloads belong."""
    exercises = read_answers(course / "tests" / "answers" / lab.assignment)
    in_order = [exercises[cell.id] for cell in lab.read().cells if cell.id in exercises]
    if not in_order:
        raise CourseError(f"tests/answers/{lab.assignment} holds no answers to make a class from.")
    released = sandbox.root / "release" / lab.assignment / lab.path.name
    folder = sandbox.root / "downloaded" / lab.assignment / "archive"
    folder.mkdir(parents=True)
    for student in students:
        student.submit(released, in_order, folder)


def _autograde(sandbox: Course, labs: list[Lab], console: Console) -> None:
    """Grade all submissions. One that cannot be graded is reported, and does not stop the others."""
    with open_workers() as workers:
        for lab in labs:
            grading = Grading(sandbox, lab.assignment)
            plan = grading.plan()
            with GradingProgress(console, f"Grading {lab.assignment}", len(plan.to_grade)) as progress:
                grading.run(plan, workers, progress.started, progress.finished)
