"""Play a short term with a made-up class in a new folder.

The steps are an instructor's: release, hand out the students' kit, collect from a learning platform, grade, return
feedback, export marks, report. The students answer in the kit's copies.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from helpers.grading.answers import read_answers
from helpers.grading.collect import collect
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import CLASS, Student
from helpers.grading.exports.export import Request, export
from helpers.grading.exports.options import Options
from helpers.grading.feedback.returning import return_feedback
from helpers.grading.feedback.writing import write_feedback
from helpers.grading.kit.kit import make_kit
from helpers.grading.labs import Lab, choose_labs, find_labs
from helpers.grading.pipeline.batch import Grading
from helpers.grading.pipeline.executors import open_workers
from helpers.grading.pipeline.progress import GradingProgress
from helpers.grading.report.report import report
from helpers.notebooks.errors import CourseError

__all__ = ["demo"]

FOR_THE_KIT = ("LICENSE", "LICENSE-TEXT", "pyproject.toml", "requirements.txt")
ABSENT = Student("max", "Mustermann", 771_013, lambda released, _: released)  # on the roster, but hands nothing in
RULES = """\
[course]
name = "A made-up class"

[late]
grace = "10 min"
penalty = 10
floor = 50
"""
DUE = """
[labs.{lab}]
due = 2026-01-31T23:59:00Z
"""


def demo(
    course: Path, folder: Path, names: Sequence[str], console: Console, students: Sequence[Student] = CLASS
) -> Path:
    """Play a term with a made-up class in some labs of the course in `course`.

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
    _make_folder(course, folder, labs, students)
    sandbox = Course(folder)
    kit = folder / "kit"

    def step(description: str, work: Callable[[Lab], object]) -> None:
        with _progress(console) as progress:
            for lab in progress.track(labs, description=description):
                work(lab)

    step("Releasing", lambda lab: sandbox.release(lab.assignment))
    make_kit(sandbox, [], kit, archive=True)
    step("Handing in", lambda lab: _submit(course, sandbox, kit, lab, students))
    step("Collecting", lambda lab: collect(sandbox, lab.assignment, times=_times(sandbox, lab)))
    _autograde(sandbox, labs, console)
    step("Writing feedback", lambda lab: write_feedback(sandbox, lab.assignment))
    step("Returning it", lambda lab: return_feedback(sandbox, lab.assignment, "moodle"))
    export(sandbox, Request("csv", to=folder / "marks.csv", options=Options(with_unmarked=True)))
    return report(sandbox, folder / "report", console)


def _progress(console: Console) -> Progress:
    columns = TextColumn("{task.description:<18}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    return Progress(*columns, console=console)


def _make_folder(course: Path, folder: Path, labs: Sequence[Lab], students: Sequence[Student]) -> None:
    mark = folder / ".demo"
    if folder.exists() and any(folder.iterdir()) and not mark.exists():
        raise CourseError(f"{folder} is not empty and was not made by the demo. Name another folder with --folder.")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    shutil.copytree(course / "source", folder / "source")
    for name in ("nbgrader_config.py", *FOR_THE_KIT):
        shutil.copy(course / name, folder)
    dates = "".join(DUE.format(lab=lab.assignment) for lab in labs)
    (folder / "course.toml").write_text(RULES + dates, encoding="utf-8")
    people = [[one.id, one.name, f"{one.id}@example.org", "AB"[k % 2]] for k, one in enumerate((*students, ABSENT))]
    _write_table(folder / "roster.csv", ["id", "name", "email", "section"], people)


def _submit(course: Path, sandbox: Course, kit: Path, lab: Lab, students: Sequence[Student]) -> None:
    """Write the files of the class as Moodle gives them, and beside them the times of submission."""
    exercises = read_answers(course / "tests" / "answers" / lab.assignment)
    in_order = [exercises[cell.id] for cell in lab.read().cells if cell.id in exercises]
    if not in_order:
        raise CourseError(f"tests/answers/{lab.assignment} holds no answers to make a class from.")
    archive = sandbox.root / "downloaded" / lab.assignment / "archive" / f"{lab.assignment}.zip"
    archive.parent.mkdir(parents=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as download:
        for student in students:
            prefix = f"{student.name.replace(chr(39), '')}_{student.number}_assignsubmission_file"
            for name, content in student.submission(kit / lab.assignment / lab.path.name, in_order).items():
                download.writestr(f"{prefix}/{name}", content)
    _write_table(_times(sandbox, lab), ["id", "time"], [[student.id, student.time] for student in students])


def _times(sandbox: Course, lab: Lab) -> Path:
    return sandbox.root / "downloaded" / lab.assignment / "times.csv"


def _write_table(path: Path, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([headings, *rows])


def _autograde(sandbox: Course, labs: list[Lab], console: Console) -> None:
    """Grade all submissions. One that cannot be graded is reported, and does not stop the others."""
    with open_workers() as workers:
        for lab in labs:
            grading = Grading(sandbox, lab.assignment)
            plan = grading.plan()
            with GradingProgress(console, f"Grading {lab.assignment}", len(plan.to_grade)) as progress:
                grading.run(plan, workers, progress.started, progress.finished)
