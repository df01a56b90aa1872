"""Which scores are exported, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

from helpers.grading.term.marks import Mark

__all__ = ["Options", "number"]


@dataclass(frozen=True)
class Options:
    """What the person who exports has chosen.

    Attributes:
        percent: whether scores are in percent of what is possible, instead of points.
        with_unmarked: whether the score counts although written answers wait for a person.
        missing_as_zero: whether nothing submitted is 0, instead of nothing.
    """

    percent: bool = False
    with_unmarked: bool = False
    missing_as_zero: bool = False

    def score(self, mark: Mark) -> str:
        """Return a score as it is exported; empty if there is none yet, or none at all."""
        if mark.exempt or not self.most(mark):
            return ""
        if not mark.submitted:
            return "0" if self.missing_as_zero else ""
        if not mark.graded or (mark.waiting and not self.with_unmarked):
            return ""
        return number(100 * mark.score / mark.possible if self.percent else mark.score)

    def most(self, mark: Mark) -> float:
        """Return the highest score that is possible."""
        return 100.0 if self.percent and mark.possible else mark.possible


def number(value: float) -> str:
    """Write a number with at most two decimals: no platform shows more."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
