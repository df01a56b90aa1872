"""Read from the gradebook what a page of feedback says about points."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nbgrader.api import BaseCell, Comment, Gradebook, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Grade as GradeRow
from sqlalchemy.orm import Query

from helpers.grading.course import Course
from helpers.grading.term.penalties import seconds_late, submissions
from helpers.grading.term.rules import Rules

__all__ = ["Grade", "Grades", "read_grades"]


@dataclass(frozen=True)
class Grade:
    """The points of one graded cell. `waits` says that a person has yet to mark it."""

    points: float
    possible: float
    waits: bool = False


@dataclass(frozen=True)
class Grades:
    """What a student earned in a lab.

    Attributes:
        cells: the points of each graded cell, by grade id.
        messages: why checks took points, by the answer's grade id.
        comments: what a person wrote, as Markdown, by the answer's grade id.
        penalty: points taken off because the submission was late.
        late_seconds: how late it was.
    """

    cells: Mapping[str, Grade]
    messages: Mapping[str, str]
    comments: Mapping[str, str]
    penalty: float = 0.0
    late_seconds: float = 0.0

    @property
    def points(self) -> float:
        return sum(grade.points for grade in self.cells.values())

    @property
    def possible(self) -> float:
        return sum(grade.possible for grade in self.cells.values())

    @property
    def score(self) -> float:
        return max(self.points - self.penalty, 0.0)

    @property
    def waiting(self) -> list[str]:
        """The grade ids of what a person has yet to mark."""
        return [name for name, grade in self.cells.items() if grade.waits]


def read_grades(course: Course, assignment: str) -> dict[str, Grades]:
    """Return what each student earned in a lab; empty if nobody has."""
    rules = Rules.load(course.root)
    with course.gradebook() as gradebook:
        cells, comments = _cells(gradebook, assignment), _comments(gradebook, assignment)
        found = {}
        for entry in submissions(gradebook).join(SubmittedAssignment.assignment).filter_by(name=assignment):
            own = comments[entry.student_id]
            found[entry.student_id] = Grades(
                cells=cells[entry.student_id],
                messages={name: auto for name, auto, _ in own if auto},
                comments={name: manual for name, _, manual in own if manual},
                penalty=sum(notebook.late_submission_penalty or 0.0 for notebook in entry.notebooks),
                late_seconds=seconds_late(entry, rules),
            )
        return found


def _cells(gradebook: Gradebook, assignment: str) -> defaultdict[str, dict[str, Grade]]:
    """Return the points by student and grade id. One query: one for each cell takes seconds in a large class."""
    columns = GradeRow.score, GradeRow.max_score, GradeRow.needs_manual_grade, GradeRow.manual_score
    cells: defaultdict[str, dict[str, Grade]] = defaultdict(dict)
    for student, name, score, possible, needs_manual, manual in _query(gradebook, GradeRow, assignment, *columns):
        cells[student][name] = Grade(score, possible, bool(needs_manual and manual is None))
    return cells


def _comments(gradebook: Gradebook, assignment: str) -> defaultdict[str, list[tuple[str, str, str]]]:
    """Return answers with the messages of their checks and what a person wrote, by student."""
    comments: defaultdict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for student, *own in _query(gradebook, Comment, assignment, Comment.auto_comment, Comment.manual_comment):
        comments[student].append((own[0], own[1], own[2]))
    return comments


def _query(gradebook: Gradebook, table: Any, assignment: str, *columns: Any) -> Query[Any]:
    query = gradebook.db().query(SubmittedAssignment.student_id, BaseCell.name, *columns)
    joined = query.join(table.notebook).join(table.cell).join(SubmittedNotebook.assignment)
    return joined.join(SubmittedAssignment.assignment).filter_by(name=assignment).order_by(BaseCell.name)
