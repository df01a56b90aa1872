"""A made-up term of two labs with a class of thirty, played with the commands that an instructor and students run."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import nbformat

from helpers.cli import main
from helpers.grading.course import Course
from helpers.grading.demo.made_up_class import fill_in
from tests.conftest import SMALL, make_course
from tests.grading.platforms_as_given import PEOPLE, Given, Uploaded, canvas, moodle, roster_of

__all__ = [
    "AGAIN",
    "A_DAY_LATE",
    "A_WEEK_LATE",
    "EXTENDED",
    "FIRST",
    "MISSING",
    "NAMESAKES",
    "NO_NOTEBOOK",
    "RENAMED",
    "SECOND",
    "Term",
    "play",
]

WORKSHEET = (
    "Identifier",
    "Full name",
    "Email address",
    "Status",
    "Grade",
    "Maximum Grade",
    "Grade can be changed",
    "Last modified (submission)",
    "Last modified (grade)",
    "Feedback comments",
)

FIRST, SECOND = "lab00-small", "lab01-again"
DUE = {FIRST: datetime(2026, 1, 30, 12), SECOND: datetime(2026, 2, 6, 12)}  # UTC
RULES = f"""
[course]
name = "Convolutional networks"
timezone = "Europe/Paris"
[late]
grace = "10 min"
penalty = 10
floor = 50
[labs.{FIRST}]
due = {DUE[FIRST].isoformat()}Z
[labs.{SECOND}]
due = {DUE[SECOND].isoformat()}Z
[students.s06]
extensions = {{{FIRST} = "2 days"}}
"""
RIGHT = {"k1-double": "def double(n):\n    return 2 * n", "k2-x": "x = [EPOCHS, SIZE]"}
WRONG = {"k1-double": "def double(n):\n    return n + 2", "k2-x": "x = [EPOCHS, SIZE]"}  # passes the visible check
NAMESAKES = PEOPLE[1:3]
A_DAY_LATE, A_WEEK_LATE, EXTENDED, AGAIN, RENAMED, MISSING, NO_NOTEBOOK = PEOPLE[3:10]
LATE = {A_DAY_LATE: timedelta(hours=20), A_WEEK_LATE: timedelta(days=7), EXTENDED: timedelta(hours=30)}
BROKEN = "call(double, 5).gives(11"  # the hidden check as the instructor first wrote it
MENDED = "call(double, 5).gives(10"


@dataclass
class Term:
    """A course folder, what students have, and what each command said."""

    root: Path
    said: dict[str, str] = field(default_factory=dict)

    @property
    def course(self) -> Course:
        return Course(self.root)

    @property
    def kit(self) -> Path:
        """The students' kit, unpacked where the course is not."""
        return self.root.parent / "students"

    def run(self, *arguments: str | Path, key: str = "") -> str:
        """Run `course` as a person does; it has to succeed."""
        shown = io.StringIO()
        with redirect_stdout(shown):
            code = main(["--course", str(self.root), *map(str, arguments)])
        said = " ".join(shown.getvalue().split())
        assert code == 0, said
        self.said[key or str(arguments[0])] = said
        return said

    def mark(self, student: Given, lab: str, points: float, comment: str) -> None:
        """Give points and a comment by hand, as formgrader does."""
        answer = "k1-double-why" if lab == FIRST else "k3-double-why"
        with self.course.gradebook() as gradebook:
            cell = {"notebook": "small" if lab == FIRST else "again", "assignment": lab, "student": student.login}
            gradebook.find_grade(answer, **cell).manual_score = points
            gradebook.find_grade(answer, **cell).needs_manual_grade = False
            gradebook.find_comment(answer, **cell).manual_comment = comment
            gradebook.db.commit()


def play(folder: Path) -> Term:
    """Play the term in an empty folder."""
    term = Term(_make(folder / "course"))
    _hand_out(term)
    _first_lab(term)
    _mend_the_check(term)
    _second_lab(term)
    for form in ("moodle", "canvas"):
        _return(term, form)
    term.run("report", "--to", term.root / "report")
    return term


def _make(root: Path) -> Path:
    make_course(root, SMALL)
    first = root / "source" / FIRST / "small.ipynb"
    second = root / "source" / SECOND / "again.ipynb"
    second.parent.mkdir()
    second.write_text(
        first.read_text().replace("k1-", "k3-").replace("k2-", "k4-").replace("K1", "K3").replace("K2", "K4")
    )
    first.write_text(first.read_text().replace(MENDED, BROKEN))
    (root / "course.toml").write_text(RULES)
    roster_of(PEOPLE, root / "roster.csv")
    return root


def _renamed(text: str) -> str:
    """The second lab has the questions of the first, under other names."""
    return text.replace("k1-", "k3-").replace("k2-", "k4-").replace("K1", "K3").replace("K2", "K4")


def _hand_out(term: Term) -> None:
    for lab in DUE:
        term.course.release(lab)
    term.run("kit", "--to", term.root / "build" / "kit", "--zip")
    with zipfile.ZipFile(term.root / "build" / "kit.zip") as archive:
        archive.extractall(term.kit)


def _notebook(term: Term, lab: str, answers: dict[str, str], words: str) -> bytes:
    """What a student makes of the kit's copy of a lab."""
    (path,) = term.kit.rglob(f"{lab}/*.ipynb")
    own = {
        name if lab == FIRST else name.replace("k1", "k3").replace("k2", "k4"): code for name, code in answers.items()
    }
    return nbformat.writes(fill_in(nbformat.read(path, as_version=4), own, words)).encode()


