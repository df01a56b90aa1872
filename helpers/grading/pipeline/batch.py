"""Grade a whole class: take in, execute on many workers, save by one writer.

Taking in and saving happen in this process, which alone holds the gradebook. Executing happens on Dask workers, here
or on other machines. The run may be killed at any moment, and the same command goes on: a submission counts as graded
when its folder stands under `autograded/`, and the folder is moved there, whole, after its points are in the gradebook.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import nbformat
from distributed import Client, as_completed
from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties, LimitOutput
from sqlalchemy.orm.attributes import set_committed_value

from helpers.grading.course import Course, CourseError
from helpers.grading.facts import FACTS_FILE, Facts, read_facts, write_facts
from helpers.grading.intake import TIME_FILE, Files, Master, Submission, read_folder, read_time, take_in
from helpers.grading.intake.files import replace_folder
from helpers.grading.labs import find_labs
from helpers.grading.pages.harmless import make_safe
from helpers.grading.pipeline.causes import syntax_errors
from helpers.grading.pipeline.evidence import save_evidence
from helpers.grading.pipeline.submission import Outcome, run_submission
from helpers.grading.sandbox.box import SandboxError
from helpers.grading.sandbox.filesystem import SubmissionError
from helpers.grading.text import line

__all__ = ["Grading", "Plan"]

_log = logging.getLogger(__name__)

Tell = Callable[[str, str], None]
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

    Raises:
        CourseError: if the lab was not released as it is, or holds not one notebook.
    """

    def __init__(self, course: Course, assignment: str) -> None:
        self.course, self.assignment = course, assignment
        self._staging = course.root / ".autograding" / assignment
        self._notes: dict[str, Facts] = {}  # of the submissions that are under way
        self.remarks: dict[str, str] = {}  # what was out of the ordinary with those that are graded, by student
        with course.gradebook() as gradebook:
            self.notebook = self._only_notebook(gradebook)
            try:
                self.master = Master.load(gradebook, course.coursedir, assignment, self.notebook)
            except FileNotFoundError as error:
                raise CourseError(str(error)) from None

    def _only_notebook(self, gradebook: Gradebook) -> str:
        names = [n.name for one in gradebook.assignments if one.name == self.assignment for n in one.notebooks]
        if len(names) != 1:
            found = f"holds {len(names)} notebooks; a lab has one" if names else "was not released"
            raise CourseError(f"{self.assignment} {found}. Run `nbgrader generate_assignment {self.assignment}`.")
        return str(names[0])

    def plan(self, students: Sequence[str] = (), force: bool = False) -> Plan:
        """Whom a run would grade: all who handed in, or those named; without `force`, only what was not graded yet.

        Raises:
            CourseError: if a student named has handed nothing in.
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
        """What the instructor has changed since submissions were graded, or the lab was released, and what to do."""
        lab, mended, said = self.assignment, ", ".join(self.master.unreleased), []
        if plan.outdated:
            said.append(
                f"{lab} has changed since {len(plan.outdated)} of {len(plan.graded)} submissions were graded. "
                f"`course autograde {lab} --force` grades them again; what a person gave stays."
            )
        if mended:
            said.append(
                f"{lab}: release/ is older than source/, which counts ({mended} changed). "
                f"`nbgrader generate_assignment --force {lab}` brings it up to date."
            )
        return said

    def _graded_by(self, student: str) -> str:
        """The digest of the lab by which a submission was graded; none if it was not, or was something else then."""
        folder = self._folder("autograded", student)
        facts = read_facts(folder)
        if (folder / f"{self.notebook}.ipynb").exists():
            with suppress(OSError):  # it will be said when it is taken in
                if facts.submission == read_folder(self._submitted(student), self._ignored()).digest:
                    return facts.lab
        return ""

    @cached_property
    def _lab(self) -> str:
        """The digest of all by which submissions are graded."""
        return Files({**self._lab_files, "": self.master.rules.encode()}).digest

    def run(self, plan: Plan, client: Client, started: Callable[[str], None], finished: Tell) -> dict[str, str]:
        """Grade. A submission that cannot be graded costs no other.

        Where the grading itself fails, the submission runs once more, apart from all others: one of them may have been
        the reason. Where it fails again nothing is saved.

        Args:
            started: is told each student whose submission goes to the workers.
            finished: is told each student that is done, and why not graded (the empty string otherwise).

        Raises:
            CourseError: if a worker lacks a protection of the sandbox; what was graded until then is kept.

        Returns:
            Why a submission could not be graded, by student; empty if all is well.
        """
        shutil.rmtree(self._staging, ignore_errors=True)  # what a killed run left
        failed: dict[str, str] = {}

        def done(student: str, error: Exception | None = None) -> None:
            if error is None:
                _log.info("%s: graded", student)
            else:
                _log.error("%s: not graded", student, exc_info=error)
                failed[student] = _in_a_line(error)
            finished(student, failed.get(student, ""))

        with self.course.gradebook() as gradebook:
            self._entered = self._enter(gradebook, plan.to_grade)
            waiting = iter(plan.to_grade)
            running, taken = as_completed(), dict[Any, tuple[Submission, bool]]()
            places = sum(client.nthreads().values()) + AHEAD

            def submit(submission: Submission, apart: bool = False) -> None:
                future = client.submit(run_submission, submission, self._settings(), apart, pure=False, retries=0)
                taken[future.key] = submission, apart
                running.add(future)

            def start_next() -> None:
                for student in waiting:
                    _log.info("%s: taken", student)
                    try:
                        submission = self._prepare(student)
                        started(student)
                        submit(submission)
                        return
                    except Exception as error:  # whatever is wrong with this one, the class goes on
                        done(student, error)

            for _ in range(places):
                start_next()
            for future in running:
                submission, second = taken.pop(future.key)
                try:
                    outcome = future.result()
                except SandboxError as error:  # it would be the same for all
                    raise CourseError(f"No submission can be graded: {error}") from None
                except Exception as error:
                    if not second and not isinstance(error, SubmissionError):
                        _log.warning("%s: tried again, for the grading failed", submission.student, exc_info=error)
                        submit(submission, apart=True)
                        continue
                    done(submission.student, error)
                else:
                    self._try_to_save(gradebook, outcome, done)
                future.release()
                start_next()
        shutil.rmtree(self._staging, ignore_errors=True)
        return failed

    def _try_to_save(self, gradebook: Gradebook, outcome: Outcome, done: Callable[..., None]) -> None:
        try:
            self._save(gradebook, outcome)
        except Exception as error:
            gradebook.db.rollback()
            done(outcome.student, error)
        else:
            done(outcome.student)

    def _settings(self) -> dict[str, Any]:
        """What of nbgrader's configuration workers need, as plain data."""
        return {name: dict(self.course.config[name]) for name in SETTINGS if name in self.course.config}

    def _enter(self, gradebook: Gradebook, students: list[str]) -> dict[str, SubmittedAssignment]:
        """Enter all submissions into the gradebook as nbgrader's `add_submission` does, in one transaction."""
        session = gradebook.db()
        session.expire_on_commit = session.autoflush = False  # what this run makes need not be written and read at once
        assignment = gradebook.find_assignment(self.assignment)
        known = {student.id: student for student in gradebook.students}
        entered = {one.student_id: one for one in gradebook.assignment_submissions(self.assignment)}
        (notebook,) = assignment.notebooks
        for cell in (*notebook.grade_cells, *notebook.task_cells):
            cell.max_score = self.master.points[cell.name]
        for name in students:
            if name not in entered:
                student = known.get(name) or Student(id=name)
                entered[name] = SubmittedAssignment(assignment=assignment, student=student)
                SubmittedNotebook(notebook=notebook, assignment=entered[name])
            gradebook.db.add_all(_missing_marks(entered[name].notebooks[0]))
            when = read_time(self._submitted(name))
            if when:
                entered[name].timestamp = when
        gradebook.db.add_all(entered.values())
        gradebook.db.commit()
        return {name: entered[name] for name in students}

    def _prepare(self, student: str) -> Submission:
        """Take in what the student handed in, and stage the files that will lie beside the graded notebook."""
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
        self._notes[student] = Facts(
            submission.notes, submission.is_readable, submission=submission.digest, lab=self._lab
        )
        return submission

    def _ignored(self) -> list[str]:
        return [*self.course.coursedir.ignore, FACTS_FILE]

    @cached_property
    def _lab_files(self) -> dict[str, bytes]:
        """What the lab puts beside the notebook of everybody; not what students are to hand in there themselves."""
        students_own = self.course.config.Autograde.get("exclude_overwriting", {}).get(self.assignment, [])
        files = read_folder(self._folder("source", "."), [*self._ignored(), "*.ipynb"]).contents
        return {name: content for name, content in files.items() if name not in students_own}

    def _other_labs(self) -> dict[str, frozenset[str]]:
        """The names of the cells of each other lab, by which its notebook is known."""
        labs = find_labs(self._folder("source", ".").parent)
        return {
            lab.assignment: frozenset(cell.id for cell in lab.read().cells)
            for lab in labs
            if lab.assignment != self.assignment
        }

    def _save(self, gradebook: Gradebook, outcome: Outcome) -> None:
        """Points and reasons into the gradebook, then the folder into its place. Saving twice is saving once."""
        notebook = nbformat.reads(outcome.notebook, as_version=4)
        LimitOutput(config=self.course.config).preprocess(notebook, {})
        make_safe(notebook)
        staged = self._stage(notebook, outcome)
        entry = self._entered[outcome.student]
        _read_manual_scores(gradebook, entry.notebooks[0])
        save_evidence(entry.notebooks[0], notebook, outcome.evidence)
        gradebook.db.flush()
        self._assign_late_penalty(gradebook, entry)
        gradebook.db.commit()
        replace_folder(staged, self._folder("autograded", outcome.student))

    def _stage(self, notebook: NotebookNode, outcome: Outcome) -> Path:
        """Write all that will lie under `autograded/`: no points are entered where that fails."""
        staged = self._staging / outcome.student
        nbformat.write(notebook, staged / f"{self.notebook}.ipynb")
        facts = self._notes.pop(outcome.student)
        remarks = [line(one.remark) for one in outcome.evidence.values() if one.remark]
        notes = (*facts.notes, *syntax_errors(notebook), *remarks)
        if notes:
            self.remarks[outcome.student] = "; ".join(notes)
        write_facts(staged, replace(facts, notes=notes, boxed=outcome.boxed))
        for path in staged.rglob("*"):
            if path.is_file():
                path.chmod(0o664 if self.course.coursedir.groupshared else 0o444)
        return staged

    def _assign_late_penalty(self, gradebook: Gradebook, entry: SubmittedAssignment) -> None:
        """As nbgrader's AssignLatePenalties, with its plugin, in the transaction that saves the points."""
        (notebook,) = entry.notebooks
        notebook.late_submission_penalty = None
        late = entry.total_seconds_late
        if late > 0:
            gradebook.db.refresh(notebook)  # its score is computed by the data base
            step = AssignLatePenalties(config=self.course.config)
            step.init_plugin()
            penalty = step.plugin_inst.late_submission_penalty(entry.student_id, notebook.score, late)
            if penalty is not None:
                notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)

    def _folder(self, kind: str, student: str) -> Path:
        return self.course.folder(kind, student, self.assignment)

    def _submitted(self, student: str) -> Path:
        return self._folder("submitted", student)


