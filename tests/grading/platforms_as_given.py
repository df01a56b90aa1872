"""A made-up class, and its submissions as each learning platform gives them.

Each function takes a folder and uploads, and returns the path of the download. The layouts are from:

- Moodle: `download_submissions` in `mod/assign/locallib.php`, and `clean_param` of a file's name
- Canvas: `lib/content_zipper.rb`
- Blackboard, Brightspace, Gradescope, ILIAS, GitHub Classroom: what published tools for their downloads expect
"""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.entities import codepoint2name
from pathlib import Path

__all__ = ["NOON", "PEOPLE", "PLATFORMS", "Given", "Uploaded", "roster_of"]

NOON = datetime(2026, 1, 30, 12, 5)


@dataclass(frozen=True)
class Given:
    """A student. `number` is the platform's."""

    login: str
    first: str
    last: str
    number: int

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def email(self) -> str:
        return f"{self.login}@uni.example"


@dataclass(frozen=True)
class Uploaded:
    """An attempt of a student: files by name."""

    student: Given
    files: Mapping[str, bytes]
    time: datetime = NOON
    is_late: bool = False


# Accents, apostrophes, commas, several scripts, two people with one name, names that are parts of others.
_NAMES = """
Ivy|Irons, Lea|Lang, Lea|Lang, Zoë|O'Brien-Smith, María del Carmen|García López, José|Núñez, Jürgen|Müller
Søren|Kjærgaard, Łukasz|Wójcik, Şebnem|Yıldız, 小明|王, 麗|陳, Nguyễn Thị|Hòa, Françoise|d'Arcy, Jean-Luc|Picard
Ann-Mai|Po, Mai|Po, Martin Luther|King; Jr., Ada|de la Cruz, Björk|Guðmundsdóttir, Олена|Коваль, Νίκος|Παππάς
Aoife|Ní Bhriain, Ibrahim|al-Farsi, Mohammed|Abd al-Rahman, Xóchitl|Pérez, Bob|Stone, Bobby|Stone, Kim|Kim, Åsa|Öst
"""
_SPLIT = [name.strip().replace(";", ",").split("|") for name in re.split("[\n,]", _NAMES) if name.strip()]
PEOPLE = [Given(f"s{number:02}", first, last, 70_000 + number) for number, (first, last) in enumerate(_SPLIT, 1)]


def roster_of(people: Iterable[Given], path: Path, numbers: bool = True) -> Path:
    """Write `roster.csv`, with or without the platform's numbers."""
    rows = (f'{p.login},"{p.last}, {p.first}",{p.email},{p.number if numbers else ""},A\n' for p in people)
    path.write_text("id,name,email,platform_id,section\n" + "".join(rows), encoding="utf-8")
    return path


def moodle(folder: Path, uploads: Sequence[Uploaded], *, layout: str = "folders", group: str = "") -> Path:
    """Moodle's zip. In layout "folders" each student has one; "new" is the same as later versions name it; "flat"."""
    between = {"folders": "_/", "new": "/", "flat": "_"}[layout]
    participants = {upload.student: 771_000 + place for place, upload in enumerate(uploads)}
    files: dict[str, bytes] = {}
    for upload in uploads:
        name = re.sub(r"""[\x00-\x1f&<>"`|':\\/]""", "", group + upload.student.name.replace("_", " "))
        prefix = f"{name}_{participants[upload.student]}_assignsubmission"
        files |= {f"{prefix}_file{between}{file}": content for file, content in upload.files.items()}
        files[f"{prefix}_onlinetext{between}onlinetext.html"] = b"<p>See my notebook.</p>"
    return _zip(folder / "CNN-Lab 3-4711.zip", files)


