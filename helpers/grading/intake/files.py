"""The files of a submission, as bytes: bounded in number, depth and size, and never through a link."""

from __future__ import annotations

import io
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path, PurePosixPath, PureWindowsPath

__all__ = [
    "MOST_BYTES",
    "TIME_FILE",
    "Files",
    "path_inside",
    "read_folder",
    "read_member",
    "read_regular",
    "replace_folder",
    "unpack",
    "walk",
]

MOST_BYTES = 256 << 20  # of all files of a submission together
MOST_FILES = 2000
MOST_DEPTH = 8  # folders in folders
MOST_MEMBERS = 10 * MOST_FILES  # of an archive that is opened: Python makes an object of each
TIME_FILE = "timestamp.txt"  # written by collecting, as nbgrader does


@dataclass
class Files:
    """Contents by path, with "/" between folders; `left_out` names what was too much, or no regular file.

    `unpacked` counts the bytes that came out of archives, whether or not they are kept: spoilt ones take time as well.
    """

    contents: dict[str, bytes] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    unpacked: int = 0

    @property
    def room(self) -> int:
        """Bytes that may still come."""
        return MOST_BYTES - max(self.unpacked, sum(map(len, self.contents.values())))

    @property
    def digest(self) -> str:
        """What tells these contents from all others."""
        whole = sha256()
        for name, content in sorted(self.contents.items()):
            whole.update(sha256(ascii(name).encode()).digest() + sha256(content).digest())
        return whole.hexdigest()

    def add(self, name: str, content: bytes | None) -> None:
        if content is None or len(self.contents) >= MOST_FILES:
            self.left_out.append(name)
        else:
            self.contents[name] = content


def read_folder(folder: Path, ignore: Sequence[str] = ()) -> Files:
    """Read all files below a folder, the small ones first: a large file costs no small one its place.

    Args:
        ignore: patterns for names of files and folders that do not count.
    """
    found = Files()
    for _, name, is_file in sorted(walk(folder, ignore)):
        found.add(name, read_regular(folder / name, found.room) if is_file else None)
    return found


def walk(folder: Path, ignore: Sequence[str], inside: str = "", depth: int = 0) -> Iterator[tuple[int, str, bool]]:
    """Size and path of each file, and whether it is a regular one."""
    with os.scandir(folder / inside) as entries:
        for entry in entries:
            name = f"{inside}{entry.name}"
            if any(fnmatch(entry.name, pattern) for pattern in ignore):
                continue
            if entry.is_dir(follow_symlinks=False):
                if depth < MOST_DEPTH:
                    yield from walk(folder, ignore, f"{name}/", depth + 1)
                else:
                    yield 0, name, False
            else:
                about = entry.stat(follow_symlinks=False)
                yield about.st_size, name, stat.S_ISREG(about.st_mode)


def read_regular(path: Path, most: int) -> bytes | None:
    """The content of a regular file of at most `most` bytes; None for anything else: a link, a pipe, a device."""
    try:
        # A pipe that nobody writes to would otherwise be waited for, for ever.
        with open(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return None
            content = stream.read(most + 1)
    except OSError:
        return None
    return content if len(content) <= most else None


def unpack(name: str, archive: bytes, files: Files) -> None:
    """Add the members of a zip archive to `files`, as if the archive were a folder, as far as it is not spoilt."""
    try:
        if archive.count(b"PK\1\2") > MOST_MEMBERS:
            raise zipfile.BadZipFile
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            for member in opened.infolist()[:MOST_FILES]:
                inside, room = path_inside(member.filename), files.room
                if inside and not member.is_dir():
                    files.unpacked += member.file_size if member.file_size <= room else 0
                    files.add(f"{name}/{inside}", read_member(opened, member, room))
    except Exception:  # a stranger's archive: zipfile and zlib raise whatever they like
        files.left_out.append(name)


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes | None:
    """The content of a member, however large it says it is; None if it is too large, a link, or encrypted."""
    is_link = stat.S_ISLNK(member.external_attr >> 16)
    if is_link or member.flag_bits & 1 or member.file_size > most:
        return None
    with archive.open(member) as stream:
        content = stream.read(most + 1)
    return content if len(content) <= most else None


def path_inside(name: str) -> str:
    """A member's path, if it leads nowhere else; the empty string otherwise, and for what macOS adds."""
    path = PurePosixPath(name.replace("\\", "/"))
    outside = path.is_absolute() or ".." in path.parts or PureWindowsPath(name).drive
    if outside or "\0" in name or len(path.parts) > MOST_DEPTH or path.parts[:1] == ("__MACOSX",):
        return ""
    return str(path)


def replace_folder(new: Path, place: Path) -> None:
    """Put the folder `new` in its place, whole; what stood there goes away."""
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.exists():
        old = new.with_name(f"{new.name}.old")
        os.rename(place, old)
        os.rename(new, place)
        shutil.rmtree(old)
    else:
        os.rename(new, place)
