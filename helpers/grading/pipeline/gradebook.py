"""Enter submissions, points and reasons into nbgrader's gradebook, many in one transaction.

nbgrader's objects are not made for large classes: to find the grades of a submission they read all grades of all. Here
rows are found by the cell and the submission together, for which nbgrader's tables have an index.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nbformat import NotebookNode
from nbgrader.api import (
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    new_uuid,
)
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task
from sqlalchemy import Select, insert, or_, select, update
from sqlalchemy.orm import Session

from helpers.grading.course import transaction
from helpers.grading.pipeline.by_hand import Answers, remark
from helpers.grading.pipeline.evidence import NONE, Evidence
from helpers.notebooks.cells import is_check, is_placeholder
from helpers.notebooks.text import Text

__all__ = ["Entries", "Marks", "auto_scores", "enter", "reasons", "save", "students_with_points"]

TOGETHER = 200  # submissions in one query


@dataclass(frozen=True)
class Entries:
    """A lab in the gradebook.

    Attributes:
        notebooks: the submitted notebooks' ids, by student.
        graded: the ids of the cells that get points.
        answers: the ids of the cells that get comments.
        points: what each graded cell is worth, by grade id.
    """

    notebooks: Mapping[str, str]
    graded: Sequence[str]
    answers: Sequence[str]
    points: Mapping[str, float]


@dataclass(frozen=True)
class Marks:
    """What a submission has earned.

    Attributes:
        scores: points by grade id, None where a person has to give them.
        reasons: why checks took points, by the answer's grade id.
        answers: what the student answered.
    """

    student: str
    scores: Mapping[str, float | None]
    reasons: Mapping[str, str | None]
    answers: Answers


def enter(
    gradebook: Gradebook, assignment: str, points: Mapping[str, float], times: Mapping[str, datetime | None]
) -> Entries:
    """Enter submissions as nbgrader's `add_submission` does, all in one transaction.

    Args:
        points: what each graded cell is worth now, by grade id.
        times: when each student handed in (UTC), None if nothing says.
    """
    session = gradebook.db()
    recorded = gradebook.find_assignment(assignment)
    (notebook,) = recorded.notebooks
    graded, answers = ([*cells, *notebook.task_cells] for cells in (notebook.grade_cells, notebook.solution_cells))
    with transaction(session):
        for cell in graded:
            cell.max_score = points[cell.name]
        known = set(session.scalars(select(Student.id)))
        _insert(session, Student, [{"id": student} for student in times if student not in known])
        submitted = _enter_all(session, SubmittedAssignment, "student_id", times, assignment_id=recorded.id)
        _update(
            session,
            SubmittedAssignment,
            [{"id": submitted[student], "timestamp": time} for student, time in times.items() if time],
        )
        notebooks = _enter_all(session, SubmittedNotebook, "assignment_id", submitted.values(), notebook_id=notebook.id)
        entries = Entries(
            notebooks={student: notebooks[entry] for student, entry in submitted.items()},
            graded=[cell.id for cell in graded],
            answers=[cell.id for cell in answers],
            points=points,
        )
        _enter_marks(session, Grade, entries.graded, [*notebooks.values()])
        _enter_marks(session, Comment, entries.answers, [*notebooks.values()])
    return entries


def _enter_all(session: Session, table: Any, column: str, values: Collection[str], **others: str) -> dict[str, str]:
    """Make a row for each value of a column that has none yet; return the ids of the rows by value."""
    query = select(getattr(table, column), table.id).filter_by(**others)
    known = {row[0]: row[1] for row in session.execute(query)}
    new = {value: new_uuid() for value in values if value not in known}
    _insert(session, table, [{"id": row, column: value, **others} for value, row in new.items()])
    return {value: new.get(value) or known[value] for value in values}


def _enter_marks(session: Session, table: Any, cells: Sequence[str], notebooks: Sequence[str]) -> None:
    """Make an empty grade or comment for each cell of each submitted notebook that has none yet."""
    for start in range(0, len(notebooks), TOGETHER):
        some = notebooks[start : start + TOGETHER]
        known = set(session.execute(_marks(table, cells, some, table.cell_id, table.notebook_id)))
        missing = ((cell, notebook) for notebook in some for cell in cells if (cell, notebook) not in known)
        _insert(session, table, [{"cell_id": cell, "notebook_id": notebook} for cell, notebook in missing])


def _marks(table: Any, cells: Collection[str], notebooks: Iterable[str], *columns: Any) -> Select[Any]:
    """Return a query for the grades or comments of submitted notebooks. The index that it needs begins with cells."""
    return select(*columns).where(table.cell_id.in_(cells), table.notebook_id.in_(notebooks))


def _insert(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _update(session: Session, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Update rows by their ids."""
    if rows:  # without any, SQLAlchemy would update all rows of the table
        session.execute(update(table), rows)


