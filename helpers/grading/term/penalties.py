"""Enter the rules of a term into nbgrader's gradebook: due dates, extensions, and late penalties.

Penalties go the way that nbgrader provides, a plugin. So formgrader, `nbgrader export`, reports and exports agree.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from nbgrader.api import Grade, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins import BasePlugin, LateSubmissionPlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import func
from sqlalchemy.orm import Query, defer, joinedload, selectinload
from traitlets.config import Config

from helpers.grading.course import Course, transaction
from helpers.grading.labs import find_labs
from helpers.grading.term.roster import Person, Roster
from helpers.grading.term.rules import RULES_FILE, LabRules, Late, Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = [
    "LatePenalty",
    "apply_rules",
    "assign_late_penalty",
    "find_plugin",
    "person_of",
    "seconds_late",
    "submissions",
]

_AT_ONCE = 1000  # submissions in memory
_CENT = 0.005  # data bases round: penalties that differ by less are the same


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's plugin for the penalty that `course.toml` sets. If it sets none, nbgrader's own settings count."""

    @cached_property
    def _late(self) -> Late | None:
        return Rules.load(Path(CourseDirectory(config=self.config).root)).late

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        if self._late is None:
            return super().late_submission_penalty(student_id, score, total_seconds_late)
        return self._late.taken_off(score, total_seconds_late)


def find_plugin(config: Config) -> BasePlugin:
    """Return the plugin for late penalties that nbgrader's configuration names."""
    step = AssignLatePenalties(config=config)
    step.init_plugin()
    return step.plugin_inst


def person_of(roster: Roster, student: str) -> Person:
    """Return the person who is a student of the gradebook; somebody without a name if the roster does not tell."""
    return roster.people.get(student) or roster.find(student) or Person(student)


def submissions(gradebook: Gradebook) -> Query[Any]:
    """Return a query for all submissions of all labs, which loads what is read of them at once."""
    return (
        gradebook.db()
        .query(SubmittedAssignment)
        .options(
            joinedload(SubmittedAssignment.assignment),
            selectinload(SubmittedAssignment.notebooks).joinedload(SubmittedNotebook.notebook),
            defer(SubmittedAssignment.max_task_score),  # nbgrader's query for it gives a row for each lab
        )
    )


def seconds_late(entry: SubmittedAssignment, rules: Rules | None = None) -> float:
    """Return how late a submission is, extension included; 0 for a lab that is never due, where nbgrader may fail.

    Args:
        rules: if given, what comes within their time of grace is not late.
    """
    late = float(entry.total_seconds_late) if entry.assignment.duedate else 0.0
    grace = rules.late.grace.total_seconds() if rules and rules.late else 0.0
    return late if late > grace else 0.0


def assign_late_penalty(
    entry: SubmittedAssignment, notebook: SubmittedNotebook, score: float, plugin: BasePlugin
) -> None:
    """Do what nbgrader's AssignLatePenalties does, for points known already. Writes nothing if nothing changes."""
    late, penalty = seconds_late(entry), None
    if late > 0:
        penalty = plugin.late_submission_penalty(entry.student_id, score, late)
    if penalty is not None:
        penalty = min(max(penalty, 0.0), max(score, 0.0))
    before = notebook.late_submission_penalty
    if (before is None) != (penalty is None) or abs((before or 0.0) - (penalty or 0.0)) >= _CENT:
        notebook.late_submission_penalty = penalty


def apply_rules(course: Course, rules: Rules) -> None:
    """Enter due dates and extensions, and compute all late penalties anew, in one transaction.

    Points that a person gives come after the grading, and nbgrader does not compute penalties again. What the rules do
    not set stays as it is. If nothing changes, nothing is written.

    Raises:
        CourseError: if the rules name a lab or a student that does not exist, or would not be used.
    """
    plugin, roster = find_plugin(course.config), Roster.load(course.root)
    if rules.late and not isinstance(plugin, LatePenalty):
        raise CourseError(
            f"{RULES_FILE} has a table [late], but nbgrader_config.py names another plugin for late penalties "
            f"({type(plugin).__name__}). Take the table out, or say c.AssignLatePenalties.plugin_class = LatePenalty."
        )
    with course.gradebook() as gradebook:
        _check_names(course, rules, roster, gradebook)
        session = gradebook.db()
        session.autoflush = False
        _enter(gradebook, rules, roster, plugin)
        if not session.dirty:
            return
        session.rollback()
        with transaction(session):
            _enter(gradebook, rules, roster, plugin)


def _enter(gradebook: Gradebook, rules: Rules, roster: Roster, plugin: BasePlugin) -> None:
    session = gradebook.db()
    for assignment in gradebook.assignments:
        due = rules.labs.get(assignment.name, LabRules()).due
        if due and assignment.duedate != due:
            assignment.duedate = due
    # In one sum: nbgrader's own property goes through all grades for each notebook, 20 s for 2,000 submissions.
    sums = session.query(Grade.notebook_id, func.sum(Grade.score)).group_by(Grade.notebook_id)
    scores: dict[str, float] = dict(sums.all())
    for entry in submissions(gradebook).yield_per(_AT_ONCE):
        _set_extension(entry, rules, roster)
        for notebook in entry.notebooks:
            assign_late_penalty(entry, notebook, scores.get(notebook.id, 0.0), plugin)


def _set_extension(entry: SubmittedAssignment, rules: Rules, roster: Roster) -> None:
    person = person_of(roster, entry.student_id)
    extension = rules.of_student(entry.student_id, person.id).extensions.get(entry.assignment.name)
    if extension is not None and entry.assignment.duedate and (entry.extension or timedelta()) != extension:
        entry.extension = extension or None


def _check_names(course: Course, rules: Rules, roster: Roster, gradebook: Any) -> None:
    labs = {assignment.name for assignment in gradebook.assignments}
    with suppress(FileNotFoundError):
        labs |= {lab.assignment for lab in find_labs(course.root / "source")}
    for lab in rules.labs:
        _check_name("labs", "lab", lab, labs)
    for student, own in rules.students.items():
        for lab in (*own.extensions, *own.exempt):
            _check_name(f"students.{student}", "lab", lab, labs)
        if roster.people:  # or else a student who has handed nothing in yet is unknown
            _check_name("students", "student", student, {*roster.people, *(s.id for s in gradebook.students)})


def _check_name(table: str, kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        near = get_close_matches(name, known, 1)
        hint = f"Did you mean {line(near[0])}?" if near else "Check the spelling."
        raise CourseError(f"{RULES_FILE}, {line(table)}: there is no {kind} {line(name)}. {hint}")
