"""New tables, where a platform's own gradebook is not given: how each platform knows students, and a column a lab."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from helpers.grading.exports.options import Options, number
from helpers.grading.exports.students import Student, Students, last_first
from helpers.grading.spreadsheets import safe_cell
from helpers.grading.term.roster import Person

__all__ = ["TABLES", "Table", "encode"]

LAB, MOST = "{lab}", "{most}"


@dataclass(frozen=True)
class Table:
    """The form of a new table.

    Attributes:
        people: headings, and what is below them.
        score: the heading of a lab's scores, with the lab's name and what is possible.
        end: a heading after them, and what is below it.
        second: the first cell of a second row, which says what is possible.
        excused: what is written for a lab that a student need not do.
        suffix: of the file's name. Tables for a program that expects ".xls" have tabs, in UTF-16.
    """

    people: dict[str, Callable[[Person], str]]
    score: str = LAB
    end: tuple[str, ...] = ()
    second: str = ""
    excused: str = ""
    suffix: str = ".csv"

    def rows(self, students: Students, labs: Sequence[str], options: Options) -> list[list[str]]:
        """Return the headings, and a row for each student."""
        most = {lab: _most(lab, students, options) for lab in labs}
        scores = [self.score.replace(LAB, lab).replace(MOST, most[lab]) for lab in labs]
        rows = [[*self.people, *scores, *self.end[:1]]]
        if self.second:
            rows.append([self.second, *[""] * (len(self.people) - 1), *most.values()])
        return rows + [self._row(student, labs, options) for student in students.students.values()]

    def _row(self, student: Student, labs: Sequence[str], options: Options) -> list[str]:
        own = [safe_cell(say(student.person)) for say in self.people.values()]
        return [*own, *(self._score(student, lab, options) for lab in labs), *self.end[1:]]

    def _score(self, student: Student, lab: str, options: Options) -> str:
        mark = student.marks[lab]
        return self.excused if mark.exempt else options.score(mark)


def _most(lab: str, students: Students, options: Options) -> str:
    return number(max(options.most(student.marks[lab]) for student in students.students.values()))


def encode(rows: Sequence[Sequence[str]], suffix: str) -> bytes:
    """Return the content of a file."""
    stream, is_tabbed = io.StringIO(), suffix == ".xls"
    csv.writer(stream, delimiter="\t" if is_tabbed else ",").writerows(rows)
    return stream.getvalue().encode("utf-16" if is_tabbed else "utf-8")


def _last(person: Person) -> str:
    return last_first(person.name)[0]


def _first(person: Person) -> str:
    return last_first(person.name)[1]


TABLES = {
    # Creates an assignment for each lab, unless one has its name.
    "canvas": Table(
        {
            "Student": lambda person: ", ".join(filter(None, last_first(person.name))),
            "ID": lambda person: person.platform_id,
            "SIS User ID": lambda _: "",
            "SIS Login ID": lambda person: person.id,
            "Section": lambda person: person.section,
        },
        second="    Points Possible",
        excused="EX",
    ),
    # For "Grades > Import > CSV file", https://docs.moodle.org/en/Grade_import: worksheets have Moodle's own ids.
    "moodle": Table(
        {
            "ID number": lambda person: person.id,
            "Full name": lambda person: person.name,
            "Email address": lambda person: person.email,
        }
    ),
    "blackboard": Table(
        {"Last Name": _last, "First Name": _first, "Username": lambda person: person.id},
        score=f"{LAB} [Total Pts: {MOST} Score]",
        suffix=".xls",
    ),
    "brightspace": Table(
        {"OrgDefinedId": lambda person: person.platform_id, "Username": lambda person: person.id},
        score=f"{LAB} Points Grade <Numeric MaxPoints:{MOST}>",
        end=("End-of-Line Indicator", "#"),
    ),
    "csv": Table(
        {
            "student": lambda person: person.id,
            "name": lambda person: person.name,
            "email": lambda person: person.email,
            "section": lambda person: person.section,
        }
    ),
}