def students_with_points(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students whose submissions have points, or wait for somebody to give them."""
    submitted = gradebook.db().query(SubmittedAssignment.student_id).join(SubmittedAssignment.assignment)
    grades = submitted.filter_by(name=assignment).join(SubmittedAssignment.notebooks).join(SubmittedNotebook.grades)
    return {row[0] for row in grades.filter(or_(Grade.auto_score.isnot(None), Grade.needs_manual_grade)).distinct()}


def save(gradebook: Gradebook, entries: Entries, marks: Sequence[Marks]) -> dict[str, list[Text]]:
    """Save the marks of submissions in one transaction. Saving twice has the effect of saving once.

    Points that a person gave stay as they are, also if somebody gives them at this moment. They are marked to be looked
    at again if the answer is another one.

    Returns:
        Which marks by hand a person should look at again, and why, by student.
    """
    session = gradebook.db()
    by_notebook = {entries.notebooks[own.student]: own for own in marks}
    with transaction(session):
        remarks = _save_scores(session, entries, by_notebook)
        _save_reasons(session, entries, by_notebook)
    return remarks


def _save_scores(session: Session, entries: Entries, marks: Mapping[str, Marks]) -> dict[str, list[Text]]:
    remarks, changed = defaultdict(list), []
    columns = Grade.id, Grade.notebook_id, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade
    query = _marks(Grade, entries.graded, marks, BaseCell.name, *columns).join(Grade.cell).order_by(BaseCell.name)
    for grade in session.execute(query.with_for_update(of=Grade)):  # nobody gives points between reading and writing
        own = marks[grade.notebook_id]
        if again := remark(grade, entries.points[grade.name], own.answers):
            remarks[own.student].append(again)
        score = own.scores.get(grade.name, grade.auto_score)
        waits = score is None if grade.manual_score is None else again is not None
        if (score, waits) != (grade.auto_score, grade.needs_manual_grade):
            changed.append({"id": grade.id, "auto_score": score, "needs_manual_grade": waits})
    _update(session, Grade, changed)
    return remarks


def _save_reasons(session: Session, entries: Entries, marks: Mapping[str, Marks]) -> None:
    columns = BaseCell.name, Comment.id, Comment.notebook_id, Comment.auto_comment
    query, changed = _marks(Comment, entries.answers, marks, *columns).join(Comment.cell), []
    for comment in session.execute(query):
        words = marks[comment.notebook_id].reasons.get(comment.name, comment.auto_comment)
        if words != comment.auto_comment:
            changed.append({"id": comment.id, "auto_comment": words})
    _update(session, Comment, changed)


def auto_scores(notebook: NotebookNode, evidence: Mapping[str, Evidence]) -> dict[str, float | None]:
    """Return the points that a graded notebook earns, by grade cell; None where a person has to give them."""
    scores = {}
    for cell in filter(is_grade, notebook.cells):
        name = cell.metadata.nbgrader.grade_id
        scores[name] = evidence.get(name, NONE).points if is_check(cell) else determine_grade(cell)[0]
    return scores


def reasons(notebook: NotebookNode, evidence: Mapping[str, Evidence]) -> dict[str, str | None]:
    """Return the comment on each answer, as nbgrader gives it automatically: the reasons why its checks took points."""
    reasons: dict[str, list[str]] = defaultdict(list)
    answer = ""
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        if is_solution(cell) or is_task(cell):
            reasons[name] = []
            answer = name if cell.cell_type == "code" else answer
        if is_check(cell):
            reasons[answer].append(evidence.get(name, NONE).message)
        if is_placeholder(cell):
            reasons[name].append("No response.")
    return {name: "\n".join(dict.fromkeys(filter(None, own))) or None for name, own in reasons.items()}
