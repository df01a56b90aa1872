"""Read downloads: what was uploaded, by student."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from helpers.grading.collect.blackboard import without_notices
from helpers.grading.collect.collected import Collected
from helpers.grading.collect.downloads import open_downloads
from helpers.grading.collect.platforms import origins
from helpers.grading.collect.sorting import by_student
from helpers.grading.collect.uploads import Upload, uploads_in
from helpers.grading.course import Course
from helpers.grading.term.roster import Roster
from helpers.grading.term.rules import Rules

__all__ = ["open_uploads"]


@contextmanager
def open_uploads(
    course: Course, lab: str, paths: Sequence[Path], result: Collected, *, platform: str = "", groups: bool = False
) -> Iterator[dict[str, list[Upload]]]:
    """Return the uploads in these downloads by student id; they can be read in the block.

    Args:
        result: is told what belongs to nobody, and why.
        platform: the one of `PLATFORMS` that named the files; if empty, each name is tried with all.
        groups: whether the platform wrote the name of a group before the name of each student, as Moodle does.
    """
    read = partial(origins, lab=lab, platform=platform, zone=Rules.load(course.root).timezone)
    ignore = [*course.coursedir.ignore, ".git"]  # thousands of files in a clone from GitHub
    with ExitStack() as stack:
        downloads = open_downloads(paths, read, ignore, stack)
        uploads = [upload for download in downloads for upload in uploads_in(download, read, result)]
        yield by_student(list(without_notices(uploads, result)), Roster.load(course.root), groups, result)