def _in_a_line(error: Exception) -> str:
    """What a person needs to read of an error: its last line, for those of other processes hold tracebacks."""
    said = str(error).strip().splitlines()
    return f"{type(error).__name__}: {said[-1] if said else 'no more is known'}"


def _missing_marks(submitted: SubmittedNotebook) -> list[Grade | Comment]:
    """A grade for each graded cell and a comment for each answer, still empty, where there is none yet."""
    cells = submitted.notebook
    graded, commented = ({mark.cell for mark in marks} for marks in (submitted.grades, submitted.comments))
    graded_cells, answers = (*cells.grade_cells, *cells.task_cells), (*cells.solution_cells, *cells.task_cells)
    return [
        *(Grade(cell=cell, notebook=submitted) for cell in graded_cells if cell not in graded),
        *(Comment(cell=cell, notebook=submitted) for cell in answers if cell not in commented),
    ]


def _read_manual_scores(gradebook: Gradebook, submitted: SubmittedNotebook) -> None:
    """Look again at the points that people gave: somebody may be grading by hand meanwhile."""
    scores = dict(gradebook.db.query(Grade.id, Grade.manual_score).filter(Grade.notebook_id == submitted.id).all())
    for grade in submitted.grades:
        set_committed_value(grade, "manual_score", scores[grade.id])
