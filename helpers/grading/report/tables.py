"""The report as CSV files, with the same figures as the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import Any

from helpers.grading.report.overview import Overview
from helpers.grading.spreadsheets import write_csv

__all__ = ["write_tables"]


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


# What each file holds: the attribute under each heading.
SCORES = {
    **_same("student", "name", "section", "lab", "points", "penalty", "score", "possible", "exempt"),
    "seconds late": "late_seconds",
    "seconds of extension": "extension_seconds",
    "to mark": "by_hand",
    "notes": "notes",
}
TOTALS = {
    **_same("student", "name", "section", "points", "possible", "percent", "dropped", "exempt"),
    "to mark": "waiting",
}
QUESTIONS = {
    **_same("lab", "question", "possible"),
    "mean share": "share",
    "without points": "without",
    "submissions": "students",
    "discrimination": "discrimination",
}
MESSAGES = _same("lab", "question", "message", "students")
UNCOLLECTED = _same("file", "student", "reason")


def write_tables(overview: Overview, folder: Path) -> None:
    """Write `scores.csv`, `totals.csv`, `questions.csv`, `messages.csv` and `uncollected.csv`."""
    _write(folder / "scores.csv", SCORES, overview.marks)
    _write(folder / "totals.csv", TOTALS, (row.total for row in overview.rows))
    _write(folder / "questions.csv", QUESTIONS, overview.questions)
    _write(folder / "messages.csv", MESSAGES, overview.failures)
    _write(folder / "uncollected.csv", UNCOLLECTED, (file for files in overview.uncollected.values() for file in files))


def _write(path: Path, columns: Mapping[str, str], things: Iterable[object]) -> None:
    cells = attrgetter(*columns.values())
    write_csv(path, list(columns), ([_cell(value) for value in cells(thing)] for thing in things))


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    return "; ".join(value) if isinstance(value, list | tuple) else value
