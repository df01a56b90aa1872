"""What a report shows of a class: its marks, its questions, and what waits for the instructor."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from helpers.grading.collect.uncollected import Uncollected, read_uncollected
from helpers.grading.course import Course
from helpers.grading.term.marks import Mark, Total, read_marks, totals
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.questions import Difficulty, Failure, difficulties, failures
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import Text, count, line

__all__ = ["Overview", "Row", "read_overview"]


@dataclass(frozen=True)
class Row:
    """A student: the total, and the mark in each lab."""

    total: Total
    marks: Mapping[str, Mark]

    @property
    def remark(self) -> str:
        """The notes on all labs in a line. A note that is the same for all labs appears once."""
        labs_of: dict[str, list[str]] = defaultdict(list)
        for lab, mark in self.marks.items():
            for note in mark.notes:
                labs_of[note].append(lab.split("-")[0])
        everywhere = len(self.marks)
        return "; ".join(
            note if len(labs) == everywhere else f"{', '.join(labs)}: {note}" for note, labs in labs_of.items()
        )


@dataclass(frozen=True)
class Overview:
    """A class.

    Attributes:
        course: its name; empty if `course.toml` gives none.
        possible: the points of each lab.
        questions: of each lab, those that cost most points first.
        failures: why answers lost points, the most frequent reasons first.
        uncollected: the files of each lab that were not collected, without labs that have none.
    """

    course: str
    possible: Mapping[str, float]
    rows: Sequence[Row]
    questions: Sequence[Difficulty]
    failures: Sequence[Failure]
    uncollected: Mapping[str, Sequence[Uncollected]] = field(default_factory=dict)

    @property
    def marks(self) -> list[Mark]:
        return [mark for row in self.rows for mark in row.marks.values()]

    @property
    def todo(self) -> list[str]:
        """What waits for the instructor, in words."""
        waiting = sum(mark.by_hand for mark in self.marks)
        ungraded = sum(mark.submitted and not mark.graded for mark in self.marks)
        files = sum(map(len, self.uncollected.values()))
        things = [
            (waiting, "written answer", "to mark: in JupyterLab, Nbgrader → Formgrader. Until then, totals may rise."),
            (ungraded, "submission", "without points: `course autograde <lab>` grades them, or says why it cannot."),
            (files, "file", "not collected; the page of the report says why."),
        ]
        return [f"{count(number, noun)} {words}" for number, noun, words in things if number]


def read_overview(course: Course, *, anonymous: bool = False) -> Overview:
    """Read the class from the gradebook, after bringing late penalties up to date.

    Args:
        anonymous: whether students have numbers, in an order drawn at random. Notes, names of files, and messages that
            only one student got, all of which may tell who it is, are left out.

    Raises:
        CourseError: if the gradebook holds no submission yet.
    """
    rules = Rules.load(course.root)
    apply_rules(course, rules)
    marks = [_as_text(mark) for mark in read_marks(course)]
    if not marks:
        raise CourseError("The gradebook holds no submission yet. Collect and grade first: `course autograde <lab>`.")
    if anonymous:
        marks = _without_names(marks)
    possible = {mark.lab: mark.possible for mark in marks}
    labs = sorted(possible)
    marks_of: dict[str, dict[str, Mark]] = defaultdict(dict)
    for mark in marks:
        marks_of[mark.student][mark.lab] = mark
    return Overview(
        line(rules.name),
        {lab: possible[lab] for lab in labs},
        [Row(total, marks_of[total.student]) for total in totals(marks, rules)],
        difficulties(marks),
        [failure for failure in failures(marks) if failure.students > 1 or not anonymous],
        {} if anonymous else {lab: files for lab in labs if (files := read_uncollected(course, lab))},
    )


def _as_text(mark: Mark) -> Mark:
    """Clean names and notes, which may quote what a student chose: a file's name, a message."""
    notes = [str(line(note, 500)) for note in mark.notes]
    return replace(mark, student=line(mark.student), name=line(mark.name), section=line(mark.section), notes=notes)


def _without_names(marks: Sequence[Mark]) -> list[Mark]:
    students = sorted({mark.student for mark in marks})
    random.SystemRandom().shuffle(students)
    width = len(str(len(students)))
    number = {student: Text(f"student {k:0{width}}") for k, student in enumerate(students, 1)}
    hidden = [replace(mark, student=number[mark.student], name=number[mark.student], notes=[]) for mark in marks]
    return sorted(hidden, key=lambda mark: (mark.student, mark.lab))
