"""When a lab is due, for each student: `course.toml` says so, or the gradebook."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import MissingEntry

from helpers.grading.course import Course
from helpers.grading.term.rules import LabRules, Late, Rules

__all__ = ["DueDates"]


class DueDates:
    """The due dates of a lab, in UTC without a zone."""

    def __init__(self, course: Course, lab: str, rules: Rules) -> None:
        self._rules, self._lab = rules, lab
        self._due, self._extensions = _in_gradebook(course, lab)

    def of(self, student: str) -> datetime | None:
        """Return when a student begins to be late, extension and grace included; None if the lab is never due."""
        due = self._rules.labs.get(self._lab, LabRules()).due or self._due
        extension = self._rules.of_student(student).extensions.get(self._lab)
        if extension is None:
            extension = self._extensions.get(student, timedelta())
        return due and due + extension + (self._rules.late or Late()).grace


def _in_gradebook(course: Course, lab: str) -> tuple[datetime | None, dict[str, timedelta]]:
    if not _has_gradebook(course):
        return None, {}
    with course.gradebook() as gradebook:
        try:
            due = gradebook.find_assignment(lab).duedate
        except MissingEntry:
            return None, {}
        entries = gradebook.assignment_submissions(lab)
        return due, {entry.student_id: entry.extension for entry in entries if entry.extension}


def _has_gradebook(course: Course) -> bool:
    """Check whether there is a gradebook: nbgrader makes one if asked for it, which takes seconds."""
    kind, _, path = course.coursedir.db_url.partition(":///")
    return kind != "sqlite" or Path(path).exists()
