"""Read a table of people: the course's own, Moodle's list of participants, or Canvas's gradebook."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import Text, line

__all__ = ["Row", "read_lines", "read_table"]

# The headings that hold each column, for each program that writes such a table. Of several, the first counts in which
# every person has something. What `course` reads comes first; the headings that only this program writes come last.
_OWN = {
    "id": ("id",),
    "name": ("name",),
    "email": ("email", "e-mail"),
    "platform_id": ("platform_id", "platform id"),
    "section": ("section",),
}
_MOODLE = {
    "id": ("id number", "username", "email address"),
    "first": ("first name",),
    "last": ("last name", "surname"),
    "email": ("email address",),
    "section": ("groups",),
}
_CANVAS = {
    "id": ("sis login id", "sis user id", "id"),
    "name": ("student",),
    "platform_id": ("id",),
    "section": ("section",),
}
_MARKS = {"first name": _MOODLE, "sis login id": _CANVAS, "sis user id": _CANVAS}  # who has one of these headings
_CANVAS_EXTRA = ("points possible", "student, test")  # rows of Canvas's that are nobody's


@dataclass(frozen=True)
class Row:
    """A person's cells by column, and the line of the file they are in."""

    line: int
    cells: dict[str, Text]


def read_table(path: Path) -> list[Row]:
    """Return the people in a CSV file.

    Raises:
        CourseError: if it cannot be read. The message names the line.
    """
    (_, headings), *people = read_lines(path)
    return list(_rows(path, [heading.casefold() for heading in headings], people))


def read_lines(path: Path) -> list[tuple[int, list[Text]]]:
    """Return the rows of a CSV file that are not empty, each with its line; the first one holds the headings.

    Raises:
        CourseError: if it cannot be read, is empty, or has a row with more cells than headings.
    """
    text = _text(path)
    delimiter = max(";\t,", key=text.lstrip("\r\n").split("\n", 1)[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [
            (reader.line_num, [line(normalize("NFC", cell)) for cell in cells])
            for cells in reader
            if any(map(str.strip, cells))
        ]
    except csv.Error as error:
        raise CourseError(f"{path}, line {reader.line_num}: not CSV ({error}). Save it as CSV again.") from None
    if not rows:
        raise CourseError(f"{path} is empty. Its first line names the columns.")
    (_, headings), *others = rows
    for number, cells in others:
        if len(cells) > len(headings):
            raise CourseError(
                f"{path}, line {number}: there are {len(cells)} cells under {len(headings)} headings. "
                f'Put a name with a {"comma" if delimiter == "," else "separator"} into quotes: "Irons, Ivy".'
            )
    return rows


def _text(path: Path) -> str:
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        number = content[: error.start].count(b"\n") + 1
        raise CourseError(f"{path}, line {number}: not UTF-8. Save it as “CSV UTF-8” in your spreadsheet.") from None


def _rows(path: Path, headings: list[str], people: list[tuple[int, list[Text]]]) -> Iterator[Row]:
    program = next((columns for mark, columns in _MARKS.items() if mark in headings), _OWN)
    table = [(number, dict(zip(headings, cells, strict=False))) for number, cells in people]
    if program is _CANVAS:
        table = [row for row in table if row[1].get("student", "").casefold() not in _CANVAS_EXTRA]
    columns = {column: _heading(path, headings, table, names) for column, names in program.items()}
    if not columns["id"]:
        raise CourseError(f"{path}, line 1: no column is called id. The columns are: {', '.join(map(line, headings))}.")
    for number, cells in table:
        values = {column: cells.get(heading, line("")) for column, heading in columns.items()}
        full = ", ".join(filter(None, (values.pop("last", ""), values.pop("first", ""))))
        yield Row(number, {"name": line(full), **values})


def _heading(path: Path, headings: list[str], table: list[tuple[int, dict[str, Text]]], names: tuple[str, ...]) -> str:
    """Choose the heading of a column: one under which every person has something, if there is one."""
    there = [name for name in names if name in headings]
    for name in there:
        if headings.count(name) > 1:
            raise CourseError(f"{path}, line 1: two columns are called {name}. Rename one.")
    return next((name for name in there if all(cells.get(name) for _, cells in table)), (*there, "")[0])
