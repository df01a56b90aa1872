"""The files of a download: read one at a time, bounded in size, and never through a link or out of the archive."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from helpers.grading.intake.files import path_inside, read_member, read_regular, walk

__all__ = ["Download", "File", "open_downloads"]

LONGEST_PATH = 1000  # characters; patterns are tried on a path


@dataclass(frozen=True)
class File:
    """A file of a download; `read` gives its content, or None if it is larger than asked for, or no plain file."""

    path: str
    size: int
    read: Callable[[int], bytes | None]


@dataclass
class Download:
    """Files that came together, and when: those of one archive, or all that lie in no archive."""

    came: float = 0.0
    files: list[File] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # what is no file that could be collected

    def add(self, path: str, size: int, read: Callable[[int], bytes | None]) -> None:
        inside = path_inside(path) if len(path) <= LONGEST_PATH else ""
        if inside:
            self.files.append(File(inside, size, read))
        else:
            self.broken.append(path)


def open_downloads(
    places: Sequence[Path], is_submission: Callable[[str], object], ignore: Sequence[str], stack: ExitStack
) -> list[Download]:
    """All that lies in these folders and files; archives stay open until `stack` closes them.

    Args:
        is_submission: whether a name says that one student handed this in: an archive of such a name stays whole.
        ignore: patterns for names of files and folders that do not count.
    """
    loose, downloads = Download(), []
    for path, name in (found for place in places for found in _below(place, is_submission, ignore)):
        if name.lower().endswith(".zip") and path.is_file() and not is_submission(name):  # a pipe would be waited for
            downloads.append(_open_archive(path, ignore, stack))
        else:
            about = path.lstat()
            loose.came = max(loose.came, about.st_mtime)
            loose.add(name, about.st_size, partial(read_regular, path))
    return [loose, *downloads]


def _below(place: Path, is_submission: Callable[[str], object], ignore: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """The files of a place, and their paths in it; below a folder that is a student's own, this folder is named too."""
    if place.is_dir():
        name = place.resolve().name
        outer = f"{name}/" if is_submission(f"{name}/file") else ""
        yield from ((place / inside, outer + inside) for _, inside, _ in sorted(walk(place, ignore)))
    else:
        yield place, place.name


def _open_archive(path: Path, ignore: Sequence[str], stack: ExitStack) -> Download:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except Exception:  # a stranger's archive: zipfile raises whatever it likes
        return Download(broken=[path.name])
    download = Download(path.stat().st_mtime)
    for member in archive.infolist():
        parts = member.filename.split("/")
        if parts[-1] and parts[0] != "__MACOSX" and not _is_ignored(parts, ignore):
            download.add(member.filename, member.file_size, partial(_read, archive, member))
    return download


def _is_ignored(parts: Sequence[str], ignore: Sequence[str]) -> bool:
    return any(fnmatch(part, pattern) for part in parts for pattern in ignore)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    try:
        return read_member(archive, member, most)
    except Exception:  # zipfile and zlib raise whatever they like
        return None
