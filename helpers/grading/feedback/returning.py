"""Pack the pages of a lab as a learning platform takes them back, under the names of what students uploaded there.

The names are read once more from the platform's download: nothing else knows them.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.students import open_uploads
from helpers.grading.collect.uploads import Upload
from helpers.grading.course import Course
from helpers.grading.intake.files import replace_folder
from helpers.grading.term.roster import Roster
from helpers.notebooks.errors import CourseError

__all__ = ["Returned", "return_feedback"]

_UNSAFE = re.compile(r"[^\w.+-]+")


@dataclass
class Returned:
    """Where the pages went, whose are there, and whose are not because nothing tells their names on the platform."""

    path: Path
    students: list[str] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)


def return_feedback(
    course: Course,
    lab: str,
    form: str,
    *,
    downloads: Sequence[Path] = (),
    to: Path | None = None,
    groups: bool = False,
) -> Returned:
    """Pack all pages of a lab.

    Args:
        form: "moodle", "canvas" or "plain".
        downloads: what the platform gave; by default all in `downloaded/<lab>/archive/`.
        groups: whether the platform wrote the name of a group before the name of each student, as Moodle does.
        to: the file or, for "plain", the folder; by default `feedback-<lab>-<form>` in the course's folder.

    Raises:
        CourseError: if there is no page, no download, or no place to write to.
    """
    pages = _pages(course, lab)
    if not pages:
        raise CourseError(f"There is no feedback on {lab} yet. Run `course feedback {lab}`.")
    target = to or course.root / f"feedback-{lab}-{form}{'' if form == 'plain' else '.zip'}"
    _refuse_others(target, is_folder=form == "plain")
    result = Returned(target)
    names = _plain_names(course, pages) if form == "plain" else _uploaded_names(course, lab, form, downloads, pages, groups)
    if not names:
        raise CourseError(f"No name in the download of {lab} is one that {form} gives to an upload of these students.")
    result.students = sorted(names)
    result.unmatched = sorted(pages.keys() - names)
    try:
        _write({names[student]: pages[student] for student in result.students}, target, is_folder=form == "plain")
    except OSError as error:
        raise CourseError(f"{target} cannot be written: {error.strerror}. Name another place with --to.") from None
    return result


def _refuse_others(target: Path, is_folder: bool) -> None:
    """Refuse to replace anything but what an earlier run may have written."""
    if not target.exists():
        return
    if is_folder:
        is_ours = target.is_dir() and all(one.suffix == ".html" and one.is_file() for one in target.iterdir())
    else:
        is_ours = zipfile.is_zipfile(target)
    if not is_ours:
        kind = "a folder of feedback pages" if is_folder else "a zip archive"
        raise CourseError(f"{target} is there, and is not {kind}. Name another place with --to.")


def _pages(course: Course, lab: str) -> dict[str, Path]:
    """Return the pages by student."""
    folder = course.root / course.coursedir.feedback_directory
    return {path.parent.parent.name: path for path in sorted(folder.glob(f"*/{lab}/*.html"))}


def _plain_names(course: Course, pages: Mapping[str, Path]) -> dict[str, str]:
    """Name each page by the student's id, which is unique, and name."""
    roster, names, taken = Roster.load(course.root), {}, set[str]()
    for student in pages:
        name = roster.name_of(student)
        words = _UNSAFE.sub("_", student if name == student else f"{name}_{student}").strip("._")[:100] or "student"
        number = 1
        while (unique := words if number == 1 else f"{words}_{number}").casefold() in taken:
            number += 1
        taken.add(unique.casefold())
        names[student] = f"{unique}.html"
    return names


def _uploaded_names(
    course: Course, lab: str, form: str, downloads: Sequence[Path], pages: Mapping[str, Path], groups: bool
) -> dict[str, str]:
    """Return the name of each student's page on the platform, as far as the download tells it."""
    uploads = _uploads(course, lab, form, downloads, groups)
    chosen = {student: _chosen(uploads[student]) for student in pages if student in uploads}
    return {student: _NAMING[form](chosen[student], pages[student]) for student in chosen}


def _uploads(
    course: Course, lab: str, form: str, downloads: Sequence[Path], groups: bool
) -> dict[str, list[Upload]]:
    """Return what was uploaded, by student, as `course collect` reads it."""
    archive = course.root / "downloaded" / lab / "archive"
    for path in downloads or [archive]:
        if not path.exists():
            raise CourseError(
                f"{path} is missing, and only the platform's download tells how files are named there. Put it back, "
                f"or name it: `course feedback {lab} --zip {form} --download FILE`."
            )
    with open_uploads(course, lab, downloads or [archive], Collected(), platform=form, groups=groups) as uploads:
        return uploads


def _chosen(uploads: Sequence[Upload]) -> Upload:
    """Return the last upload, a notebook if there is one."""
    return max(uploads, key=lambda one: (one.file.path.lower().endswith(".ipynb"), one.attempt, one.origin.repeat))


def _for_moodle(upload: Upload, page: Path) -> str:
    """Name a page for "Upload multiple feedback files in a zip": Moodle looks at the number and the plugin's name.

    See `is_valid_filename_for_import` in mod/assign/feedback/file/importziplib.php.
    """
    part = upload.file.path.split("/")[upload.origin.depth]
    number, plugin = re.findall(r"_(\d+)_(assignsubmission_[a-z]+)(?=_|$)", part)[0]
    return f"{part.partition('_')[0]}_{number}_{plugin}_{page.name}"


def _for_canvas(upload: Upload, page: Path) -> str:
    """Name a page as the upload, for "Upload Submissions": Canvas looks at the two numbers, of student and file."""
    return upload.file.path.rpartition("/")[2]


_NAMING: Mapping[str, Callable[[Upload, Path], str]] = {"moodle": _for_moodle, "canvas": _for_canvas}


def _write(pages: Mapping[str, Path], target: Path, is_folder: bool) -> None:
    """Write a folder or an archive in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".returning-", dir=target.parent) as staging:
        new = Path(staging) / "new"
        if is_folder:
            new.mkdir()
            for name, page in pages.items():
                shutil.copyfile(page, new / name)
            replace_folder(new, target)
        else:
            with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, page in pages.items():
                    archive.write(page, name)
            new.replace(target)
