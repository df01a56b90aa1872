"""Enter submissions, points and reasons into nbgrader's gradebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task
from sqlalchemy import or_
from sqlalchemy.orm.attributes import set_committed_value

from helpers.grading.pipeline.by_hand import Answers, remark
from helpers.grading.pipeline.evidence import NONE, Evidence
from helpers.notebooks.cells import is_check, is_placeholder
from helpers.notebooks.text import Text

__all__ = ["auto_scores", "enter", "look_again", "save", "students_with_points"]


def enter(
    gradebook: Gradebook, assignment: str, points: Mapping[str, float], times: Mapping[str, datetime | None]
) -> dict[str, SubmittedAssignment]:
    """Enter submissions as nbgrader's `add_submission` does, all in one transaction.

    Args:
        points: what each graded cell is worth now, by grade id.
        times: when each student handed in (UTC), None if nothing says.

    Returns:
        The gradebook's entries, by student.
    """
    session = gradebook.db()
    session.expire_on_commit = session.autoflush = False  # what this run makes need not be written and read at once
    recorded = gradebook.find_assignment(assignment)
    students = {student.id: student for student in gradebook.students}
    entries = {entry.student_id: entry for entry in gradebook.assignment_submissions(assignment)}
    (notebook,) = recorded.notebooks
    for cell in (*notebook.grade_cells, *notebook.task_cells):
        cell.max_score = points[cell.name]
    for name, time in times.items():
        if name not in entries:
            entries[name] = SubmittedAssignment(assignment=recorded, student=students.get(name) or Student(id=name))
            SubmittedNotebook(notebook=notebook, assignment=entries[name])
        gradebook.db.add_all(_missing_marks(entries[name].notebooks[0]))
        if time:
            entries[name].timestamp = time
    gradebook.db.add_all(entries.values())
    gradebook.db.commit()
    return {name: entries[name] for name in times}


def students_with_points(gradebook: Gradebook, assignment: str) -> set[str]:
    """Return the students whose submissions have points, or wait for somebody to give them."""
    submitted = gradebook.db().query(SubmittedAssignment.student_id).join(SubmittedAssignment.assignment)
    grades = submitted.filter_by(name=assignment).join(SubmittedAssignment.notebooks).join(SubmittedNotebook.grades)
    return {row[0] for row in grades.filter(or_(Grade.auto_score.isnot(None), Grade.needs_manual_grade)).distinct()}


def save(
    gradebook: Gradebook,
    entry: SubmittedAssignment,
    notebook: NotebookNode,
    evidence: Mapping[str, Evidence],
    answers: Answers,
) -> None:
    """Save the points of a graded notebook in one transaction. Saving twice has the effect of saving once.

    Points that a person gave stay as they are. They are marked to be looked at again if the answer is another one.

    Args:
        evidence: what each check has shown, by grade id.
    """
    (submitted,) = entry.notebooks
    _read_marks_by_hand(gradebook, submitted)
    _set_points(submitted, auto_scores(notebook, evidence), answers)
    _set_comments(submitted, notebook, evidence)
    gradebook.db.commit()


def _missing_marks(submitted: SubmittedNotebook) -> list[Grade | Comment]:
    """Make an empty grade for each graded cell, and an empty comment for each answer, that have none yet."""
    cells = submitted.notebook
    graded, commented = ({mark.cell for mark in marks} for marks in (submitted.grades, submitted.comments))
    graded_cells, answers = (*cells.grade_cells, *cells.task_cells), (*cells.solution_cells, *cells.task_cells)
    return [
        *(Grade(cell=cell, notebook=submitted) for cell in graded_cells if cell not in graded),
        *(Comment(cell=cell, notebook=submitted) for cell in answers if cell not in commented),
    ]


def look_again(gradebook: Gradebook, entry: SubmittedAssignment, answers: Answers) -> list[Text]:
    """Say which marks by hand a person should look at again, and why."""
    (submitted,) = entry.notebooks
    _read_marks_by_hand(gradebook, submitted)
    remarks = (
        remark(grade, grade.cell.max_score, answers) for grade in sorted(submitted.grades, key=lambda grade: grade.name)
    )
    return [words for words in remarks if words]


def auto_scores(notebook: NotebookNode, evidence: Mapping[str, Evidence]) -> dict[str, float | None]:
    """Return the points that a graded notebook earns, by grade cell; None where a person has to give them."""
    scores = {}
    for cell in filter(is_grade, notebook.cells):
        name = cell.metadata.nbgrader.grade_id
        scores[name] = evidence.get(name, NONE).points if is_check(cell) else determine_grade(cell)[0]
    return scores


def _read_marks_by_hand(gradebook: Gradebook, submitted: SubmittedNotebook) -> None:
    """Read what people gave once more: somebody may be grading by hand at this moment."""
    columns = Grade.id, Grade.manual_score, Grade.needs_manual_grade
    read = {row[0]: row[1:] for row in gradebook.db.query(*columns).filter(Grade.notebook_id == submitted.id)}
    for grade in submitted.grades:
        for name, value in zip(("manual_score", "needs_manual_grade"), read[grade.id], strict=True):
            set_committed_value(grade, name, value)


def _set_points(submitted: SubmittedNotebook, scores: Mapping[str, float | None], answers: Answers) -> None:
    for grade in submitted.grades:
        grade.auto_score = scores.get(grade.name, grade.auto_score)
        if grade.manual_score is None:
            grade.needs_manual_grade = grade.auto_score is None
        else:
            grade.needs_manual_grade = remark(grade, grade.cell.max_score, answers) is not None


def _set_comments(submitted: SubmittedNotebook, notebook: NotebookNode, evidence: Mapping[str, Evidence]) -> None:
    """Comment each answer, as nbgrader does automatically, with the reasons why its checks took points."""
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
    for comment in submitted.comments:
        if comment.name in reasons:
            comment.auto_comment = "\n".join(dict.fromkeys(filter(None, reasons[comment.name]))) or None
