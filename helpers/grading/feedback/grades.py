"""Read from the gradebook what a page of feedback says about points."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbgrader.api import SubmittedAssignment, SubmittedNotebook

from helpers.grading.course import Course
from helpers.grading.term.penalties import seconds_late

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
        return self.points - self.penalty

    @property
    def waiting(self) -> list[str]:
        """The grade ids of what a person has yet to mark."""
        return [name for name, grade in self.cells.items() if grade.waits]


def read_grades(course: Course, assignment: str) -> dict[str, Grades]:
    """Return what each student earned in a lab; empty if nobody has."""
    with course.gradebook() as gradebook:
        return {entry.student_id: _grades(entry) for entry in gradebook.assignment_submissions(assignment)}


def _grades(entry: SubmittedAssignment) -> Grades:
    """Read one submission. A lab has one notebook."""
    (notebook,) = entry.notebooks
    comments = sorted(notebook.comments, key=lambda comment: comment.name)
    return Grades(
        cells=_cells(notebook),
        messages={comment.name: comment.auto_comment for comment in comments if comment.auto_comment},
        comments={comment.name: comment.manual_comment for comment in comments if comment.manual_comment},
        penalty=notebook.late_submission_penalty or 0.0,
        late_seconds=seconds_late(entry),
    )


def _cells(notebook: SubmittedNotebook) -> dict[str, Grade]:
    return {
        grade.name: Grade(grade.score, grade.max_score, bool(grade.needs_manual_grade and grade.manual_score is None))
        for grade in sorted(notebook.grades, key=lambda grade: grade.name)
    }
