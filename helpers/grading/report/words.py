"""Marks in a few characters."""

from __future__ import annotations

from datetime import timedelta

from helpers.grading.term.marks import Mark

__all__ = ["percent", "points", "score", "tags"]


def points(mark: Mark) -> str:
    """Return what a lab's cell says: points, or why there are none."""
    return _without(mark) or f"{mark.score:g}"


def score(mark: Mark) -> str:
    """Return the same with the possible points."""
    return _without(mark) or f"{mark.score:g}/{mark.possible:g}"


def percent(mark: Mark) -> str:
    """Return the same in at most three characters."""
    return {"exempt": "ex", "missing": "–", "not graded": "?"}.get(_without(mark)) or f"{_share(mark):.0f}"


def tags(mark: Mark) -> list[str]:
    """Return what else there is to know of a mark, a few words each."""
    late = [f"late {_duration(mark.late_seconds)}" if mark.late_seconds else ""]
    penalty = [f"−{mark.penalty:g} of {mark.points:g}" if mark.penalty else ""]
    extension = [f"extended {_duration(mark.extension_seconds)}" if mark.extension_seconds else ""]
    waiting = [f"{mark.by_hand} to mark" if mark.waiting else ""]
    return list(filter(None, [*late, *penalty, *extension, *waiting]))


def _without(mark: Mark) -> str:
    if mark.exempt:
        return "exempt"
    if not mark.submitted:
        return "missing"
    return "" if mark.graded else "not graded"


def _share(mark: Mark) -> float:
    return 100 * mark.score / mark.possible if mark.possible else 0.0


def _duration(seconds: float) -> str:
    """Return a time in the largest unit in which it is at least 1: "2 d", "3 h", "5 min"."""
    units = {"d": timedelta(days=1), "h": timedelta(hours=1), "min": timedelta(minutes=1)}
    for name, unit in units.items():
        if seconds >= unit.total_seconds():
            return f"{seconds / unit.total_seconds():.1f}".removesuffix(".0") + f" {name}"
    return f"{seconds:.0f} s"
