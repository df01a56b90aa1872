"""The file system of a sandbox: kept in memory, with the files that a lab reads, and folders to write to."""

from __future__ import annotations

import os
import shutil
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

HOME = Path("/student")  # the submission's files, inside the sandbox
_OLD = Path("/.old")
_QUIET = Mount.NO_SETUID | Mount.NO_DEVICES | Mount.NO_EXECUTE
_LOCKED = Mount.READ_ONLY | Mount.NO_SETUID | Mount.NO_DEVICES
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types")
# A folder that contains one of these is never a submission.
_COURSE = ("nbgrader_config.py", "gradebook.db")
_DEVICES = ("null", "zero", "full", "random", "urandom")


class SubmissionError(Exception):
    """A submission's files cannot be copied into the sandbox; other submissions are not affected."""


def leave_old_root() -> None:
    """Make an empty file system the root; the machine's stays in `_OLD` until the sandbox is complete."""
    linux.mount("", Path("/"), "", Mount.PRIVATE | Mount.RECURSIVE)  # the machine does not see later mounts
    linux.mount("tmpfs", Path("/tmp"), "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, "mode=755,size=4m")
    new_old = Path("/tmp") / _OLD.name
    new_old.mkdir()
    linux.pivot_root(Path("/tmp"), new_old)
    os.chdir("/")


def forget_old_root() -> None:
    """Remove the machine's file system, and make the root read-only."""
    linux.unmount(_OLD)
    _OLD.rmdir()
    linux.restrict_mount(Path("/"), _LOCKED, recursive=False)


def make_scratch(size: int) -> list[Path]:
    """Make the folders to write to and return them. They share one file system, so that one size limits them."""
    scratch = Path("/.scratch")
    scratch.mkdir()
    options = f"mode=755,size={size},nr_inodes=65536"
    linux.mount("tmpfs", scratch, "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, options)
    folders = [HOME, Path("/tmp"), Path("/dev/shm")]
    for folder in folders:
        source = scratch / folder.name
        source.mkdir()
        source.chmod(0o1777)
        _bind(source, folder)
    linux.unmount(scratch)
    scratch.rmdir()
    return folders


def readable(shown: Mapping[str, str]) -> dict[Path, Path]:
    """Return all that can be read inside, as path inside -> path on the machine.

    These are system libraries, this Python, the package `helpers`, and the data sets in `shown`.
    """
    system = [Path("/") / name for name in _SYSTEM]
    settings = [Path("/etc") / name for name in _SETTINGS]
    python = [Path(sys.base_prefix), Path(sys.prefix), Path(helpers.__path__[0])]
    paths = [*system, *settings, Path("/sys/devices/system/cpu"), *python]
    sources = {path: path.resolve() for path in paths if path.exists()}
    sources |= {real: real for real in sources.values()}  # also by the name that symbolic links lead to
    sources |= {Path(path): Path(source).resolve() for path, source in shown.items()}
    return dict(sorted(sources.items(), key=lambda pair: len(pair[0].parts)))  # parent folders come first


def show(source: Path, target: Path) -> None:
    """Show a file or folder of the machine read-only at `target`, unless a parent folder shows it already."""
    if not target.exists():
        _bind(_OLD / source.relative_to("/"), target)
        linux.restrict_mount(target, _LOCKED)


def _bind(source: Path, target: Path) -> None:
    """Show a file or folder at `target`, which is created if it is missing."""
    folder = source.is_dir()
    (target if folder else target.parent).mkdir(parents=True, exist_ok=True)
    if not folder:
        target.touch()
    linux.bind(source, target)


def make_devices(gpu: bool) -> list[Path]:
    """Make the devices that programs expect, and return them."""
    names = [*_DEVICES, *(path.name for path in (_OLD / "dev").glob("nvidia*") if gpu)]
    devices = [Path("/dev") / name for name in names]
    for device in devices:
        _bind(_OLD / device.relative_to("/"), device)
        linux.restrict_mount(device, Mount.NO_SETUID | Mount.NO_EXECUTE)
    for name, target in (("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        (Path("/dev") / name).symlink_to(Path("/proc/self") / target)
    terminals = Path("/dev/pts")  # for `!ls` in a cell
    terminals.mkdir()
    linux.mount("devpts", terminals, "devpts", Mount.NO_SETUID | Mount.NO_EXECUTE, "newinstance,ptmxmode=666")
    (Path("/dev") / "ptmx").symlink_to("pts/ptmx")
    return [*devices, terminals]


def mount_proc() -> None:
    """Make a read-only /proc that shows only the sandbox's processes."""
    Path("/proc").mkdir()
    linux.mount("proc", Path("/proc"), "proc", _QUIET | Mount.READ_ONLY)


def copy_in(folder: Path, size: int) -> None:
    """Copy the submission's files into the sandbox, without notebooks (they may contain hidden tests).

    Symbolic links are copied as links.
    """
    folder = _OLD / folder.relative_to("/")
    course = next((name for name in _COURSE if (folder / name).exists()), None)
    if course:
        raise SubmissionError(
            f"the kernel's folder contains {course}, so it is no submission. Start the kernel in another folder."
        )
    copy = shutil.copyfile  # without the mode: nbgrader writes read-only files
    try:
        shutil.copytree(folder, HOME, symlinks=True, ignore=_not_copied, copy_function=copy, dirs_exist_ok=True)
    except (shutil.Error, OSError) as error:
        capacity = f"{size >> 20} MiB"
        raise SubmissionError(
            f"the submission's files cannot be copied into a sandbox of {capacity}: {error}"
        ) from None


def _not_copied(folder: str, names: list[str]) -> list[str]:
    """Return the names of notebooks, and of everything that is no file, folder or symbolic link."""

    def is_plain(name: str) -> bool:
        path = Path(folder, name)
        return path.is_symlink() or path.is_file() or path.is_dir()

    return [name for name in names if name.endswith(".ipynb") or name == ".ipynb_checkpoints" or not is_plain(name)]


def give_home(uid: int) -> None:
    """Let the user `uid` change all files of the submission."""
    for folder, _, files in os.walk(HOME):
        os.chown(folder, uid, uid)
        os.chmod(folder, 0o755)
        for path in (os.path.join(folder, name) for name in files):
            os.chown(path, uid, uid, follow_symlinks=False)
