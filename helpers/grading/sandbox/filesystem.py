"""The file system of a sandbox: a small one in memory, what a lab reads bound into it, and room to write."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import helpers
from helpers.grading.sandbox import linux
from helpers.grading.sandbox.linux import Mount

__all__ = [
    "HOME",
    "SubmissionError",
    "copy_in",
    "forget_old_root",
    "give_home",
    "leave_old_root",
    "make_devices",
    "make_scratch",
    "mount_proc",
    "readable",
    "show",
]

HOME = Path("/student")  # inside; the submission's files lie here
_OLD = Path("/.old")
_QUIET = Mount.NO_SETUID | Mount.NO_DEVICES | Mount.NO_EXECUTE
_LOCKED = Mount.READ_ONLY | Mount.NO_SETUID | Mount.NO_DEVICES
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types")
# A folder with one of these is never a submission.
_COURSE = ("nbgrader_config.py", "gradebook.db")
_DEVICES = ("null", "zero", "full", "random", "urandom")


class SubmissionError(Exception):
    """The files of a submission are such that they cannot be brought into the sandbox; others are not affected."""


def leave_old_root() -> None:
    """Make an empty file system the root; the machine's lies in `_OLD` until the box is furnished."""
    linux.mount("", Path("/"), "", Mount.PRIVATE | Mount.RECURSIVE)  # what is mounted here stays here
    linux.mount("tmpfs", Path("/tmp"), "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, "mode=755,size=4m")
    new_old = Path("/tmp") / _OLD.name
    new_old.mkdir()
    linux.pivot_root(Path("/tmp"), new_old)
    os.chdir("/")


def forget_old_root() -> None:
    linux.unmount(_OLD)
    _OLD.rmdir()
    linux.restrict_mount(Path("/"), _LOCKED, recursive=False)


def make_scratch(size: int) -> list[Path]:
    """The places to write, all in one file system, so that one size limits them."""
    scratch = Path("/.scratch")
    scratch.mkdir()
    options = f"mode=755,size={size},nr_inodes=65536"
    linux.mount("tmpfs", scratch, "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, options)
    places = [HOME, Path("/tmp"), Path("/dev/shm")]
    for place in places:
        own = scratch / place.name
        own.mkdir()
        own.chmod(0o1777)
        _place(place, folder=True)
        linux.bind(own, place)
    linux.unmount(scratch)
    scratch.rmdir()
    return places


def readable(shown: Mapping[str, str]) -> dict[Path, Path]:
    """What can be read inside, and where it lies: system libraries, this Python, the package `helpers`, data sets."""
    system = [Path("/") / name for name in _SYSTEM]
    settings = [Path("/etc") / name for name in _SETTINGS]
    python = [Path(sys.base_prefix), Path(sys.prefix), Path(helpers.__path__[0])]
    places = [*system, *settings, Path("/sys/devices/system/cpu"), *python]
    # By its own name and, for the links that lead there, by the real one.
    found = {place: place.resolve() for place in places if place.exists()}
    found |= {real: real for real in found.values()}
    found |= {Path(place): Path(source).resolve() for place, source in shown.items()}
    return dict(sorted(found.items(), key=lambda pair: len(pair[0].parts)))  # what lies in another one comes later


def show(source: Path, target: Path) -> None:
    """Bind a file or folder of the machine into the box, for reading, unless it lies in one that is there already."""
    if target.exists():
        return
    source = _OLD / source.relative_to("/")
    _place(target, source.is_dir())
    linux.bind(source, target)
    linux.restrict_mount(target, _LOCKED)


def _place(target: Path, folder: bool) -> None:
    """Make sure that something can be mounted at `target`."""
    (target if folder else target.parent).mkdir(parents=True, exist_ok=True)
    if not folder:
        target.touch()


def make_devices(gpu: bool) -> list[Path]:
    """The devices that programs expect. Returns them."""
    names = [*_DEVICES, *(path.name for path in (_OLD / "dev").glob("nvidia*") if gpu)]
    devices = [Path("/dev") / name for name in names]
    for device in devices:
        source = _OLD / device.relative_to("/")
        _place(device, source.is_dir())
        linux.bind(source, device)
        linux.restrict_mount(device, Mount.NO_SETUID | Mount.NO_EXECUTE)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (Path("/dev") / name).symlink_to(Path("/proc/self") / target)
    terminals = Path("/dev/pts")  # of its own, for `!ls` in a cell
    terminals.mkdir()
    linux.mount("devpts", terminals, "devpts", Mount.NO_SETUID | Mount.NO_EXECUTE, "newinstance,ptmxmode=666")
    (Path("/dev") / "ptmx").symlink_to("pts/ptmx")
    return [*devices, terminals]


def mount_proc() -> None:
    Path("/proc").mkdir()
    linux.mount("proc", Path("/proc"), "proc", _QUIET | Mount.READ_ONLY)


def copy_in(folder: Path, size: int) -> None:
    """Copy the submission's files into the box: no notebook (it may hold hidden tests), and no link's target."""
    folder = _OLD / folder.relative_to("/")
    course = next((name for name in _COURSE if (folder / name).exists()), None)
    if course:
        raise SubmissionError(
            f"the kernel's folder holds {course}: it is a course's, not a submission's. Start it elsewhere."
        )
    try:
        shutil.copytree(folder, HOME, symlinks=True, ignore=_not_copied, copy_function=_copy_data, dirs_exist_ok=True)
    except (shutil.Error, OSError) as error:
        room = f"{size >> 20} MiB"
        raise SubmissionError(f"the submission's files cannot be copied into a sandbox of {room}: {error}") from None


def _not_copied(folder: str, names: list[str]) -> list[str]:
    """Notebooks, and what is neither file, folder nor link."""

    def is_plain(name: str) -> bool:
        kind = stat.S_IFMT(os.lstat(os.path.join(folder, name)).st_mode)
        return kind in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)

    return [name for name in names if name.endswith(".ipynb") or name == ".ipynb_checkpoints" or not is_plain(name)]


def _copy_data(source: str, target: str, *, follow_symlinks: bool = True) -> None:
    """Copy a file without its mode: nbgrader writes files that nobody may change."""
    shutil.copyfile(source, target, follow_symlinks=follow_symlinks)


def give_home(uid: int) -> None:
    """Let the student's code change all files of the submission."""
    for folder, _, files in os.walk(HOME):
        os.chown(folder, uid, uid)
        os.chmod(folder, 0o755)
        for path in (os.path.join(folder, name) for name in files):
            os.chown(path, uid, uid, follow_symlinks=False)
