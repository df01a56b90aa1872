"""Write a kit into a folder that holds only the kit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from helpers.grading.intake.files import path_inside, replace_file
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["MANIFEST", "read_manifest", "write_kit"]

MANIFEST = ".course-kit"  # the paths of all files of the kit: they alone are replaced or deleted


def read_manifest(folder: Path) -> frozenset[str]:
    """Return the files that an earlier run wrote; none if the folder is new or empty.

    Raises:
        CourseError: if the folder holds something else.
    """
    try:
        listed = (folder / MANIFEST).read_text(encoding="utf-8").splitlines()
        return frozenset(path for path in map(path_inside, listed) if path)
    except (NotADirectoryError, FileNotFoundError):
        if folder.exists() and (not folder.is_dir() or any(one.name != ".git" for one in folder.iterdir())):
            raise CourseError(
                f"{line(folder)} is there, and `course kit` did not make it. Choose a new folder with --to."
            ) from None
        return frozenset()


def write_kit(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make the folder hold these files, and none of those that an earlier run wrote and this one does not.

    Files of others stay. A run that is interrupted can be repeated.

    Raises:
        CourseError: if a file of others is in the way.
    """
    earlier = read_manifest(folder)
    others = [path for path in contents if path not in earlier and (folder / path).exists()]
    if others:
        raise CourseError(
            f"{line(folder / min(others))} is in the way, and `course kit` did not write it: move it away."
        )
    folder.mkdir(parents=True, exist_ok=True)
    _list(folder, earlier | contents.keys())
    for path, content in contents.items():
        target = folder / path
        if path not in earlier or not target.is_file() or target.read_bytes() != content:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    for path in sorted(earlier - contents.keys(), reverse=True):
        (folder / path).unlink(missing_ok=True)
        if (parent := (folder / path).parent) != folder and parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
    _list(folder, contents)


def _list(folder: Path, paths: Iterable[str]) -> None:
    # In one step: without the list, nobody knows whose the files are.
    replace_file(folder / MANIFEST, "".join(f"{path}\n" for path in sorted(paths)).encode())
