"""Export the marks of some labs to a file that a learning platform imports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading.course import Course
from helpers.grading.exports.fill import fill
from helpers.grading.exports.options import Options, number
from helpers.grading.exports.platforms import PLATFORMS
from helpers.grading.exports.results import results
from helpers.grading.exports.sheet import Sheet
from helpers.grading.exports.students import Student, Students
from helpers.grading.exports.tables import TABLES, encode
from helpers.grading.intake.files import replace_file
from helpers.grading.term.marks import Mark, read_marks, totals
from helpers.grading.term.penalties import apply_rules
from helpers.grading.term.roster import ROSTER, Roster
from helpers.grading.term.rules import Rules
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import Text, line

__all__ = ["Exported", "Request", "export"]

FOLDER = "exports"  # in the course's folder
SUFFIXES = (".csv", ".txt", ".xls")  # of files that an export may replace
MANY = 12  # names in a remark


@dataclass(frozen=True)
class Request:
    """What to export.

    Attributes:
        labs: all labs with submissions if empty.
        to: the file, or for Gradescope the folder; a file of its own in `exports/` if it is not given.
        gradebook: the platform's own file, to be filled in.
        titles: of the labs' columns in that file, where the labs' names do not tell.
    """

    platform: str
    labs: Sequence[str] = ()
    to: Path | None = None
    gradebook: Path | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    options: Options = field(default_factory=Options)


@dataclass
class Exported:
    """Where the export is, the number of scores in it, and what is not in it, in words."""

    path: Path
    scores: int = 0
    remarks: list[Text] = field(default_factory=list)

    def remark(self, words: str, names: Sequence[str]) -> None:
        """Say something of some students, if there are any."""
        if names:
            more = f" and {len(names) - MANY} more" if len(names) > MANY else ""
            listed = "; ".join(line(name, 80) for name in names[:MANY])  # a name may hold a comma
            self.remarks.append(line(f"{words} ({len(names)}): {listed}{more}", 2000))


def export(course: Course, request: Request) -> Exported:
    """Write an export.

    Raises:
        CourseError: if there is nothing to export, or the platform's gradebook cannot be filled in.
    """
    if request.to:
        _refuse_others(course, request.to, is_folder=request.platform == "gradescope")
    rules = Rules.load(course.root)
    apply_rules(course, rules)
    marks = read_marks(course)
    labs = _labs(marks, request)
    students = Students.of(marks, Roster.load(course.root))
    if request.gradebook:
        exported = _fill_gradebook(course, request, request.gradebook, students, labs)
    elif request.platform == "gradescope":
        exported = _export_results(course, request, students, labs)
    else:
        exported = _write_table(course, request, students, labs, rules)
    _remark(exported, request, [mark for mark in marks if mark.lab in labs], students)
    return exported


def _refuse_others(course: Course, path: Path, is_folder: bool) -> None:
    """Refuse to replace what is no table, or the course's own."""
    is_table = path.is_file() and path.suffix.lower() in SUFFIXES and path.resolve() != course.root / ROSTER
    if path.exists() and not (path.is_dir() if is_folder else is_table):
        raise CourseError(f"{path} is there, and no export may replace it. Name another place with --to.")


def _labs(marks: Sequence[Mark], request: Request) -> list[str]:
    known = sorted({mark.lab for mark in marks})
    unknown = [lab for lab in (*request.labs, *request.titles) if lab not in known]
    if unknown or not known:
        words = f"of {', '.join(map(line, unknown))}" if unknown else "of any lab"
        hint = f"There are: {', '.join(known)}." if known else "Collect and grade first: `course autograde <lab>`."
        raise CourseError(f"The gradebook holds no submission {words}. {hint}")
    return sorted(set(request.labs)) or known


