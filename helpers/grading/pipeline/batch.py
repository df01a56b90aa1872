"""Grade a whole class: take in, run on many workers, save by one writer.

Taking in and saving happen in this process, which alone holds the gradebook. Submissions run on workers, here or on
other machines. The run may be killed at any moment, and the same command goes on: a submission counts as graded when
its folder is under `autograded/`, and the folder is moved there, whole, after its points are in the gradebook.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import LimitOutput

from helpers.grading.course import RENAMED, Course
from helpers.grading.facts import FACTS_FILE, Facts, read_facts, write_facts
from helpers.grading.intake import TIME_FILE, Files, Master, Submission, read_folder, read_time, take_in
from helpers.grading.intake.files import replace_folder
from helpers.grading.labs import find_labs
from helpers.grading.pages.harmless import make_safe
from helpers.grading.pipeline.executors import Workers
from helpers.grading.pipeline.gradebook import enter, save
from helpers.grading.pipeline.submission import Outcome, run_submission
from helpers.grading.sandbox.box import SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.notebooks.causes import syntax_errors
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["Grading", "Plan"]

_log = logging.getLogger(__name__)

SETTINGS = ("Execute", "ExecuteSubmission", "KernelManager", "SandboxProvisioner")
AHEAD = 4  # submissions that are made ready while others run


@dataclass(frozen=True)
class Plan:
    """What a run would do.

    Attributes:
        to_grade: the students to grade.
        graded: those whose submissions are graded already.
        outdated: those of the latter whose submissions were graded by other checks or points than the lab has now.
    """

    to_grade: list[str]
    graded: list[str]
    outdated: list[str]


class Grading:
    """The grading of one lab of a course.

    Attributes:
        remarks: what was unusual about the submissions that this run has graded, by student.

    Raises:
        CourseError: if the lab as it is was not released, or does not hold exactly one notebook.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self.remarks: dict[str, str] = {}
        self._staging = course.root / ".autograding" / assignment
        self._facts: dict[str, Facts] = {}  # of the submissions that are on their way, by student
        with course.gradebook() as gradebook:
            self.notebook = self._only_notebook(gradebook)
            try:
                self.master = Master.load(gradebook, course.coursedir, assignment, self.notebook)
            except FileNotFoundError as error:
                raise CourseError(str(error)) from None

    def _only_notebook(self, gradebook: Gradebook) -> str:
        assignments = [recorded for recorded in gradebook.assignments if recorded.name == self.assignment]
        names = [notebook.name for recorded in assignments for notebook in recorded.notebooks]
        if len(names) != 1:
            problem = f"holds {len(names)} notebooks; a lab has one" if names else "was not released"
            raise CourseError(f"{self.assignment} {problem}. Run `nbgrader generate_assignment {self.assignment}`.")
        return str(names[0])

    def plan(self, students: Sequence[str] = (), force: bool = False) -> Plan:
        """Plan a run.

        Args:
            students: whom to grade; everybody who handed in if nobody is named.
            force: grade again what is graded already.

        Raises:
            CourseError: if a student is named who handed nothing in.
        """
        submitted = self.course.submitted(self.assignment)
        unknown = sorted(set(students) - set(submitted))
        if unknown:
            raise CourseError(f"{', '.join(unknown)}: nothing handed in for {self.assignment}.")
        chosen = sorted(students) or submitted
        graded = {} if force else {student: lab for student in chosen if (lab := self._graded_by(student))}
        outdated = [student for student, lab in graded.items() if lab != self._lab]
        return Plan([student for student in chosen if student not in graded], list(graded), outdated)

    def warnings(self, plan: Plan) -> list[str]:
        """Say what has changed since submissions were graded, or since the lab was released, and what to do."""
        lab, changed = self.assignment, ", ".join(self.master.unreleased)
        warnings = [
            f"nbgrader_config.py sets c.{old}, which is called c.{new} now. Rename it there."
            for old, new in RENAMED.items()
            if old in self.course.config
        ]
        if plan.outdated:
            warnings.append(
                f"{lab} has changed since {len(plan.outdated)} of {len(plan.graded)} submissions were graded. "
                f"`course autograde {lab} --force` grades them again; what a person gave stays."
            )
        if changed:
            warnings.append(
                f"{lab}: release/ is older than source/, which counts ({changed} changed). "
                f"`nbgrader generate_assignment --force {lab}` brings it up to date."
            )
        return warnings

    def _graded_by(self, student: str) -> str:
        """Return the digest of the lab that a submission was graded by; empty if these files were never graded."""
        folder = self._folder("autograded", student)
        facts = read_facts(folder)
        if (folder / f"{self.notebook}.ipynb").exists():
            with suppress(OSError):  # taking the submission in will report it
                if facts.submission == read_folder(self._folder("submitted", student), self._ignored()).digest:
                    return facts.lab
        return ""

    @cached_property
    def _lab(self) -> str:
        """The digest of everything that submissions are graded by."""
        return Files({**self._lab_files, "": self.master.rules.encode()}).digest

    def run(
        self,
        plan: Plan,
        workers: Workers,
        started: Callable[[str], None],
        finished: Callable[[str, str], None],
    ) -> dict[str, str]:
        """Grade. A submission that cannot be graded costs no other.

        Args:
            started: is called with each student whose submission goes to a worker.
            finished: is called with each student who is done, and why not graded (empty if graded).

        Raises:
            CourseError: if a worker lacks a protection of the sandbox; what was graded until then is kept.

        Returns:
            Why a submission could not be graded, by student; empty if all is well.
        """
        shutil.rmtree(self._staging, ignore_errors=True)  # what a killed run left behind
        with self.course.gradebook() as gradebook:
            times = {student: read_time(self._folder("submitted", student)) for student in plan.to_grade}
            self._entries = enter(gradebook, self.assignment, self.master.points, times)
            failed = _Run(self, gradebook, workers, started, finished).grade(plan.to_grade)
        shutil.rmtree(self._staging, ignore_errors=True)
        return failed

    def settings(self) -> dict[str, Any]:
        """Return the part of nbgrader's configuration that workers need, as plain data."""
        return {name: dict(self.course.config[name]) for name in SETTINGS if name in self.course.config}

    def prepare(self, student: str) -> Submission:
        """Take in what the student handed in, and stage the files that will go beside the graded notebook."""
        submission = take_in(
            student,
            self._folder("submitted", student),
            self.master,
            self.notebook,
            ignore=self._ignored(),
            lab_files=self._lab_files,
            other_labs=self._other_labs,
        )
        staged = self._staging / student
        staged.mkdir(parents=True)
        for name, content in submission.files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).write_bytes(content)
        if submission.time:
            (staged / TIME_FILE).write_text(f"{submission.time} UTC\n")
        notes, digest = submission.notes, submission.digest
        self._facts[student] = Facts(notes, submission.is_readable, submission=digest, lab=self._lab)
        return submission

    def _ignored(self) -> list[str]:
        return [*self.course.coursedir.ignore, FACTS_FILE]

    @cached_property
    def _lab_files(self) -> dict[str, bytes]:
        """The files that the lab puts beside everybody's notebook, without those that students are to hand in.

        nbgrader's own setting names some of these too.
        """
        kept = self.course.config.Autograde.get("exclude_overwriting", {}).get(self.assignment, [])
        files = read_folder(self._folder("source", "."), [*self._ignored(), "*.ipynb"]).contents
        return {name: content for name, content in files.items() if name not in (*self.master.handed_in, *kept)}

    def _other_labs(self) -> dict[str, frozenset[str]]:
        """Return the names of the cells of each other lab, which tell its notebook from this lab's."""
        labs = find_labs(self._folder("source", ".").parent)
        return {
            lab.assignment: frozenset(cell.id for cell in lab.read().cells)
            for lab in labs
            if lab.assignment != self.assignment
        }

    def save(self, gradebook: Gradebook, outcome: Outcome) -> None:
        """Save points and reasons, then move the folder to its place. Saving twice has the effect of saving once."""
        notebook = nbformat.reads(outcome.notebook, as_version=4)
        LimitOutput(config=self.course.config).preprocess(notebook, {})
        make_safe(notebook)
        staged = self._stage(notebook, outcome)
        save(gradebook, self._entries[outcome.student], notebook, outcome.evidence, self.course.config)
        replace_folder(staged, self._folder("autograded", outcome.student))

    def _stage(self, notebook: NotebookNode, outcome: Outcome) -> Path:
        """Write everything that goes to `autograded/`: if that fails, no points are entered."""
        staged = self._staging / outcome.student
        nbformat.write(notebook, staged / f"{self.notebook}.ipynb")
        facts = self._facts.pop(outcome.student)
        remarks = [line(evidence.remark) for evidence in outcome.evidence.values() if evidence.remark]
        notes = (*facts.notes, *syntax_errors(notebook), *remarks)
        if notes:
            self.remarks[outcome.student] = "; ".join(notes)
        write_facts(staged, replace(facts, notes=notes, boxed=outcome.boxed))
        for path in staged.rglob("*"):
            if path.is_file():
                path.chmod(0o664 if self.course.coursedir.groupshared else 0o444)
        return staged

    def _folder(self, kind: str, student: str) -> Path:
        return self.course.folder(kind, student, self.assignment)


