"""What each student has in each lab, and in total: the gradebook, read with the roster and the rules of the term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from nbgrader.api import BaseCell, Comment, Grade, Gradebook, SubmittedAssignment, SubmittedNotebook

from helpers.grading.course import Course
from helpers.grading.facts import read_facts
from helpers.grading.term.penalties import person_of, seconds_late, submissions
from helpers.grading.term.roster import Roster
from helpers.grading.term.rules import LabRules, Rules

__all__ = ["Mark", "Total", "read_marks", "totals"]


@dataclass
class Mark:
    """What a student has in a lab.

    Attributes:
        student: the id in the gradebook.
        name: the name on the roster; failing that the gradebook's, failing that the id.
        points: before the late penalty.
        penalty: points taken off because the submission was late.
        score: what is left; nbgrader's own export calls it so.
        cells: points and possible points by grade id, without those that wait.
        waiting: grade ids of written answers that nobody has graded yet.
        reasons: why answers lost points, as the checks said it, by the answer's grade id.
        submitted: whether the gradebook holds a submission.
        graded: whether it was graded. If not, there are no points yet.
        notes: anything unusual.
    """

    student: str
    name: str
    section: str
    lab: str
    points: float
    penalty: float
    score: float
    possible: float
    cells: dict[str, tuple[float, float]] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)
    reasons: dict[str, str] = field(default_factory=dict)
    late_seconds: float = 0.0
    extension_seconds: float = 0.0
    exempt: bool = False
    submitted: bool = True
    graded: bool = True
    notes: list[str] = field(default_factory=list)

    @property
    def by_hand(self) -> int:
        """The number of written answers that wait for a person."""
        return len(self.waiting)


@dataclass(frozen=True)
class Total:
    """What a student has in all labs that count.

    Attributes:
        percent: the weighted mean of the labs' shares, in percent; None if no lab counts.
        dropped: the labs that do not count because they are the worst ones.
        exempt: the labs that the student need not do.
        waiting: the number of written answers that nobody has graded yet; until then, the total may rise.
    """

    student: str
    name: str
    section: str
    points: float
    possible: float
    percent: float | None
    dropped: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    waiting: int = 0


def read_marks(course: Course) -> list[Mark]:
    """Return a mark for each student and each lab with submissions; zero and a note if the student has none.

    Students are those of the gradebook and of the roster. Run `apply_rules` first: penalties may be out of date.
    """
    rules, roster = Rules.load(course.root), Roster.load(course.root)
    marks = []
    with course.gradebook() as gradebook:
        entries = {(entry.student_id, entry.assignment.name): entry for entry in submissions(gradebook)}
        possible = {assignment.name: assignment.max_score for assignment in gradebook.assignments}
        grades, reasons = _grades(gradebook), _reasons(gradebook)
        for student, name, section in _people(gradebook, roster):
            exempt = rules.of_student(student, person_of(roster, student).id).exempt
            for lab in sorted({lab for _, lab in entries}):
                mark = Mark(student, name, section, lab, 0.0, 0.0, 0.0, possible[lab], exempt=lab in exempt)
                if entry := entries.get((student, lab)):
                    _fill_in(mark, entry, grades[entry.id], course, rules)
                    mark.reasons = reasons[entry.id]
                else:
                    mark.submitted = mark.graded = False
                    mark.notes.append("nothing submitted")
                if mark.exempt:
                    mark.notes.append("exempt: does not count")
                marks.append(mark)
    return marks


def _people(gradebook: Gradebook, roster: Roster) -> list[tuple[str, str, str]]:
    """Return the ids, names and sections of all students."""
    people, known = [], set()
    for student in gradebook.students:
        person = person_of(roster, student.id)
        known.add(person.id)
        name = person.name or " ".join(filter(None, (student.first_name, student.last_name))) or student.id
        people.append((student.id, name, person.section))
    others = (person for person in roster.people.values() if person.id not in known)
    return sorted([*people, *((person.id, person.name or person.id, person.section) for person in others)])


def _grades(gradebook: Gradebook) -> defaultdict[str, list[Any]]:
    """Return the grades of each submission. One query: one for each submission takes seconds in a large class."""
    grades: defaultdict[str, list[Any]] = defaultdict(list)
    columns = Grade.score, Grade.auto_score, Grade.manual_score, Grade.needs_manual_grade, Grade.max_score
    query = gradebook.db().query(SubmittedNotebook.assignment_id, SubmittedNotebook.id, BaseCell.name, *columns)
    for grade in query.join(Grade.notebook).join(Grade.cell).order_by(BaseCell.name):
        grades[grade.assignment_id].append(grade)
    return grades


def _reasons(gradebook: Gradebook) -> defaultdict[str, dict[str, str]]:
    """Return nbgrader's automatic comments, by submission and answer."""
    reasons: defaultdict[str, dict[str, str]] = defaultdict(dict)
    query = gradebook.db().query(SubmittedNotebook.assignment_id, BaseCell.name, Comment.auto_comment)
    for submission, answer, comment in query.join(Comment.notebook).join(Comment.cell):
        if comment:
            reasons[submission][answer] = comment
    return reasons


