"""The columns of the gradebooks that learning platforms give and take. Each says where that is documented."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from helpers.grading.exports.sheet import Sheet
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["PLATFORMS", "Platform"]

_NAMES = ("last name", "first name"), ("lastname", "firstname")  # columns that say a name together


@dataclass(frozen=True)
class Platform:
    """What the columns of a platform's gradebook mean.

    Attributes:
        people: the headings of columns that say who a row is about, in lower case.
        scores: a pattern for the headings of columns with scores; the groups are the `title` and, maybe, what is
            `possible`.
        possible: the heading of a column that says what is possible, or the first cell of a row that does.
        excused: what is written for a lab that a student need not do.
        prefix: a pattern for what the platform puts before an id.
        nobody: a pattern for the first cells of rows that are about nobody.
        single: whether the file belongs to one lab.
    """

    people: Sequence[str]
    scores: str
    possible: str = ""
    excused: str = ""
    prefix: str = ""
    nobody: str = r"(?!)"
    single: bool = False

    def columns_of_people(self, headings: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the columns that say who a row is about; two for last and first names.

        Raises:
            CourseError: if there is none.
        """
        plain = [heading.strip().casefold() for heading in headings]
        columns: list[tuple[int, ...]] = [(plain.index(name),) for name in self.people if name in plain]
        columns += [(plain.index(last), plain.index(first)) for last, first in _NAMES if {last, first} <= {*plain}]
        if not columns:
            raise CourseError(
                f"The gradebook has no column that says whose a row is ({', '.join(self.people)}). "
                "Give the platform's own file in English, unchanged."
            )
        return columns

    def column_of(self, lab: str, headings: Sequence[str], title: str = "") -> int:
        """Return the column for the scores of a lab: of the title that is given, or else the lab's name or number.

        Raises:
            CourseError: if there is none, or more than one.
        """
        titles = {
            column: match["title"]
            for column, heading in enumerate(headings)
            if (match := re.fullmatch(self.scores, heading.strip(), re.IGNORECASE | re.DOTALL))
        }
        if title:
            fits = [column for column, name in titles.items() if title in (name, headings[column])]
        else:
            exact = [column for column, name in titles.items() if self.single or _words(name) == _words(lab)]
            fits = exact or [column for column, name in titles.items() if _words(name)[:2] == _words(lab)[:2]]
        if len(fits) == 1:
            return fits[0]
        found = ", ".join(line(titles[column], 60) for column in (fits or titles)) or "none"
        problem = "more than one column" if fits else "no column"
        raise CourseError(
            f"The gradebook has {problem} for {lab} ({'these fit' if fits else 'its columns'}: {found}). "
            f'Name the column: --column "{lab}=TITLE".'
        )

    def most(self, sheet: Sheet, column: int, row: int) -> str:
        """Return what the gradebook says is possible; empty if it does not say."""
        headings = sheet.values(0)
        match = re.fullmatch(self.scores, headings[column].strip(), re.IGNORECASE | re.DOTALL)
        if match and match.groupdict().get("possible"):
            return str(match["possible"])
        plain = [heading.strip().casefold() for heading in headings]
        if self.possible in plain:
            place = row, plain.index(self.possible)
        else:
            firsts = [sheet.values(number)[0].strip().casefold() for number in range(len(sheet.rows))]
            if self.possible not in firsts:
                return ""
            place = firsts.index(self.possible), column
        cells = sheet.values(place[0])
        return cells[place[1]] if place[1] < len(cells) else ""


def _words(text: str) -> list[str]:
    """Return what "lab03-convolution" and "Lab 3: Convolution" have in common; the first two words also say "Lab 3"."""
    words = re.findall(r"[^\W\d_]+|\d+", text.casefold())
    return [str(int(word)) if word.isdecimal() else word for word in words]


# Canvas: https://github.com/instructure/canvas-lms/blob/master/lib/gradebook_importer.rb. "EX" excuses from a lab.
# Moodle: the grading worksheet of an assignment with "Offline grading worksheet",
# https://github.com/moodle/moodle/blob/MOODLE_405_STABLE/mod/assign/feedback/offline/importgradeslib.php. It skips
# a grade above the maximum without a word.
# Blackboard: https://en-us.help.blackboard.com/Learn/Instructor/Grade/Grading_Tasks/Work_Offline_With_Grade_Data. The
# number after "|" tells it the column.
# Brightspace: https://community.d2l.com/brightspace/kb/articles/3538-importing-grades. Exports put "#" before ids.
PLATFORMS = {
    "canvas": Platform(
        people=("id", "sis user id", "sis login id", "integration id", "student"),
        scores=r"(?P<title>.+) \(\d+\)",
        possible="points possible",
        excused="EX",
        nobody=r"\s*(points possible|manual posting.*|muted|student, test|)\s*",
    ),
    "moodle": Platform(
        people=("identifier", "id number", "username", "email address", "full name"),
        scores=r"(?P<title>grade)",
        possible="maximum grade",
        prefix="Participant ",
        single=True,
    ),
    "blackboard": Platform(
        people=("username", "student id"),
        scores=r"(?P<title>.+?) \[Total Pts: (?P<possible>[\d.,]+)[^\]]*\] ?\|\d+",
    ),
    "brightspace": Platform(
        people=("orgdefinedid", "username", "email"),
        prefix="#",
        scores=r"(?P<title>.+?) Points Grade(?: <Numeric MaxPoints:(?P<possible>[\d.,]+).*>)?",
    ),
}