def _uploads(term: Term, lab: str) -> list[Uploaded]:
    """Everybody's last upload, but for those who share a name."""
    uploads = []
    for number, person in enumerate(PEOPLE):
        answers = [RIGHT, WRONG, {}][number % 3] if number > 12 else RIGHT
        content = _notebook(term, lab, answers, "" if number % 5 == 4 else "Because.")
        name = "my homework (final).ipynb" if person == RENAMED else f"{'small' if lab == FIRST else 'again'}.ipynb"
        late = LATE.get(person, timedelta(hours=-1))
        if person != MISSING and person not in NAMESAKES:
            uploads.append(Uploaded(person, {name: content}, DUE[lab] + late, is_late=late > timedelta()))
    return uploads


def _first_lab(term: Term) -> None:
    """Moodle: a download at the due date, another a week later, with a student's second attempt."""
    archive = term.root / "downloaded" / FIRST / "archive"
    archive.mkdir(parents=True)
    uploads = _uploads(term, FIRST)
    early = [upload for upload in uploads if not upload.is_late]
    before = {"small.ipynb": _notebook(term, FIRST, {}, "I do not know yet.")}
    early = [replace(one, files=before) if one.student == AGAIN else one for one in early]
    for number, download in enumerate((early, uploads)):
        moodle(archive, download)
        times = _worksheet(term, download)
        for person in NAMESAKES:  # Moodle gives both the same name: the instructor renames their files
            content = _notebook(term, FIRST, RIGHT, "Because.")
            (archive / f"{person.login}_2026-01-30T11-00-00Z_small.ipynb").write_bytes(content)
        term.run("collect", FIRST, "--times", times, key=f"collect {number}")
        term.run("autograde", FIRST, key=f"autograde {number}")


def _worksheet(term: Term, uploads: Sequence[Uploaded]) -> Path:
    """Moodle's grading worksheet."""
    path = term.root.parent / "Grades-CNN-Lab 0-4711.csv"
    sent = {upload.student: upload.time for upload in uploads}
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(WORKSHEET)
        for number, person in enumerate(PEOPLE):
            paris = sent[person] + timedelta(hours=1) if person in sent else None
            time = f"{paris:%A, %d %B %Y, %I:%M %p}" if paris else "-"
            table.writerow(
                [f"Participant {771_000 + number}", person.name, person.email, "", "", "6.00", "Yes", time, "-", ""]
            )
    return path


def _mend_the_check(term: Term) -> None:
    """Somebody marks by hand, then the instructor finds the fault in the check and grades again."""
    for person in PEOPLE[:3]:
        term.mark(person, FIRST, 0.5, "Say why, too.")
    term.run("feedback", FIRST, key="feedback before")
    source = term.root / "source" / FIRST / "small.ipynb"
    source.write_text(source.read_text().replace(BROKEN, MENDED))
    term.course.release(FIRST)
    term.run("autograde", FIRST, "--dry-run", key="dry run")
    term.run("autograde", FIRST, key="autograde mended")
    term.run("feedback", FIRST, key="feedback after")


def _second_lab(term: Term) -> None:
    """Canvas: late submissions are marked, and the instructor enters when they came."""
    archive = term.root / "downloaded" / SECOND / "archive"
    archive.mkdir(parents=True)
    uploads = _uploads(term, SECOND)
    uploads += [Uploaded(p, {"again.ipynb": _notebook(term, SECOND, RIGHT, "Because.")}) for p in NAMESAKES]
    essay = {"essay.docx": b"PK\x03\x04 no notebook"}
    uploads = [replace(one, files=essay) if one.student == NO_NOTEBOOK else one for one in uploads]
    canvas(archive, uploads)
    times = term.root.parent / "times.csv"
    rows = [f"{one.student.login},{one.time.isoformat()}Z\n" for one in uploads if one.is_late]
    times.write_text("id,time\n" + "".join(rows))
    term.run("collect", SECOND, "--times", times, key="collect canvas")
    term.run("autograde", SECOND, key="autograde canvas")


def _return(term: Term, form: str) -> None:
    """Feedback and marks go back to the platform."""
    lab = FIRST if form == "moodle" else SECOND
    term.run("feedback", lab, "--zip", form, "--to", term.root / f"feedback-{form}.zip", key=f"feedback {form}")
    gradebook = term.root.parent / ("Grades-CNN-Lab 0-4711.csv" if form == "moodle" else "canvas.csv")
    if form == "canvas":
        _canvas_gradebook(gradebook)
    options: list[str | Path] = [
        "--for",
        form,
        "--gradebook",
        gradebook,
        "--to",
        term.root / f"{form}.csv",
        "--with-unmarked",
    ]
    term.run("export", lab, *options, key=f"export {form}")


def _canvas_gradebook(path: Path) -> None:
    """Canvas's export of its gradebook."""
    with path.open("w", newline="", encoding="utf-8") as stream:
        table = csv.writer(stream)
        table.writerow(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Lab 1: again (4711)"])
        table.writerow(["    Points Possible", "", "", "", "", "6.00"])
        for person in PEOPLE:
            table.writerow([f"{person.last}, {person.first}", person.number, person.login, person.email, "A", ""])