def moodle_blind(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Moodle's zip with blind marking: everybody is called Participant."""
    return _zip(
        folder / "CNN-Lab 3-4711.zip",
        {
            f"Participant_{771_000 + place}_assignsubmission_file_/{file}": content
            for place, upload in enumerate(uploads)
            for file, content in upload.files.items()
        },
    )


def canvas(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Canvas's zip: names are squeezed, and late submissions marked."""
    files: dict[str, bytes] = {}
    for place, upload in enumerate(uploads):
        name = "".join(letter for letter in f"{upload.student.last}{upload.student.first}".lower() if _is_word(letter))
        prefix = f"{name}{'_LATE' if upload.is_late else ''}_{upload.student.number}_{551_000 + place}"
        files |= {f"{prefix}_{file}": content for file, content in upload.files.items()}
    return _zip(folder / "submissions.zip", files)


def canvas_anonymous(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Canvas's zip of an assignment that is graded anonymously."""
    files: dict[str, bytes] = {}
    for place, upload in enumerate(uploads):
        prefix = f"{'LATE_' if upload.is_late else ''}anon_{upload.student.login}Qp_{551_000 + place}"
        files |= {f"{prefix}_{file}": content for file, content in upload.files.items()}
    return _zip(folder / "submissions.zip", files)


def blackboard(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Blackboard's zip: all attempts, each with a text of Blackboard's. Times are local: here Central European."""
    files: dict[str, bytes] = {}
    for upload in uploads:
        prefix = f"Lab 3_{upload.student.login}_attempt_{upload.time:%Y-%m-%d-%H-%M-%S}"
        named = {f"{prefix}_{file}": content for file, content in upload.files.items()}
        listed = "".join(f"\tOriginal filename: {name.split('_')[-1]}\n\tFilename: {name}\n\n" for name in named)
        notice = (
            f"Name: {upload.student.name} ({upload.student.login})\nAssignment: Lab 3\n"
            f"Date Submitted: {upload.time:%A, %B %-d, %Y %-I:%M:%S %p} CET\nCurrent Grade: Needs Grading\n\n"
            "Submission Field:\nThere is no student submission text data for this assignment.\n\n"
            f"Comments:\nThere are no student comments for this assignment.\n\nFiles:\n"
            f"{listed or 'No files were attached to this submission.'}"
        )
        files |= named | {f"{prefix}.txt": notice.encode()}
    return _zip(folder / "gradebook_CNN_Lab3_2026-01-31-09-00-00.zip", files)


def brightspace(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Brightspace's zip: a folder for each attempt, and an index."""
    files = {"Lab 3/index.html": b"<html>Submissions</html>"}
    for place, upload in enumerate(uploads):
        time = f"{upload.time:%b %-d, %Y %-I%M %p}"
        inside = f"Lab 3/{upload.student.number}-{640_000 + place} - {upload.student.name} - {time}"
        files |= {f"{inside}/{file}": content for file, content in upload.files.items()}
    return _zip(folder / "Lab 3 Download Jan 31, 2026 900 AM.zip", files)


def gradescope(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """Gradescope's export: folders with numbers, and a file that says whose they are."""
    files: dict[str, bytes] = {}
    metadata = ["---\n"]
    for place, upload in enumerate(uploads):
        name, student = f"submission_{300_000 + place}", upload.student
        files |= {f"assignment_7_export/{name}/{file}": content for file, content in upload.files.items()}
        metadata.append(
            f'{name}:\n  :submitters:\n  - :name: "{student.name}"\n    :sid: "{student.login}"\n'
            f"    :email: {student.email}\n  :created_at: {upload.time} Z\n"
        )
    files["assignment_7_export/submission_metadata.yml"] = "".join(metadata).encode()
    return _zip(folder / "submissions.zip", files)


def ilias(folder: Path, uploads: Sequence[Uploaded], *, inside: str = "Lab 3/Abgaben") -> Path:
    """ILIAS's zip: a folder for each student, whose name has no letters but ASCII ones."""
    files: dict[str, bytes] = {}
    for upload in uploads:
        student = upload.student
        name = f"{_ascii(student.last)}_{_ascii(student.first)}_{student.login}_{student.number}"
        files |= {f"{inside}/{name}/{file}": content for file, content in upload.files.items()}
    return _zip(folder / "Lab 3.zip", files)


def ilias_multi_feedback(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """ILIAS's zip for giving feedback: the same folders, beside a table."""
    path = ilias(folder, uploads, inside="multi_feedback_Lab_3")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("multi_feedback_Lab_3/status.xlsx", b"PK")
    return path


def github(folder: Path, uploads: Sequence[Uploaded], *, lab: str = "lab00") -> Path:
    """The folder into which GitHub Classroom clones: a repository for each student."""
    top = folder / f"{lab}-submissions"
    for upload in uploads:
        clone = top / f"{lab}-{upload.student.login}"
        git = {f".git/objects/{number:02x}/{number:038x}": b"x" for number in range(3)}
        for name, content in {**git, "README.md": b"# Lab 3", **upload.files}.items():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            (clone / name).write_bytes(content)
    return top


def course(folder: Path, uploads: Sequence[Uploaded]) -> Path:
    """A zip with the course's own names."""
    files: dict[str, bytes] = {}
    for upload in uploads:
        prefix = f"{upload.student.login}_{upload.time.isoformat()}"
        files |= {f"{prefix}_{file}": content for file, content in upload.files.items()}
    return _zip(folder / "all.zip", files)


PLATFORMS: dict[str, Callable[[Path, Sequence[Uploaded]], Path]] = {
    "moodle": moodle,
    "moodle-new": lambda folder, uploads: moodle(folder, uploads, layout="new"),
    "moodle-flat": lambda folder, uploads: moodle(folder, uploads, layout="flat"),
    "moodle-blind": moodle_blind,
    "canvas": canvas,
    "canvas-anonymous": canvas_anonymous,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "gradescope": gradescope,
    "ilias": ilias,
    "ilias-multi-feedback": ilias_multi_feedback,
    "github": github,
    "course": course,
}


def _zip(path: Path, files: Mapping[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def _is_word(letter: str) -> bool:
    return letter == "_" or unicodedata.category(letter)[0] in "LMN"


def _ascii(name: str) -> str:
    """Do as ILIAS does: letters of Latin 1 become their first, and each byte of others an underscore."""
    entities = (codepoint2name.get(ord(letter), "") for letter in name)
    return "".join(
        letter if letter.isascii() else entity[0] if entity else "_" * len(letter.encode())
        for letter, entity in zip(name, entities, strict=True)
    )