class _Run:
    """A run in progress: what is on the workers, and what has failed.

    If the grading itself fails, a submission runs once more, apart from all others: one of them may have been the
    reason. If that fails too, nothing is saved.
    """

    def __init__(
        self,
        grading: Grading,
        gradebook: Gradebook,
        workers: Workers,
        started: Callable[[str], None],
        finished: Callable[[str, str], None],
    ) -> None:
        self._grading, self._gradebook, self._workers = grading, gradebook, workers
        self._started, self._finished = started, finished
        self._settings = grading.settings()
        self._running: dict[Future[Outcome], tuple[Submission, bool]] = {}  # and whether it runs apart
        self._failed: dict[str, str] = {}

    def grade(self, students: Sequence[str]) -> dict[str, str]:
        """Grade these students; return why some could not be graded."""
        waiting = list(reversed(students))
        while waiting or self._running:
            while waiting and len(self._running) < self._workers.number + AHEAD:
                self._start(waiting.pop())
            for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                self._finish(future, *self._running.pop(future))
        return self._failed

    def _start(self, student: str) -> None:
        _log.info("%s: taken", student)
        try:
            submission = self._grading.prepare(student)
            self._started(student)
            self._submit(submission, apart=False)
        except Exception as error:  # whatever is wrong with this one, the class goes on
            self._report(student, error)

    def _submit(self, submission: Submission, apart: bool) -> None:
        future = self._workers.executor.submit(run_submission, submission, self._settings, apart)
        self._running[future] = submission, apart

    def _finish(self, future: Future[Outcome], submission: Submission, apart: bool) -> None:
        try:
            outcome = future.result()
        except SandboxError as error:  # it would be the same for all
            raise CourseError(f"No submission can be graded: {error}") from None
        except Exception as error:
            if apart or isinstance(error, SubmissionError):
                self._report(submission.student, error)
            else:
                _log.warning("%s: tried again, for the grading failed", submission.student, exc_info=error)
                self._submit(submission, apart=True)
            return
        try:
            self._grading.save(self._gradebook, outcome)
        except Exception as error:
            self._gradebook.db.rollback()
            self._report(submission.student, error)
        else:
            self._report(submission.student)

    def _report(self, student: str, error: Exception | None = None) -> None:
        if error is None:
            _log.info("%s: graded", student)
        else:
            _log.error("%s: not graded", student, exc_info=error)
            self._failed[student] = _in_a_line(error)
        self._finished(student, self._failed.get(student, ""))


def _in_a_line(error: Exception) -> str:
    """Return what a person needs to read of an error: its last line, for it may hold a traceback."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[-1] if lines else 'no more is known'}"
