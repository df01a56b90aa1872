"""Enter submissions, points and reasons into nbgrader's gradebook."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from nbformat import NotebookNode
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.utils import determine_grade, is_grade, is_solution, is_task
from sqlalchemy.orm.attributes import set_committed_value
from traitlets.config import Config

from helpers.grading.pipeline.evidence import NONE, Evidence
from helpers.notebooks.cells import is_check, is_placeholder

__all__ = ["enter", "save"]


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


def save(
    gradebook: Gradebook,
    entry: SubmittedAssignment,
    notebook: NotebookNode,
    evidence: Mapping[str, Evidence],
    config: Config,
) -> None:
    """Save the points of a graded notebook in one transaction. Saving twice has the effect of saving once.

    Points that a person gave stay as they are, and are marked to be looked at again.

    Args:
        evidence: what each check has shown, by grade id.
        config: nbgrader's, for the late penalty.
    """
    (submitted,) = entry.notebooks
    _read_manual_scores(gradebook, submitted)
    _set_points(submitted, notebook, evidence)
    _set_comments(submitted, notebook, evidence)
    gradebook.db.flush()
    _assign_late_penalty(gradebook, entry, config)
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


def _read_manual_scores(gradebook: Gradebook, submitted: SubmittedNotebook) -> None:
    """Read the points that people gave once more: somebody may be grading by hand at this moment."""
    scores = dict(gradebook.db.query(Grade.id, Grade.manual_score).filter(Grade.notebook_id == submitted.id).all())
    for grade in submitted.grades:
        set_committed_value(grade, "manual_score", scores[grade.id])


def _set_points(submitted: SubmittedNotebook, notebook: NotebookNode, evidence: Mapping[str, Evidence]) -> None:
    grades = {grade.name: grade for grade in submitted.grades}
    for cell in filter(is_grade, notebook.cells):
        grade = grades[cell.metadata.nbgrader.grade_id]
        if is_check(cell):
            grade.auto_score = evidence.get(grade.name, NONE).points
        else:
            grade.auto_score, _ = determine_grade(cell)
    for grade in grades.values():
        grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None


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


def _assign_late_penalty(gradebook: Gradebook, entry: SubmittedAssignment, config: Config) -> None:
    """Do what nbgrader's AssignLatePenalties does, with its plugin, in the transaction that saves the points."""
    (notebook,) = entry.notebooks
    notebook.late_submission_penalty = None
    late = entry.total_seconds_late
    if late > 0:
        gradebook.db.refresh(notebook)  # its score is computed by the data base
        step = AssignLatePenalties(config=config)
        step.init_plugin()
        penalty = step.plugin_inst.late_submission_penalty(entry.student_id, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = min(max(penalty, 0), notebook.score)
