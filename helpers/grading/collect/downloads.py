"""List the files of a download. Each is read when needed, limited in size, and never through a link."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from helpers.grading.intake.files import File, archive_kind, members, path_inside, read_regular, walk

__all__ = ["Download", "open_downloads"]

MAX_PATH = 1000  # characters: patterns are matched against a path


@dataclass
class Download:
    """Files that were downloaded together: those of one archive, or all that are in no archive.

    Attributes:
        modified: the time of the download.
        files: what is in it.
        sources: the archive that holds a file, or the file itself, by the file's path in the download.
        broken: why some cannot be collected, by path.
    """

    modified: float = 0.0
    files: list[File] = field(default_factory=list)
    sources: dict[str, Path] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def add(self, file: File, source: Path) -> None:
        path = path_inside(file.path) if len(file.path) <= MAX_PATH else ""
        self.sources[path or file.path] = source
        if path:
            self.files.append(replace(file, path=path))
        else:
            self.broken[file.path] = "its path is too long, too deep, or leads out of the archive"


def open_downloads(
    paths: Sequence[Path], is_submission: Callable[[str], object], ignore: Sequence[str], stack: ExitStack
) -> list[Download]:
    """List everything in these folders and files. Archives stay open until `stack` closes them.

    Args:
        is_submission: tells whether a name belongs to one student's submission. Such an archive is not opened.
        ignore: patterns for the names of files and folders to skip.
    """
    loose, downloads = Download(), []
    for path, file in (pair for start in paths for pair in _files(start, is_submission, ignore)):
        # `is_file` is false for a pipe: opening it would block.
        if file.path.lower().endswith(".zip") and path.is_file() and not is_submission(file.path):
            downloads.append(_open_archive(path, ignore, stack))
        else:
            loose.modified = max(loose.modified, path.lstat().st_mtime)
            loose.add(file, path)
    return [loose, *downloads]


def _files(start: Path, is_submission: Callable[[str], object], ignore: Sequence[str]) -> Iterator[tuple[Path, File]]:
    """Yield files with paths relative to `start`; if that is one student's folder, its name is included."""
    if start.is_dir():
        name = start.resolve().name
        prefix = f"{name}/" if is_submission(f"{name}/file") else ""
        yield from ((start / file.path, replace(file, path=prefix + file.path)) for file in walk(start, ignore))
    else:
        yield start, File(start.name, start.lstat().st_size, partial(read_regular, start))


def _open_archive(path: Path, ignore: Sequence[str], stack: ExitStack) -> Download:
    download = Download(path.stat().st_mtime, sources={path.name: path})
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
        is_empty = not archive.namelist()
    except Exception:  # `zipfile` raises many kinds of errors for broken archives
        is_empty = True
    if is_empty:
        download.broken[path.name] = _why_empty(path)
    else:
        for member in members(archive, ignore):
            download.add(member, path)
    return download


def _why_empty(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(512)
        stream.seek(max(path.stat().st_size - 65_557, 0))  # the longest end of a zip archive
        _, found, end = stream.read().rpartition(b"PK\5\6")
    if kind := archive_kind(start):
        return f"it is {kind}, not a zip archive. Unpack it, and collect the folder"
    if start.startswith(b"PK\7\x08") or (found and end[:2] != b"\0\0"):  # the number of this part
        return "it is one part of an archive in several parts. Unpack them together, and collect the folder"
    return "the archive is broken or empty. Download it again"