def _fill_in(mark: Mark, entry: SubmittedAssignment, grades: Iterable[Any], course: Course, rules: Rules) -> None:
    """Set what a submission has earned."""
    is_readable = True
    for notebook in entry.notebooks:
        notes, is_readable = _notes(course, entry.student_id, mark.lab, notebook.name)
        mark.notes += notes
        mark.penalty += notebook.late_submission_penalty or 0.0
    grades = list(grades)
    mark.graded = any(grade.auto_score is not None or grade.manual_score is not None for grade in grades)
    for grade in grades:
        mark.points += grade.score
        if not (grade.needs_manual_grade and grade.manual_score is None):
            mark.cells[grade.name] = grade.score, grade.max_score
        elif is_readable:
            mark.waiting.append(grade.name)
    again = [grade.name for grade in grades if grade.needs_manual_grade and grade.manual_score is not None]
    if again:
        mark.notes.append(f"look again in formgrader, for the answer or its points have changed: {', '.join(again)}")
    mark.score = round(max(mark.points - mark.penalty, 0.0), 6)
    mark.late_seconds = seconds_late(entry, rules)
    mark.extension_seconds = (entry.extension or timedelta()).total_seconds()
    if mark.late_seconds:
        off = f", which costs {mark.penalty:g} points" if mark.penalty else ""
        mark.notes.append(f"late by {timedelta(seconds=round(mark.late_seconds))}{off}")


def _notes(course: Course, student: str, lab: str, notebook: str) -> tuple[list[str], bool]:
    """Return anything unusual about a submission, and whether there may be anything for a person to grade."""
    graded = course.folder("autograded", student, lab)
    if (graded / f"{notebook}.ipynb").exists():
        facts = read_facts(graded)
        return [*facts.notes, *([] if facts.boxed else ["graded without a sandbox"])], facts.is_readable
    is_collected = course.folder("submitted", student, lab).exists()
    return ["not graded; `course autograde` says why" if is_collected else "not collected on this machine"], True


def totals(marks: Sequence[Mark], rules: Rules) -> list[Total]:
    """Return the total of each student.

    If the rules give no lab a weight, each lab counts by its points. If they do, each lab counts by its weight, 1 if it
    has none. Exempt labs do not count; of the others, the rules may drop those with the lowest shares, but never all.
    """
    by_student: defaultdict[str, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_student[mark.student].append(mark)
    return [_total(own, rules) for own in by_student.values()]


def _total(marks: Sequence[Mark], rules: Rules) -> Total:
    counted = sorted((mark for mark in marks if not mark.exempt), key=_share)
    dropped = counted[: max(min(rules.drop_lowest, len(counted) - 1), 0)]
    counted = counted[len(dropped) :]
    weights = [_weight(mark, rules) for mark in counted]
    first, full = marks[0], sum(weights)
    return Total(
        first.student,
        first.name,
        first.section,
        points=round(sum(mark.score for mark in counted), 6),
        possible=sum(mark.possible for mark in counted),
        percent=100 * sum(map(float.__mul__, weights, map(_share, counted))) / full if full else None,
        dropped=tuple(sorted(mark.lab for mark in dropped)),
        exempt=tuple(sorted(mark.lab for mark in marks if mark.exempt)),
        waiting=sum(mark.by_hand for mark in counted),
    )


def _share(mark: Mark) -> float:
    return mark.score / mark.possible if mark.possible else 0.0


def _weight(mark: Mark, rules: Rules) -> float:
    if all(lab.weight is None for lab in rules.labs.values()):
        return float(mark.possible)
    weight = rules.labs.get(mark.lab, LabRules()).weight
    return 1.0 if weight is None else weight
