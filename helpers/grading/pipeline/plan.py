"""Whom a run grades, and why: what was graded is known by the contents of the submission and of the lab."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

import helpers
from helpers.grading.facts import Facts

__all__ = ["Plan", "Reason", "changed_parts", "other_versions"]

SHOWN = 6  # parts of a lab that are named; the others are counted


class Reason(Enum):
    """Why a submission is graded, in words that follow a number."""

    NEW = "new"
    SUBMISSION = "because the submission changed"
    LOST = "because the gradebook lacks their points"
    LAB = "because the lab changed"
    FORCED = "again (--force)"


@dataclass(frozen=True)
class Plan:
    """What a run would do.

    Attributes:
        reasons: the students to grade, and why.
        graded: those whose submissions are graded already and stay as they are.
        outdated: those of the latter whose submissions were graded by the lab as it was before.
        changes: the parts of the lab that have changed since any of these submissions were graded.
        versions: the other versions of this package that graded those that stay.
    """

    reasons: Mapping[str, Reason]
    graded: list[str]
    outdated: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    versions: list[str] = field(default_factory=list)

    @property
    def to_grade(self) -> list[str]:
        return list(self.reasons)

    @property
    def summary(self) -> str:
        """Whom the run grades, and why, in a line."""
        counts = {reason: [*self.reasons.values()].count(reason) for reason in Reason}
        which = {Reason.LAB: f" ({self.changed})"}
        words = [f"{count} {reason.value}{which.get(reason, '')}" for reason, count in counts.items() if count]
        return f"To grade: {', '.join(words) or 'nobody'}."

    @property
    def changed(self) -> str:
        """The parts of the lab that have changed, in words."""
        more = f" and {len(self.changes) - SHOWN} more" if len(self.changes) > SHOWN else ""
        return ", ".join(self.changes[:SHOWN]) + more if self.changes else "an earlier version noted no details"


def changed_parts(graded: Iterable[Facts], lab: Mapping[str, str]) -> list[str]:
    """Name the parts of the lab that differ from those by which submissions were graded, in the lab's order."""
    by = [facts.lab for facts in graded if facts.lab]
    names = dict.fromkeys([*lab, *(name for parts in by for name in parts)])
    return [name for name in names if any(parts.get(name) != lab.get(name) for parts in by)]


def other_versions(graded: Iterable[Facts]) -> list[str]:
    """Name the other versions of this package that graded."""
    return sorted({facts.version for facts in graded} - {helpers.__version__, ""})
