"""Read the files of a submission as bytes: limited in number, depth and size, and never through a link."""

from __future__ import annotations

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath

from helpers.notebooks.archives import MAX_BYTES

__all__ = [
    "MAX_BYTES",
    "TIME_FILE",
    "File",
    "Files",
    "archive_kind",
    "folders_of",
    "members",
    "path_inside",
    "read_folder",
    "read_regular",
    "replace_folder",
    "unpack",
    "walk",
]

MAX_FILES = 2000
MAX_DEPTH = 8  # nested folders
MAX_MEMBERS = 10 * MAX_FILES  # of an archive that is opened: `zipfile` creates an object for each
_ARCHIVES = {  # by the bytes that they begin with
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\0": "an xz file",
}
TIME_FILE = "timestamp.txt"  # `nbgrader zip_collect` writes it too


@dataclass(frozen=True)
class File:
    """A file in a folder or an archive.

    Attributes:
        read: called with a limit, returns the content; None if it is larger, or cannot be read.
        flaw: why it cannot be read, if that is known beforehand: the predicate of a sentence.
    """

    path: str
    size: int
    read: Callable[[int], bytes | None]
    flaw: str = ""


@dataclass
class Files:
    """Contents by path, with "/" between folders. `left_out` lists what is too large, too many or no regular file.

    `unpacked` counts the bytes that came out of archives, kept or not: broken archives take time too.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    unpacked: int = 0

    @property
    def room(self) -> int:
        """How many more bytes may be added."""
        return MAX_BYTES - max(self.unpacked, sum(map(len, self.contents.values())))

    @property
    def digest(self) -> str:
        """A hash of all paths and contents."""
        total = sha256()
        for path, content in sorted(self.contents.items()):
            total.update(sha256(ascii(path).encode()).digest() + sha256(content).digest())
        return total.hexdigest()

    def add(self, path: str, content: bytes | None) -> None:
        if content is None or len(self.contents) >= MAX_FILES:
            self.left_out.append(path)
        else:
            self.contents[path] = content


def read_folder(folder: Path, ignore: Sequence[str] = ()) -> Files:
    """Read all files in a folder, small files first, so that a large file does not crowd out small ones.

    Args:
        ignore: patterns for the names of files and folders to skip.
    """
    files = Files()
    for file in walk(folder, ignore):
        files.add(file.path, file.read(files.room))
    return files


def walk(folder: Path, ignore: Sequence[str]) -> list[File]:
    """List the files in a folder and its folders, small files first."""
    return sorted(_walk(folder, ignore, "", 0), key=lambda file: (file.size, file.path))


def _walk(folder: Path, ignore: Sequence[str], inside: str, depth: int) -> Iterator[File]:
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            path = f"{inside}{entry.name}"
            if _is_ignored(entry.name, ignore):
                continue
            if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                yield from _walk(folder, ignore, f"{path}/", depth + 1)
            else:
                size, flaw = entry.stat(follow_symlinks=False).st_size, "is a link" if entry.is_symlink() else ""
                yield File(path, size, partial(read_regular, folder / path), flaw)


def _is_ignored(name: str, ignore: Sequence[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in ignore)


def read_regular(path: Path, limit: int) -> bytes | None:
    """Read a regular file of at most `limit` bytes. Return None for anything else: a link, a pipe, a device."""
    # Without O_NONBLOCK, opening a pipe that nobody writes to blocks: fifo(7).
    flags = os.O_NOFOLLOW | os.O_NONBLOCK
    try:
        with open(path, "rb", opener=lambda name, mode: os.open(name, mode | flags)) as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return None
            content = stream.read(limit + 1)
    except OSError:
        return None
    return content if len(content) <= limit else None


def members(archive: zipfile.ZipFile, ignore: Sequence[str] = ()) -> Iterator[File]:
    """Yield the files in a zip archive, without those that macOS adds. Their paths may be anything."""
    for member in archive.infolist():
        parts = member.filename.split("/")
        if parts[-1] and parts[0] != "__MACOSX" and not any(_is_ignored(part, ignore) for part in parts):
            yield File(member.filename, member.file_size, partial(_read_member, archive, member), _flaw(member))


def _flaw(member: zipfile.ZipInfo) -> str:
    """Say why a member is not read; the empty string if nothing speaks against it."""
    if member.flag_bits & 1:
        return "is encrypted"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "is a link"
    # `zipfile` unpacks other methods without a limit: 200 bytes of bzip2, said to hold one byte, take it seconds.
    is_bounded = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    return "" if is_bounded else "is compressed by an unusual method"


def _read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes | None:
    """Read a member of at most `limit` bytes, whatever size it claims. Return None if it is a link or unreadable."""
    if _flaw(member) or member.file_size > limit:
        return None
    try:
        with archive.open(member) as stream:
            content = stream.read(limit + 1)
    except Exception:  # broken: `zipfile` and `zlib` raise many kinds of errors
        return None
    return content if len(content) <= limit else None


def unpack(name: str, archive: bytes, files: Files) -> None:
    """Add the members of a zip archive to `files`, as if the archive were a folder called `name`."""
    try:
        if archive.count(b"PK\1\2") > MAX_MEMBERS:  # each member's entry in the archive's directory starts like this
            raise zipfile.BadZipFile
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            listed = members(opened)
            for member in islice(listed, MAX_FILES):
                path, room = path_inside(member.path), files.room
                files.unpacked += member.size if path and member.size <= room else 0
                files.add(f"{name}/{path or member.path}", member.read(room) if path else None)
            files.left_out += [f"{name}/{member.path}" for member in listed]
    except Exception:  # `zipfile` raises many kinds of errors for broken archives
        files.left_out.append(name)


def archive_kind(start: bytes) -> str:
    """Name the kind of archive, other than zip, that begins with these bytes, whatever it is called; "" if none."""
    magic = next((magic for magic in _ARCHIVES if start.startswith(magic)), b"")
    return _ARCHIVES.get(magic, "a tar archive" if start[257:262] == b"ustar" else "")


def path_inside(name: str) -> str:
    """Return the path of an archive's member; the empty string if it leads out of the archive or belongs to macOS."""
    path = PurePosixPath(name.replace("\\", "/"))
    is_outside = path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive
    if is_outside or "\0" in name or len(path.parts) > MAX_DEPTH or path.parts[:1] == ("__MACOSX",):
        return ""
    return str(path)


def folders_of(path: str) -> set[str]:
    """Return the paths of all folders that lead to a file: none of them can be a file itself."""
    return {str(folder) for folder in PurePosixPath(path).parents}


def replace_file(path: Path, content: bytes, mode: int | None = None) -> None:
    """Write a file in one step: whoever reads it meanwhile, or after a killed run, sees the old one or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    if mode is not None:
        new.chmod(mode)
    new.replace(path)


def replace_folder(new: Path, target: Path) -> None:
    """Move the folder `new` to `target` in one step, and delete what was there."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        old = new.with_name(f"{new.name}.old")
        os.rename(target, old)
        os.rename(new, target)
        shutil.rmtree(old)
    else:
        os.rename(new, target)
