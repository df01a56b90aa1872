"""Make a kit: a folder, and on demand a zip archive and a commit."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

from helpers.grading.course import Course
from helpers.grading.kit.contents import kit_contents, released_labs
from helpers.grading.kit.folder import read_manifest, write_kit
from helpers.grading.kit.history import commit
from helpers.notebooks.archives import write_archive
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import count

__all__ = ["make_kit"]


def make_kit(
    course: Course, labs: Sequence[str], folder: Path, *, archive: bool = False, git: bool = False
) -> list[str]:
    """Make or update a kit.

    Args:
        labs: those to hand out, beside those that are in the folder already; if empty, all that are released.
        archive: whether to write `<folder>.zip` too.
        git: whether to commit what changed.

    Returns:
        What was done, in words.

    Raises:
        CourseError: if a lab is not released as it now is, or something is in the way.
    """
    folder = folder.resolve()
    earlier = read_manifest(folder)
    there = {path.split("/")[0] for path in earlier if path.startswith("lab")}
    chosen = released_labs(course, sorted({*labs, *there}) if labs else [])
    contents = kit_contents(course, chosen)
    zipped = folder.with_name(f"{folder.name}.zip")
    if archive and zipped.exists() and not zipfile.is_zipfile(zipped):
        raise CourseError(f"{zipped} is there, and is no zip archive. Choose another folder with --to.")
    try:
        write_kit(folder, contents)
        words = [f"{count(len(chosen), 'lab')} in {folder}"]
        if archive:
            write_archive(zipped, {f"{folder.name}/{path}": content for path, content in contents.items()})
            words.append(f"The same as a zip file: {zipped}")
    except OSError as error:
        raise CourseError(f"{error.filename}: {error.strerror}. The kit could not be written there.") from None
    if git:
        title = commit(folder, earlier | contents.keys())
        words.append(f"Committed: {title}" if title else "Nothing to commit: no file has changed.")
    return words