def _fill_gradebook(
    course: Course, request: Request, gradebook: Path, students: Students, labs: Sequence[str]
) -> Exported:
    platform = PLATFORMS.get(request.platform)
    if platform is None:
        raise CourseError(f"--gradebook needs a platform that gives one: --for {', '.join(PLATFORMS)}.")
    if platform.single and len(labs) > 1:
        raise CourseError(f"This file belongs to one lab. Say which: {', '.join(labs)}.")
    sheet = Sheet.read(gradebook)
    path = request.to or course.root / FOLDER / gradebook.name
    if path.resolve() == gradebook.resolve():
        raise CourseError(f"{path} is the platform's own file. Name another one with --to.")
    filled = fill(sheet, platform, students, labs, request.options, request.titles)
    _write(path, sheet.encode())
    exported = Exported(path, filled.scores)
    missing = [_who(student) for name, student in students.students.items() if name not in filled.students]
    exported.remark(f"In {gradebook.name} only; these rows stay as they are", filled.unknown)
    exported.remark(f"Students without a row in {gradebook.name}", missing)
    return exported


def _write_table(course: Course, request: Request, students: Students, labs: Sequence[str], rules: Rules) -> Exported:
    table = TABLES[request.platform]
    rows = table.rows(students, labs, request.options)
    if request.platform == "csv":
        found = {total.student: total for total in totals(_marks(students, labs), rules)}
        rows[0].append("total in percent")
        for row, student in zip(rows[1:], students.students.values(), strict=True):
            total = found[_id(student)]
            is_final = _is_final(student, request.options)
            row.append(number(total.percent) if is_final and total.percent is not None else "")
    path = request.to or course.root / FOLDER / f"{request.platform}{table.suffix}"
    _write(path, encode(rows, table.suffix))
    scored = (request.options.score(mark) for mark in _marks(students, labs))
    return Exported(path, sum(map(bool, scored)))


def _is_final(student: Student, options: Options) -> bool:
    """Whether a student has a score that is exported in each lab that counts."""
    return all(mark.exempt or options.score(mark) for mark in student.marks.values())


def _export_results(course: Course, request: Request, students: Students, labs: Sequence[str]) -> Exported:
    """Write `<lab>/<student>/results.json`."""
    exported = Exported(request.to or course.root / FOLDER / request.platform)
    for mark in _marks(students, labs):
        if request.options.score(mark):
            _write(exported.path / mark.lab / mark.student / "results.json", results(mark).encode())
            exported.scores += 1
    return exported


def _remark(exported: Exported, request: Request, marks: Sequence[Mark], students: Students) -> None:
    """Say whose scores are not in the export, and why."""
    for lab in sorted({mark.lab for mark in marks}):
        own = [mark for mark in marks if mark.lab == lab and not mark.exempt]
        if not request.options.with_unmarked:
            waiting = [mark.name for mark in own if mark.waiting and mark.graded]
            exported.remark(
                f"{lab}, not exported until a person has marked written answers, or with --with-unmarked", waiting
            )
        ungraded = [mark.name for mark in own if mark.submitted and not mark.graded]
        exported.remark(f"{lab}, not exported because the submission is not graded", ungraded)
        if not request.options.missing_as_zero:
            missing = [mark.name for mark in own if not mark.submitted]
            exported.remark(f"{lab}, not exported because nothing was submitted, or 0 with --missing-as-zero", missing)
    exported.remark("In the gradebook under two ids, of which the second counts", students.twice)


def _marks(students: Students, labs: Sequence[str]) -> list[Mark]:
    return [student.marks[lab] for student in students.students.values() for lab in labs]


def _who(student: Student) -> str:
    person = student.person
    return person.id if person.name in ("", person.id) else str(person)


def _id(student: Student) -> str:
    return next(mark.student for mark in student.marks.values())


def _write(path: Path, content: bytes) -> None:
    """Write a file at once: a run that is stopped leaves the one before."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, content)
    except OSError as error:
        raise CourseError(f"{path} cannot be written: {error.strerror}.") from None
