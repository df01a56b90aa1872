"""Grade a whole class: take in, run on many workers, save by one writer.

Taking in and saving happen in this process, which alone holds the gradebook. Submissions run on workers, here or on
other machines; what has arrived from them is saved together. The run may be killed at any moment, and the same command
goes on: a submission counts as graded when its folder is under `autograded/`, and the folder is moved there, whole,
after its points are in the gradebook.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any

from nbformat.v4 import reads, writes
from nbgrader.api import Gradebook
from nbgrader.preprocessors import LimitOutput

import helpers
from helpers.grading.course import RENAMED, Course
from helpers.grading.facts import FACTS_FILE, Facts, digest, read_facts, write_facts
from helpers.grading.intake import TIME_FILE, Files, Master, Submission, read_folder, read_time, take_in
from helpers.grading.intake.files import replace_folder
from helpers.grading.labs import find_labs
from helpers.grading.pages.harmless import make_safe
from helpers.grading.pipeline.by_hand import Answers, answers_of
from helpers.grading.pipeline.executors import Workers
from helpers.grading.pipeline.gradebook import Marks, auto_scores, enter, reasons, save, students_with_points
from helpers.grading.pipeline.plan import Plan, Reason, changed_parts, other_versions
from helpers.grading.pipeline.run import Run, each
from helpers.grading.pipeline.submission import Outcome
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.rules import Rules
from helpers.notebooks.causes import syntax_errors
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import Text, line

__all__ = ["Grading"]

_log = logging.getLogger(__name__)

SETTINGS = ("Execute", "ExecuteSubmission", "KernelManager", "SandboxProvisioner")
# Of these, whatever they are: marks stay the same.
NO_MATTER = ("KernelManager", "c.SandboxProvisioner.unsafe", "c.ExecuteSubmission.pictures")


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

    def plan(self, students: Sequence[str] = (), force: bool = False, only_new: bool = False) -> Plan:
        """Plan a run.

        Args:
            students: whom to grade; everybody who handed in if nobody is named.
            force: grade again what is graded already.
            only_new: leave submissions as they are that were graded by the lab as it was before.

        Raises:
            CourseError: if a student is named who handed nothing in.
        """
        submitted = self.course.submitted(self.assignment)
        unknown = sorted(set(students) - set(submitted))
        if unknown:
            raise CourseError(f"{', '.join(map(line, unknown))}: nothing handed in for {self.assignment}.")
        graded = {student: self._last_grading(student) for student in sorted(students) or submitted}
        reasons = {student: self._why(student, facts) for student, facts in graded.items()}
        outdated = [student for student, reason in reasons.items() if reason is Reason.LAB]
        if force:
            reasons = {student: reason or Reason.FORCED for student, reason in reasons.items()}
        stay = {student for student, reason in reasons.items() if not reason or (only_new and reason is Reason.LAB)}
        return Plan(
            reasons={student: reason for student, reason in reasons.items() if reason and student not in stay},
            graded=[student for student in graded if student in stay],
            outdated=[student for student in outdated if student in stay],
            changes=changed_parts((facts for name in outdated if (facts := graded[name])), self._lab),
            versions=other_versions(facts for name in stay if (facts := graded[name])),
        )

    def warnings(self, plan: Plan) -> list[str]:
        """Say what stays as it is although something has changed, and what to do about it."""
        lab, unreleased = self.assignment, ", ".join(self.master.unreleased)
        warnings = [
            f"nbgrader_config.py sets c.{old}, which is called c.{new} now. Rename it there."
            for old, new in RENAMED.items()
            if old in self.course.config
        ]
        if plan.outdated:
            warnings.append(
                f"{lab} has changed since {len(plan.outdated)} of {len(plan.graded)} submissions were graded "
                f"({plan.changed}). They stay as they are."
            )
        if plan.versions:
            warnings.append(
                f"{lab}: version {', '.join(map(line, plan.versions))} of this package graded some submissions, "
                f"now it is {helpers.__version__}. They stay as they are; --force grades them again."
            )
        if unreleased:
            warnings.append(
                f"{lab}: release/ is older than source/, which counts ({unreleased} changed). "
                f"`nbgrader generate_assignment --force {lab}` brings it up to date."
            )
        return warnings

    def _last_grading(self, student: str) -> Facts | None:
        """Return what is known of the last grading of a submission; None if there was none."""
        folder = self._folder("autograded", student)
        return read_facts(folder) if (folder / f"{self.notebook}.ipynb").exists() else None

    def _why(self, student: str, graded: Facts | None) -> Reason | None:
        """Say why a submission has to be graded; None if nothing has changed since it was."""
        if graded is None:
            return Reason.NEW
        try:
            submitted = read_folder(self._folder("submitted", student), self._ignored()).digest
        except OSError:  # taking the submission in will report it
            return Reason.SUBMISSION
        if graded.submission != submitted:
            return Reason.SUBMISSION
        if self.master.points and student not in self._with_points:
            return Reason.LOST
        return None if graded.lab == self._lab else Reason.LAB

    @cached_property
    def _with_points(self) -> set[str]:
        """The students whose submissions have points in the gradebook: an old copy of it may have been put back."""
        with self.course.gradebook() as gradebook:
            return students_with_points(gradebook, self.assignment)

    @cached_property
    def _lab(self) -> dict[str, str]:
        """The digests of all that marks depend on besides the submission, by name."""
        files = {f"file {line(name)}": sha256(content).hexdigest()[:32] for name, content in self._lab_files.items()}
        settings = {
            f"c.{group}.{name}": digest(value)
            for group, values in self.settings().items()
            for name, value in values.items()
            if group not in NO_MATTER and f"c.{group}.{name}" not in NO_MATTER
        }
        return self.master.parts | files | settings

    def run(
        self,
        plan: Plan,
        workers: Workers,
        started: Callable[[str], None],
        finished: Callable[[str, str], None],
        stop: Event | None = None,
    ) -> dict[str, str]:
        """Grade. A submission that cannot be graded costs no other.

        Args:
            started: is called with each student whose submission goes to a worker.
            finished: is called with each student who is done, and why not graded (empty if graded).
            stop: once it is set, no further submission is started.

        Raises:
            CourseError: if the rules of the term are wrong, or a worker lacks a protection of the sandbox; what was
                graded until then is kept.

        Returns:
            Why a submission could not be graded, by student; empty if all is well.
        """
        rules = Rules.load(self.course.root)
        with self.course.alone("autograde", self.assignment):
            apply_rules(self.course, rules)  # if they are wrong, nothing is graded
            shutil.rmtree(self._staging, ignore_errors=True)  # what a killed run left behind
            with self.course.gradebook() as gradebook:
                times = {student: read_time(self._folder("submitted", student)) for student in plan.to_grade}
                self._entries = enter(gradebook, self.assignment, self.master.points, times)
                keep = partial(self.save, gradebook)
                failed = Run(self.prepare, keep, self.settings(), workers, started, finished, stop).grade(plan.to_grade)
            apply_rules(self.course, rules)  # due dates and extensions of new submissions, late penalties
            shutil.rmtree(self._staging, ignore_errors=True)
        return failed

    def settings(self) -> dict[str, Any]:
        """Return the part of nbgrader's configuration that workers need, as plain data."""
        return {name: dict(self.course.config[name]) for name in SETTINGS if name in self.course.config}

    def take_in(self, student: str) -> Submission:
        """Read what the student handed in."""
        return take_in(
            student,
            self._folder("submitted", student),
            self.master,
            self.notebook,
            ignore=self._ignored(),
            lab_files=self._lab_files,
            other_labs=self._other_labs,
        )

    def prepare(self, student: str) -> Submission:
        """Take in what the student handed in, and stage the files that will go beside the graded notebook."""
        submission = self.take_in(student)
        staged = self._staging / student
        staged.mkdir(parents=True)
        for name, content in submission.files.items():
            (staged / name).parent.mkdir(parents=True, exist_ok=True)
            (staged / name).write_bytes(content)
        if submission.time:
            (staged / TIME_FILE).write_text(f"{submission.time} UTC\n")
        self._facts[student] = self.facts(submission)
        return submission

    def facts(self, submission: Submission) -> Facts:
        """Return what is known of a submission before it runs."""
        theirs = {name: content for name, content in submission.files.items() if name not in self._lab_files}
        return Facts(
            notes=submission.notes,
            is_readable=submission.is_readable,
            submission=submission.digest,
            lab=self._lab,
            answers=answers_of(reads(submission.notebook), Files(theirs).digest),
            version=helpers.__version__,
        )

    def answers(self, student: str, facts: Facts) -> Answers:
        """Return what the student answered, now and when the submission was graded last."""
        return Answers(facts.answers, read_facts(self._folder("autograded", student)).answers)

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

    def save(self, gradebook: Gradebook, outcomes: Sequence[Outcome]) -> dict[str, Exception]:
        """Save points and reasons in one transaction, then move folders to their places. Saving twice = saving once.

        One that fails costs no other.

        Returns:
            Why submissions were not saved, by student.
        """
        marks: dict[str, Marks] = {}
        failed = each(partial(self._stage, marks), outcomes)
        failed |= self._save_marks(gradebook, [*marks.values()])
        return failed | each(self._move, (outcome for outcome in outcomes if outcome.student not in failed))

    def _stage(self, marks: dict[str, Marks], outcome: Outcome) -> None:
        """Write everything that goes to `autograded/`, and note the marks: if that fails, no points are entered."""
        student, staged = outcome.student, self._staging / outcome.student
        notebook, facts = reads(outcome.notebook), self._facts[student]
        self._limit_output.preprocess(notebook, {})
        make_safe(notebook)
        remarks = [line(evidence.remark) for evidence in outcome.evidence.values() if evidence.remark]
        notes = (*facts.notes, *syntax_errors(notebook), *remarks)
        self._note(student, notes)
        (staged / f"{self.notebook}.ipynb").write_text(writes(notebook), encoding="utf-8")
        write_facts(staged, replace(facts, notes=notes, boxed=outcome.boxed))
        for path in staged.rglob("*"):
            if path.is_file():
                path.chmod(0o664 if self.course.coursedir.groupshared else 0o444)
        scores, why = auto_scores(notebook, outcome.evidence), reasons(notebook, outcome.evidence)
        marks[student] = Marks(student, scores, why, self.answers(student, facts))

    def _save_marks(self, gradebook: Gradebook, marks: Sequence[Marks]) -> dict[str, Exception]:
        """Save all in one transaction; if that fails, each by itself."""
        try:
            self._save_together(gradebook, marks)
        except Exception:
            _log.warning("Marks are saved one by one, for saving them together failed", exc_info=True)
        else:
            return {}
        return each(lambda own: self._save_together(gradebook, [own]), marks)

    def _save_together(self, gradebook: Gradebook, marks: Sequence[Marks]) -> None:
        for student, remarks in save(gradebook, self._entries, marks).items():
            self._note(student, remarks)

    def _note(self, student: str, remarks: Sequence[Text]) -> None:
        if remarks:
            self.remarks[student] = "; ".join(filter(None, (self.remarks.get(student), *remarks)))

    def _move(self, outcome: Outcome) -> None:
        replace_folder(self._staging / outcome.student, self._folder("autograded", outcome.student))
        del self._facts[outcome.student]

    @cached_property
    def _limit_output(self) -> LimitOutput:
        return LimitOutput(config=self.course.config)

    def _folder(self, kind: str, student: str) -> Path:
        return self.course.folder(kind, student, self.assignment)
