"""List the files of a download. Each is read when needed, limited in size, and never through a link."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from helpers.grading.intake.files import is_ignored, path_inside, read_member, read_regular, walk

__all__ = ["Download", "File", "open_downloads"]

MAX_PATH = 1000  # characters: patterns are matched against a path


@dataclass(frozen=True)
class File:
    """A file of a download. `read(limit)` returns its content; None if it is larger, or no regular file."""

    path: str
    size: int
    read: Callable[[int], bytes | None]


@dataclass
class Download:
    """Files that were downloaded together: those of one archive, or all that are in no archive."""

    modified: float = 0.0
    files: list[File] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)  # names of what cannot be collected

    def add(self, name: str, size: int, read: Callable[[int], bytes | None]) -> None:
        path = path_inside(name) if len(name) <= MAX_PATH else ""
        if path:
            self.files.append(File(path, size, read))
        else:
            self.broken.append(name)


def open_downloads(
    paths: Sequence[Path], is_submission: Callable[[str], object], ignore: Sequence[str], stack: ExitStack
) -> list[Download]:
    """List everything in these folders and files. Archives stay open until `stack` closes them.

    Args:
        is_submission: tells whether a name belongs to one student's submission. Such an archive is not opened.
        ignore: patterns for the names of files and folders to skip.
    """
    loose, downloads = Download(), []
    for path, name in (file for start in paths for file in _files(start, is_submission, ignore)):
        # `is_file` is false for a pipe: opening it would block.
        if name.lower().endswith(".zip") and path.is_file() and not is_submission(name):
            downloads.append(_open_archive(path, ignore, stack))
        else:
            status = path.lstat()
            loose.modified = max(loose.modified, status.st_mtime)
            loose.add(name, status.st_size, partial(read_regular, path))
    return [loose, *downloads]


def _files(start: Path, is_submission: Callable[[str], object], ignore: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """Yield files, and their paths relative to `start`; if that is one student's folder, its name is included."""
    if start.is_dir():
        name = start.resolve().name
        prefix = f"{name}/" if is_submission(f"{name}/file") else ""
        yield from ((start / path, prefix + path) for _, path, _ in sorted(walk(start, ignore)))
    else:
        yield start, start.name


def _open_archive(path: Path, ignore: Sequence[str], stack: ExitStack) -> Download:
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
    except Exception:  # `zipfile` raises many kinds of errors for broken archives
        return Download(broken=[path.name])
    download = Download(path.stat().st_mtime)
    for member in archive.infolist():
        parts = member.filename.split("/")
        if parts[-1] and parts[0] != "__MACOSX" and not any(is_ignored(part, ignore) for part in parts):
            download.add(member.filename, member.file_size, partial(read_member, archive, member))
    return download
