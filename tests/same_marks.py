"""The same submissions graded in three ways: are the marks the same?

    python -m tests.same_marks [lab03-convolution …]

The class holds every right and wrong answer of `tests/answers/`: the first submission has the first answer to each
question, the second the second, and so on.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from itertools import zip_longest
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from rich.console import Console

from helpers.grading.answers import files_beside, read_answers
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from helpers.grading.intake import Master, take_in
from helpers.grading.labs import Lab, choose_labs
from tests.conftest import LABS, ROOT, make_course

Marks = dict[tuple[str, str], float]  # student, check -> points

COURSE = [str(Path(sys.executable).with_name("course")), "autograde"]
NBGRADER = [sys.executable, "-m", "nbgrader", "autograde"]
ALIKE = "\nc.ExecuteSubmission.lend = False\n"  # nbgrader knows no loans: there, a mistake costs whatever rests on it
# What nbgrader does by itself: checks in the student's process, and no box. The course's data and stubs stay.
STOCK = """
from nbgrader.preprocessors import AssignLatePenalties, Execute, IgnorePattern, LimitOutput, SaveAutoGrades
from tests.same_marks import TakeIn
del Autograde.start  # the course's: nbgrader's own comes back
c.Autograde.sanitize_preprocessors = [TakeIn]
c.Autograde.autograde_preprocessors = [Execute, IgnorePattern, LimitOutput, SaveAutoGrades, AssignLatePenalties]
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s)."
"""


class TakeIn(NbGraderPreprocessor):
    """The course's intake as a step of nbgrader's."""

    def preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        names = resources["nbgrader"]
        course = Course(Path())
        folder = course.folder("submitted", names["student"], names["assignment"])
        with course.gradebook() as gradebook:
            master = Master.load(gradebook, course.coursedir, names["assignment"], names["notebook"])
        submission = take_in(names["student"], folder, master, names["notebook"])
        return nbformat.reads(submission.notebook, as_version=4), resources


def make_class(folder: Path, lab: Lab, answers: Path) -> Path:
    """A course into which a class has handed in all answers to a lab."""
    course = make_course(folder, lab)
    Course(course).release(lab.assignment)
    released = nbformat.read(course / "release" / lab.assignment / lab.path.name, as_version=4)
    exercises = read_answers(answers)
    columns = [[(name, answer.source) for answer in exercise.answers] for name, exercise in exercises.items()]
    for number, row in enumerate(zip_longest(*columns)):
        submitted = course / "submitted" / f"student{number:02d}" / lab.assignment
        submitted.mkdir(parents=True)
        nbformat.write(fill_in(released, dict(one for one in row if one)), submitted / lab.path.name)
        for path in files_beside(answers):
            shutil.copy(path, submitted)
    return course


def grade(course: Path, assignment: str, command: list[str], to: Path, config: str = "") -> Marks:
    """The marks that a command gives, in a copy of the course; the checks draw the same numbers each time."""
    shutil.copytree(course, to)
    with (to / "nbgrader_config.py").open("a") as settings:
        settings.write(ALIKE + config)
    environment = os.environ | {"CNN_LABS_SEED": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([*command, assignment], cwd=to, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    with Course(to).gradebook() as gradebook:
        return {
            (submission.student_id, mark.name): float(mark.auto_score or 0)
            for submission in gradebook.assignment_submissions(assignment)
            for mark in submission.notebooks[0].grades
        }


def differences(ours: Marks, others: Marks) -> list[str]:
    """Where two ways of grading differ, in words."""
    assert ours.keys() == others.keys()
    return [
        f"{student}, {check}: {points:g} here, {others[student, check]:g} there"
        for (student, check), points in ours.items()
        if abs(points - others[student, check]) > 1e-9
    ]


def main(names: list[str]) -> int:
    console, found = Console(), 0
    for lab in choose_labs(LABS, names):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            course = make_class(folder / "course", lab, ROOT / "tests" / "answers" / lab.assignment)
            ours = grade(course, lab.assignment, COURSE, folder / "ours")
            for way, config in (("nbgrader autograde", ""), ("nbgrader with its own settings", STOCK)):
                words = differences(ours, grade(course, lab.assignment, NBGRADER, folder / way, config))
                students = len({student for student, _ in ours})
                console.print(
                    f"{lab.assignment}: {students} submissions, {len(ours)} marks, {way}: {len(words)} differ"
                )
                console.print("\n".join(words))
                found += len(words)
    return int(found > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
