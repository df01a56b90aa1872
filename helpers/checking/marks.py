"""What a check tells graders besides right and wrong: points for a measured figure, and remarks."""

from __future__ import annotations

import math

__all__ = ["point_out", "pointed_out", "points_for", "reached"]

_remarks: list[str] = []
_reached: list[str] = []


def points_for(figure: float, *, floor: float, ceiling: float, points: float) -> float:
    """Return the points for a measured figure: none up to `floor`, all from `ceiling`, linear in between.

    The points lie between 0 and `points`, rounded to a tenth. A figure that is nan or infinite earns nothing.
    """
    share = min(max((figure - floor) / (ceiling - floor), 0.0), 1.0) if math.isfinite(figure) else 0.0
    if share < 1:
        _reached.append(f"You reached {figure:.4g}. Points begin above {floor:g}; all are given from {ceiling:g} on.")
    return round(points * share, 1)


def reached() -> str:
    """Return what figures were reached that did not earn all points, since the last time this was called."""
    return " ".join(_taken(_reached))


def point_out(words: str) -> None:
    """Tell graders what a check cannot decide. It costs no points, and students do not see it."""
    _remarks.append(words)


def pointed_out() -> str:
    """Return what was pointed out since the last time this was called."""
    return "; ".join(_taken(_remarks))


def _taken(notes: list[str]) -> list[str]:
    taken, notes[:] = notes[:], []
    return taken
