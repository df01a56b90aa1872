"""Fill scores into a platform's own gradebook. All other cells stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from helpers.grading.exports.options import Options, number
from helpers.grading.exports.platforms import Platform
from helpers.grading.exports.sheet import Sheet
from helpers.grading.exports.students import Student, Students
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["Filled", "fill"]


@dataclass
class Filled:
    """What became of the rows.

    Attributes:
        scores: how many cells were set.
        students: the ids of the persons who have a row.
        unknown: the rows that are nobody's, as the platform names them.
    """

    scores: int = 0
    students: set[str] = field(default_factory=set)
    unknown: list[str] = field(default_factory=list)


def fill(
    sheet: Sheet,
    platform: Platform,
    students: Students,
    labs: Sequence[str],
    options: Options,
    titles: Mapping[str, str],
) -> Filled:
    """Set the cells of some labs. One that has no score yet stays as it is.

    Args:
        titles: of the labs' columns, where their names do not tell.

    Raises:
        CourseError: if a column is missing, or another number of points is possible in it.
    """
    headings, filled = sheet.values(0), Filled()
    people = platform.columns_of_people(headings)
    columns = {lab: platform.column_of(lab, headings, titles.get(lab, "")) for lab in labs}
    for row in range(1, len(sheet.rows)):
        cells = [cell.strip() for cell in sheet.values(row)]
        if re.fullmatch(platform.nobody, cells[0], re.IGNORECASE) or not any(cells):
            continue
        texts = list(_texts(cells, platform, people))
        student = students.find(texts)
        if student is None or student.person.id in filled.students:
            filled.unknown.append(line(next(filter(None, texts), f"row {row + 1}")))
            continue
        filled.students.add(student.person.id)
        for lab, column in columns.items():
            score = _score(student, lab, platform, options)
            if score and column < len(cells):
                _check_most(sheet, platform, student, lab, row, column, options)
                sheet.set(row, column, score)
                filled.scores += 1
    return filled


def _texts(cells: Sequence[str], platform: Platform, columns: Sequence[tuple[int, ...]]) -> list[str]:
    """Return what a row says of a person: ids and addresses, then names."""
    texts = (", ".join(cells[column] for column in own if column < len(cells)) for own in columns)
    return [bare for text in texts if (bare := re.sub(f"^(?:{platform.prefix})", "", text).strip(", "))]


def _score(student: Student, lab: str, platform: Platform, options: Options) -> str:
    mark = student.marks.get(lab)
    if mark is None:
        return ""
    return platform.excused if mark.exempt else options.score(mark)


def _check_most(
    sheet: Sheet, platform: Platform, student: Student, lab: str, row: int, column: int, options: Options
) -> None:
    """Refuse scores of another scale: some platforms skip them without a word, others show 36 of 100."""
    ours, theirs = options.most(student.marks[lab]), platform.most(sheet, column, row).replace(",", ".")
    if re.fullmatch(r"\d+(\.\d+)?", theirs) and abs(float(theirs) - ours) > 0.01:
        raise CourseError(
            f"{lab}: {number(float(theirs))} is the highest score on the platform, {number(ours)} in the export. "
            f"Change it on the platform{'' if options.percent else ' (or to 100, and export with --percent)'}."
        )
