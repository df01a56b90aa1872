"""The last attempt of each student, in its place. Collecting decides who and when; what it is, the intake decides."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from helpers.grading.collect.attempts import last_attempt, lying, why_not, write
from helpers.grading.collect.downloads import open_downloads
from helpers.grading.collect.platforms import PLATFORMS, readings
from helpers.grading.collect.sorting import Piece, by_student, pieces
from helpers.grading.course import Course, CourseError
from helpers.grading.intake.files import replace_folder
from helpers.grading.labs import choose_labs, find_labs
from helpers.grading.text import Text, line

__all__ = ["Collected", "collect"]


@dataclass
class Collected:
    """What collecting did.

    Attributes:
        students: whose submissions were put into `submitted/`.
        unchanged: whose submissions lay there already.
        remarks: what was not collected, and why; and what else is worth knowing.
    """

    students: list[Text] = field(default_factory=list)
    unchanged: list[Text] = field(default_factory=list)
    remarks: list[Text] = field(default_factory=list)

    @property
    def summary(self) -> str:
        words = f"{len(self.students)} collected, {len(self.unchanged)} were collected before."
        return f"{words} {len(self.remarks)} remarks: see above." if self.remarks else words

    def remark(self, name: str, words: str) -> None:
        self.remarks.append(line(f"{line(name)}: {words}", 500))


def collect(
    course: Course, lab: str, places: Sequence[Path] = (), *, platform: str = "", force: bool = False
) -> Collected:
    """Put what students handed in into `submitted/<student>/<lab>/`.

    Args:
        places: archives, folders and files; if there are none, all in `downloaded/<lab>/archive/`.
        platform: the one of `PLATFORMS` that gave the names; each name tells by itself if it is empty.
        force: whether what lies in `submitted/` gives way, whatever its time is.

    Raises:
        ValueError: if the lab or the platform is unknown.
        CourseError: if there is nothing to collect, or it cannot be read.
    """
    if platform and platform not in PLATFORMS:
        raise ValueError(f"there is no platform {line(platform)}; there are {', '.join(PLATFORMS)}")
    choose_labs(find_labs(course.root / "source"), [lab])
    archive, done = course.root / "downloaded" / lab / "archive", Collected()
    try:
        _collect(course, lab, _there(places or [archive], lab, archive), platform, force, done)
    except OSError as error:
        raise CourseError(f"{error.filename}: {error.strerror}. Collecting needs to read and write there.") from None
    return done


def _collect(course: Course, lab: str, places: Sequence[Path], platform: str, force: bool, done: Collected) -> None:
    read = partial(readings, lab=lab, platform=platform)
    # The new folders grow beside `submitted/`, so that each can be moved there in one step.
    with ExitStack() as stack, TemporaryDirectory(prefix=".collecting-", dir=course.root) as staging:
        downloads = open_downloads(places, read, course.coursedir.ignore, stack)
        found = [piece for download in downloads for piece in pieces(download, read, done.remark)]
        for number, (student, own) in enumerate(sorted(by_student(found, done.remark).items())):
            place, staged = course.folder("submitted", student, lab), Path(staging) / str(number)
            try:
                _submission(student, own, place, staged, force, done)
            except OSError as error:  # whatever is in the way of this one, the class goes on
                done.remark(student, f"not collected: {error.strerror or error}")


def _there(places: Sequence[Path], lab: str, archive: Path) -> Sequence[Path]:
    for place in places:
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            raise CourseError(
                f"{place} is {'empty' if place.exists() else 'not there'}. Put what your learning platform gives into "
                f"{archive}, or name it: `course collect {lab} FILE`."
            )
    return places


def _submission(student: str, own: Sequence[Piece], place: Path, staged: Path, force: bool, done: Collected) -> None:
    """Put a student's last attempt in its place, unless what lies there is newer, or may be."""
    new, old = last_attempt(own, done.remark), lying(place)
    if not new.has_notebook:
        done.remark(student, f"no notebook in {', '.join(map(line, sorted(new.contents)[:5])) or 'what came'}")
    if old and new.contents == old.contents and new.time in (None, old.time):
        done.unchanged.append(line(student))
    elif (why := why_not(new, old)) and not force:
        done.remark(student, f"not collected: {why}")
    else:
        write(new, staged)
        replace_folder(staged, place)
        done.students.append(line(student))
        if old and old.contents != new.contents:
            done.remark(student, f"takes the place of what lay in submitted/ ({old.time or 'without a time'})")
