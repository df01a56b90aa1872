"""Times of submission from a table: Moodle's grading worksheet, or one of your own, for downloads that have none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from helpers.grading.term.roster import Roster
from helpers.grading.term.table import read_lines
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["read_times"]

WHO = ("id", "student", "username", "id number", "email address", "email", "full name", "name")
WHEN = ("time", "last modified (submission)")  # the course's own heading; Moodle's
_NONE = ("", "-")
_FORMATS = ("%d %B %Y, %I:%M %p", "%d %B %Y, %H:%M", "%d %b %Y, %I:%M %p", "%d %b %Y, %H:%M")  # Moodle in English


def read_times(path: Path, roster: Roster, zone: tzinfo) -> dict[str, datetime]:
    """Return when each student submitted (UTC), by id; without a roster, by each of the names that the table gives.

    Args:
        zone: of times that name none.

    Raises:
        CourseError: if the file is no such table, or a time cannot be read.
    """
    (_, headings), *rows = read_lines(path)
    columns = [heading.casefold() for heading in headings]
    when = next((heading for heading in WHEN if heading in columns), "")
    if not when or not set(WHO) & set(columns):
        raise CourseError(
            f"{path}, line 1: no column with times. Name them “time”, and the students “id”; or take Moodle's grading "
            f"worksheet in English. The columns are: {', '.join(columns)}."
        )
    times: dict[str, datetime] = {}
    for number, values in rows:
        cells: dict[str, str] = dict(zip(columns, values, strict=False))
        if cells.get(when, "") not in _NONE:
            time = _time(cells[when], zone, f"{path}, line {number}")
            times |= dict.fromkeys(_students(cells, roster), time)
    return times


def _students(cells: Mapping[str, str], roster: Roster) -> Iterator[str]:
    names = [cells[heading] for heading in WHO if cells.get(heading)]
    if not roster.people:
        yield from names
    elif person := next(filter(None, map(roster.find, names)), None):
        yield person.id


def _time(text: str, zone: tzinfo, where: str) -> datetime:
    for time in _readings(text):
        return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)
    raise CourseError(f"{where}: the time {line(text)} cannot be read. Write it like this: 2026-01-30 17:05.")


def _readings(text: str) -> Iterator[datetime]:
    without_weekday = re.sub(r"^\w+, (?=\d)", "", text.strip())
    with suppress(ValueError):
        yield datetime.fromisoformat(text.strip())
    for form in _FORMATS:
        with suppress(ValueError):
            yield datetime.strptime(without_weekday, form)
