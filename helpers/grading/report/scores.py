"""Read the scores of a class from the gradebook: by student and lab, and by question."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import product
from statistics import mean

from nbgrader.api import MissingEntry, SubmittedAssignment

from helpers.grading.course import Course
from helpers.grading.facts import read_facts

__all__ = ["Difficulty", "Score", "difficulties", "read_scores"]


@dataclass
class Score:
    """A student's score in a lab.

    `cells` holds points and possible points by grade id, `waiting` the grade ids of written answers that nobody has
    graded yet, `notes` anything unusual.
    """

    student: str
    assignment: str
    points: float
    possible: float
    cells: dict[str, tuple[float, float]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def by_hand(self) -> int:
        """The number of written answers that wait for a person."""
        return len(self.waiting)


@dataclass(frozen=True)
class Difficulty:
    """The mean share of a question's points, and the number of students without any of them."""

    assignment: str
    question: str
    possible: float
    share: float
    without: int
    students: int


def read_scores(course: Course) -> list[Score]:
    """Return a score for each student and each lab with submissions; zero and a note if the student has none."""
    scores = []
    with course.gradebook() as gradebook:
        submitted = [assignment for assignment in gradebook.assignments if assignment.submissions]
        for assignment, student in product(submitted, gradebook.students):
            try:
                scores.append(_score(course, gradebook.find_submission(assignment.name, student.id)))
            except MissingEntry:
                note = "nothing submitted"
                scores.append(Score(student.id, assignment.name, 0.0, assignment.max_score, notes=[note]))
    return sorted(scores, key=lambda score: (score.student, score.assignment))


def _score(course: Course, submission: SubmittedAssignment) -> Score:
    name = submission.assignment.name
    score = Score(submission.student_id, name, submission.score, submission.max_score)
    for notebook in submission.notebooks:
        notes, is_readable = _notes(course, submission.student_id, name, notebook.name)
        score.notes += notes
        for grade in notebook.grades:
            if not (grade.needs_manual_grade and grade.manual_score is None):
                score.cells[grade.name] = (grade.score, grade.max_score)
            elif is_readable:
                score.waiting.append(grade.name)
    if submission.total_seconds_late > 0:
        score.notes.append(f"late by {datetime.timedelta(seconds=round(submission.total_seconds_late))}")
    return score


def _question(grade_id: str) -> str:
    """Return the question of a grade cell: "k25-sizes-hidden" belongs to "k25-sizes"."""
    return grade_id.rsplit("-", 1)[0]


def _notes(course: Course, student: str, assignment: str, notebook: str) -> tuple[list[str], bool]:
    """Return anything unusual about a submission, and whether there is anything for a person to grade."""
    graded = course.folder("autograded", student, assignment)
    if (graded / f"{notebook}.ipynb").exists():
        facts = read_facts(graded)
        return [*facts.notes, *([] if facts.boxed else ["graded without a sandbox"])], facts.is_readable
    is_collected = course.folder("submitted", student, assignment).exists()
    return ["not graded; `course autograde` says why" if is_collected else "not collected on this machine"], False


def difficulties(scores: list[Score]) -> list[Difficulty]:
    """Return the questions, those that cost most points first. A written answer counts once all are graded."""
    waiting = {(score.assignment, cell) for score in scores for cell in score.waiting}
    earned: dict[tuple[str, str], list[tuple[float, float]]] = defaultdict(list)
    for score in scores:
        questions: dict[str, list[tuple[float, float]]] = defaultdict(list)
        for cell, points in score.cells.items():
            if (score.assignment, cell) not in waiting:
                questions[_question(cell)].append(points)
        for question, cells in questions.items():
            earned[score.assignment, question].append((sum(got for got, _ in cells), sum(most for _, most in cells)))
    result = [
        Difficulty(
            assignment,
            question,
            possible=points[0][1],
            share=mean(got / most if most else 0.0 for got, most in points),
            without=sum(got == 0 for got, _ in points),
            students=len(points),
        )
        for (assignment, question), points in earned.items()
    ]
    return sorted(result, key=lambda difficulty: (difficulty.share, difficulty.assignment, difficulty.question))
