"""Pack what a student hands in into one zip archive, if it can be graded: `course pack <notebook>`."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from safetensors import SafetensorError, safe_open

from helpers.notebooks.archives import MAX_BYTES, write_archive
from helpers.notebooks.description import Description, read_description
from helpers.notebooks.errors import CourseError
from helpers.notebooks.reader import Draft
from helpers.notebooks.text import line
from helpers.student.notebooks import find_notebooks, open_notebook

__all__ = ["Packed", "pack"]


@dataclass(frozen=True)
class Packed:
    """The archive, what is in it, when the notebook was last saved, and what will cost points."""

    archive: Path
    names: tuple[str, ...]
    saved: datetime
    warnings: tuple[str, ...]


def pack(path: Path, to: Path | None = None, *, force: bool = False) -> Packed:
    """Pack a notebook, and the files that its lab wants beside it.

    Args:
        path: the notebook, or its folder.
        to: the archive, or a folder for it; by default `<lab>.zip` in the current folder.
        force: whether to pack even if no answer has changed, or files are missing.

    Raises:
        CourseError: if it could not be graded, or not be written.
    """
    notebook, content, draft, lab = _lab_in(path)
    empty = lab.empty(draft)
    if len(empty) == len(lab.answers) and not force:
        raise CourseError(
            f"{line(notebook)}: no answer has changed. Save the notebook first (Ctrl+S). "
            "If your answers are in cells of your own, --force packs it."
        )
    files = _files_beside(notebook, lab)
    if lab.handed_in and not files and not force:
        raise CourseError(
            f"{line(notebook.parent)} lacks {' or '.join(lab.handed_in)}: the lab says which cell writes it. "
            "--force packs the notebook without it, which costs the points that depend on it."
        )
    contents = {f"{lab.notebook}.ipynb": content, **files}
    size = sum(map(len, contents.values()))
    if size > MAX_BYTES:
        raise CourseError(f"This is {size >> 20} MB; {MAX_BYTES >> 20} MB are read. Clear the outputs, and save again.")
    archive = _archive(to or Path(), lab)
    try:
        write_archive(archive, contents)
    except OSError as error:
        raise CourseError(f"{line(archive)} could not be written: {error.strerror}. Try another --to.") from None
    saved = datetime.fromtimestamp(notebook.stat().st_mtime)
    return Packed(archive, tuple(contents), saved, tuple(_warnings(lab, draft, empty, files)))


def _lab_in(path: Path) -> tuple[Path, bytes, Draft, Description]:
    """Return the one notebook of this course that is named, or lies in the folder that is named."""
    found = [(one, *open_notebook(one)) for one in find_notebooks([path])]
    labs = [(*one, lab) for one in found if (lab := read_description(one[2]))]
    if len(labs) > 1:
        names = ", ".join(line(one[0]) for one in labs[:5])
        raise CourseError(f"{line(path)} holds {len(labs)} notebooks of this course: name one of {names}.")
    if not labs:
        raise CourseError(
            f"{line(path)} is no lab of this course, or its cells' metadata are lost. "
            "Copy your answers into a new copy of the lab, and pack that one."
        )
    return labs[0]


def _files_beside(notebook: Path, lab: Description) -> dict[str, bytes]:
    """Read those files that the lab wants handed in and that are there."""
    return {name: _read(notebook.with_name(name)) for name in lab.handed_in if notebook.with_name(name).is_file()}


def _read(path: Path) -> bytes:
    """Read a file.

    Raises:
        CourseError: if it is too large, or broken.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CourseError(f"{line(path)} is larger than the {MAX_BYTES >> 20} MB that are read.")
        if path.suffix == ".safetensors":
            with safe_open(path, "np"):  # reads the header, and compares it with the file's size
                pass
        return path.read_bytes()
    except SafetensorError as error:
        raise CourseError(f"{line(path)} is broken ({line(error)}). Run the cell that writes it again.") from None
    except OSError as error:
        raise CourseError(f"{line(path)} could not be read: {error.strerror}.") from None


def _archive(to: Path, lab: Description) -> Path:
    """Return the archive to write, which replaces nothing but another archive."""
    archive = to / f"{lab.lab}.zip" if to.is_dir() else to
    if archive.suffix.lower() != ".zip":
        raise CourseError(f"{line(archive)}: the name of the archive ends in .zip.")
    if archive.exists() and not zipfile.is_zipfile(archive):
        raise CourseError(f"{line(archive)} is there, and is no zip archive. Choose another name with --to.")
    return archive


def _warnings(lab: Description, draft: Draft, empty: list[str], files: Mapping[str, bytes]) -> Iterator[str]:
    """Yield what will or may cost points."""
    missing = lab.missing(draft)
    if unanswered := [name for name in empty if name not in missing]:
        yield f"not answered yet: {', '.join(unanswered)}"
    if missing:
        yield (
            f"these cells of the lab are missing: {', '.join(missing)}. Grading restores checks, but no answers: "
            "copy your work into a new copy of the lab"
        )
    if files and lab.handed_in[0] not in files:
        yield f"{lab.handed_in[0]} is not there: {', '.join(files)} counts only where the lab says so"
    elif lab.handed_in and not files:
        yield f"packed without {' or '.join(lab.handed_in)}"
