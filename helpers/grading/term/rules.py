"""The rules of a term, from `course.toml`: due dates, late penalties, extensions, exemptions, weights.

These are data. `penalties` enters them into nbgrader's gradebook, `marks` computes totals with them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from helpers.grading.term.settings import Settings, read_settings

__all__ = ["RULES_FILE", "LabRules", "Late", "Rules", "StudentRules"]

RULES_FILE = "course.toml"
COUNTS = ("days begun", "exact")  # the words of `counts`
_DAY = timedelta(days=1).total_seconds()


@dataclass(frozen=True)
class Late:
    """The penalty of late submissions.

    Attributes:
        grace: up to this much after the due date, nothing is late. Beyond it, time counts from the due date.
        penalty: the share of the points earned that a day costs.
        exact: whether parts of a day cost a part of that; otherwise a day that has begun counts in full.
        floor: the share of the points earned that stays in any case.
        zero_after: later than this, no points stay, not even the floor.
    """

    grace: timedelta = timedelta()
    penalty: float = 0.0
    exact: bool = False
    floor: float = 0.0
    zero_after: timedelta | None = None

    def taken_off(self, points: float, seconds: float) -> float:
        """Return the points that a submission loses that came so many seconds after its due date."""
        if seconds <= self.grace.total_seconds():
            return 0.0
        if self.zero_after is not None and seconds > self.zero_after.total_seconds():
            return points
        days = seconds / _DAY if self.exact else math.ceil(seconds / _DAY)
        return round(points * min(self.penalty * days, 1 - self.floor), 2)


@dataclass(frozen=True)
class LabRules:
    """The rules of a lab: when it is due (UTC, without a zone, as nbgrader stores it), and how much it counts."""

    due: datetime | None = None
    weight: float | None = None


@dataclass(frozen=True)
class StudentRules:
    """What holds for one student: extensions by lab, and labs that do not count."""

    extensions: Mapping[str, timedelta] = field(default_factory=dict)
    exempt: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rules:
    """The rules of a term.

    Attributes:
        name: the course's.
        timezone: of times in the file that name none.
        kit: the address of the students' copy of the course.
        late: the penalty of late submissions; None if the file does not say.
        labs: by lab.
        students: by the student's id.
        drop_lowest: how many of a student's labs do not count, the worst ones.
    """

    name: str = ""
    timezone: tzinfo = UTC
    kit: str = ""
    late: Late | None = None
    labs: Mapping[str, LabRules] = field(default_factory=dict)
    students: Mapping[str, StudentRules] = field(default_factory=dict)
    drop_lowest: int = 0

    @classmethod
    def load(cls, root: Path) -> Rules:
        """Read `course.toml` in `root`; without one, nothing is set.

        Raises:
            CourseError: if it cannot be read, or says something that is unknown or not allowed.
        """
        path = root / RULES_FILE
        return _rules(read_settings(path)) if path.exists() else cls()

    def of_student(self, *ids: str) -> StudentRules:
        """Return what holds for a student, who may be known by several ids."""
        return next((self.students[name] for name in ids if name in self.students), StudentRules())


def _rules(settings: Settings) -> Rules:
    course, totals = settings.table("course"), settings.table("totals")
    zone, late = course.timezone("timezone"), _late(settings.table("late"))
    rules = Rules(
        name=course.text("name"),
        timezone=zone,
        kit=course.address("kit"),
        late=late if "late" in settings else None,
        labs={lab: _lab(table, zone) for lab, table in settings.tables("labs")},
        students={student: _student(table) for student, table in settings.tables("students")},
        drop_lowest=totals.whole_number("drop_lowest"),
    )
    for table in (course, totals, settings):
        table.refuse_others()
    return rules


def _late(table: Settings) -> Late:
    late = Late(
        grace=table.duration("grace") or timedelta(),
        penalty=table.percent("penalty"),
        exact=table.choice("counts", COUNTS) == "exact",
        floor=table.percent("floor"),
        zero_after=table.duration("zero_after"),
    )
    table.refuse_others()
    return late


def _lab(table: Settings, zone: tzinfo) -> LabRules:
    lab = LabRules(table.time("due", zone), table.number("weight"))
    table.refuse_others()
    return lab


def _student(table: Settings) -> StudentRules:
    extensions = table.table("extensions")
    student = StudentRules(extensions.durations(), frozenset(table.names("exempt")))
    table.refuse_others()
    return student
