"""The sandbox: what a process gives up before a student's code runs in it.

It happens in two steps, since only the children of a process enter its new pid namespace: `isolate` makes the
namespaces; a child of that process then calls `enter`, and is the first process in them.
"""

from __future__ import annotations

import os
import resource
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import helpers
from helpers.grading import landlock, linux, seccomp
from helpers.grading.linux import Mount, Namespace

__all__ = ["HOME", "Box", "Limits", "Protection", "SandboxError", "SubmissionError", "enter", "isolate", "limit"]

MIB = 1 << 20
HOME = Path("/student")  # inside; the hand-in's files lie here


@dataclass(frozen=True)
class Limits:
    """What a hand-in may use. All sizes in bytes."""

    memory: int = 4096 * MIB  # of all its processes together; each alone may not even ask for more
    scratch: int = 1024 * MIB  # of all its files together
    file_size: int = 512 * MIB
    processes: int = 256  # threads count as well
    open_files: int = 1024
    cpu_seconds: int = 1800  # of each process


@dataclass(frozen=True)
class Box:
    """One sandbox: what is shown in it, and how much it may use.

    Attributes:
        submitted: the hand-in's folder, of which all but notebooks is copied in; empty for none.
        shown: more that can be read inside, at the same place: the data sets.
        gpu: whether NVIDIA's devices are there.
    """

    limits: Limits = Limits()
    submitted: str = ""
    shown: tuple[str, ...] = ()
    gpu: bool = False


@dataclass(frozen=True)
class Protection:
    """One thing that protects, and what to do where a machine does not offer it."""

    name: str
    remedy: str


_NAMESPACES = "Use a Linux kernel with namespaces; in a container, start it with the right to make them"
_USER = (
    "Allow user namespaces for ordinary users: on Ubuntu `sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`,"
    " on others `sudo sysctl user.max_user_namespaces=10000`; in Docker add `--security-opt seccomp=unconfined`"
)

USER = Protection("user namespace", _USER)
MOUNT = Protection("mount namespace", _NAMESPACES)
PID = Protection("pid namespace", _NAMESPACES)
IPC = Protection("ipc namespace", _NAMESPACES)
NETWORK = Protection("network namespace", _NAMESPACES)
UTS = Protection("uts namespace", _NAMESPACES)
ROOT = Protection("own file system", f"{_USER}. Linux 5.12 or newer is needed")
PROC = Protection("own /proc", "In Docker add `--security-opt systempaths=unconfined`")
UID = Protection("own user id", "Let everybody read the course's Python and its data, or grade as an ordinary user")
LIMITS = Protection("limits", "Raise the limits of your own session (`ulimit -a`)")
RIGHTS = Protection("no rights", "Use Linux 3.5 or newer")
LANDLOCK = Protection("Landlock", "Use Linux 5.13 or newer, started with `landlock` in its list of security modules")
SECCOMP = Protection("seccomp", "Install libseccomp (Debian and Ubuntu: `sudo apt install libseccomp2`)")


class SandboxError(Exception):
    """This machine does not offer the protection named `protection`, and nothing was started without it."""

    def __init__(self, message: str, protection: str) -> None:
        self.protection = protection
        super().__init__(message)


class SubmissionError(Exception):
    """The files of a hand-in are such that they cannot be brought into the sandbox; others are not affected."""


@contextmanager
def _needs(protection: Protection) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        message = f"the sandbox lacks its {protection.name}: {error}. {protection.remedy}."
        raise SandboxError(message, protection.name) from error


def isolate() -> None:
    """Enter new namespaces. The pid namespace is entered by the next child.

    Raises:
        SandboxError: if this machine has none of a kind.
    """
    if os.geteuid() != 0:
        with _needs(USER):
            _enter_user_namespace()
    wanted = {
        MOUNT: Namespace.MOUNT,
        IPC: Namespace.IPC,
        NETWORK: Namespace.NETWORK,
        UTS: Namespace.UTS,
        PID: Namespace.PID,
    }
    for protection, namespace in wanted.items():
        with _needs(protection):
            linux.unshare(namespace)


def _enter_user_namespace() -> None:
    """Be user 1000 of a new user namespace. Outside, it is still the one who started this."""
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(Namespace.USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")


def enter(box: Box) -> None:
    """Enter the sandbox for good: a file system of its own, limits, no rights, Landlock, seccomp.

    Raises:
        SandboxError: if this machine does not offer a protection.
        SubmissionError: if the hand-in's files do not fit in.
    """
    uid, readable = _own_uid(), _readable(box)
    submitted = Path(box.submitted).resolve() if box.submitted else None
    # When the machine runs out of memory, a student's process dies before anybody else's.
    Path("/proc/self/oom_score_adj").write_text("1000")
    with _needs(ROOT):
        _leave_old_root()
        writable = _make_scratch(box.limits)
        for target, source in readable.items():
            _show(_OLD / source.relative_to("/"), target)
        devices = _make_devices(box.gpu)
    with _needs(PROC):
        Path("/proc").mkdir()
        linux.mount("proc", Path("/proc"), "proc", _QUIET | Mount.READ_ONLY)
    if submitted:
        _copy_in(_OLD / submitted.relative_to("/"), box.limits)
    with _needs(ROOT):
        _give_home(uid)
        _forget_old_root()
    with _needs(LIMITS):
        limit(box.limits)
    with _needs(UID):
        _become(uid)
        _check_readable(readable)
    with _needs(RIGHTS):
        linux.die_with_parent()  # a change of the user id undoes it
        linux.set_dumpable()
        linux.drop_capabilities()
        linux.no_new_privileges()
    with _needs(LANDLOCK):
        landlock.restrict([Path("/")], devices, writable)
    with _needs(SECCOMP):
        seccomp.forbid()
    os.chdir(HOME)


# --- the file system ---------------------------------------------------------------------------------------------

_OLD = Path("/.old")
_QUIET = Mount.NO_SETUID | Mount.NO_DEVICES | Mount.NO_EXECUTE
_LOCKED = Mount.READ_ONLY | Mount.NO_SETUID | Mount.NO_DEVICES
_SYSTEM = ("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32")
_SETTINGS = ("alternatives", "fonts", "ld.so.cache", "localtime", "mime.types")
_COURSE = ("nbgrader_config.py", "gradebook.db")
_DEVICES = ("null", "zero", "full", "random", "urandom")


def _leave_old_root() -> None:
    """Make an empty file system the root; the machine's lies in `_OLD` until the box is furnished."""
    linux.mount("", Path("/"), "", Mount.PRIVATE | Mount.RECURSIVE)  # what is mounted here stays here
    linux.mount("tmpfs", Path("/tmp"), "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, "mode=755,size=4m")
    new_old = Path("/tmp") / _OLD.name
    new_old.mkdir()
    linux.pivot_root(Path("/tmp"), new_old)
    os.chdir("/")


def _forget_old_root() -> None:
    linux.unmount(_OLD)
    _OLD.rmdir()
    linux.restrict_mount(Path("/"), _LOCKED, recursive=False)


def _make_scratch(limits: Limits) -> list[Path]:
    """The places to write, all in one file system, so that one size limits them."""
    scratch = Path("/.scratch")
    scratch.mkdir()
    size = f"mode=755,size={limits.scratch},nr_inodes=65536"
    linux.mount("tmpfs", scratch, "tmpfs", Mount.NO_SETUID | Mount.NO_DEVICES, size)
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


def _readable(box: Box) -> dict[Path, Path]:
    """What can be read inside, and where it lies: system libraries, this Python, the package `helpers`, data sets."""
    system = [Path("/") / name for name in _SYSTEM]
    settings = [Path("/etc") / name for name in _SETTINGS]
    python = [Path(sys.base_prefix), Path(sys.prefix), Path(helpers.__path__[0])]
    places = [*system, *settings, Path("/sys/devices/system/cpu"), *python, *map(Path, box.shown)]
    # By its own name and, for the links that lead there, by the real one.
    found = {place: place.resolve() for place in places if place.exists()}
    return {**{real: real for real in found.values()}, **found}


def _show(source: Path, target: Path) -> None:
    """Bind a file or folder of the machine into the box, for reading, unless it lies in one that is there already."""
    if target.exists():
        return
    _place(target, source.is_dir())
    linux.bind(source, target)
    linux.restrict_mount(target, _LOCKED)


def _place(target: Path, folder: bool) -> None:
    """Make sure that something can be mounted at `target`."""
    (target if folder else target.parent).mkdir(parents=True, exist_ok=True)
    if not folder:
        target.touch()


def _make_devices(gpu: bool) -> list[Path]:
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


def _copy_in(folder: Path, limits: Limits) -> None:
    """Copy the hand-in's files into the box: no notebook (it may hold hidden tests), nothing that a link leads to."""
    course = next((name for name in _COURSE if (folder / name).exists()), None)
    if course:
        raise SubmissionError(
            f"the kernel's folder holds {course}: it is a course's, not a hand-in's. Start it elsewhere."
        )
    try:
        shutil.copytree(folder, HOME, symlinks=True, ignore=_not_copied, copy_function=_copy_data, dirs_exist_ok=True)
    except (shutil.Error, OSError) as error:
        size = f"{limits.scratch / MIB:g} MiB"
        raise SubmissionError(f"the hand-in's files cannot be copied into a sandbox of {size}: {error}") from None


def _not_copied(folder: str, names: list[str]) -> list[str]:
    """Notebooks, and what is neither file, folder nor link."""

    def is_plain(name: str) -> bool:
        kind = stat.S_IFMT(os.lstat(os.path.join(folder, name)).st_mode)
        return kind in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK)

    return [name for name in names if name.endswith(".ipynb") or name == ".ipynb_checkpoints" or not is_plain(name)]


def _copy_data(source: str, target: str, *, follow_symlinks: bool = True) -> None:
    """Copy a file without its mode: nbgrader writes files that nobody may change."""
    shutil.copyfile(source, target, follow_symlinks=follow_symlinks)


# --- user and rights ---------------------------------------------------------------------------------------------

# Where root starts kernels, each has a user id of its own, so that none can signal another or use up its processes.
# Nobody assigns these (systemd.io/UIDS-GIDS); the process id makes one unique.
_FIRST_UID = 0x7000_0000


def _own_uid() -> int:
    """The user id for this kernel: a new one where root starts it, else that of the user who does."""
    return _FIRST_UID + int(os.readlink("/proc/self")) if os.geteuid() == 0 else os.geteuid()


def _give_home(uid: int) -> None:
    """Let the student's code change all files of the hand-in."""
    for folder, _, files in os.walk(HOME):
        os.chown(folder, uid, uid)
        os.chmod(folder, 0o755)
        for path in (os.path.join(folder, name) for name in files):
            os.chown(path, uid, uid, follow_symlinks=False)


def _become(uid: int) -> None:
    if os.geteuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _check_readable(places: Iterable[Path]) -> None:
    for place in places:
        place.stat()
        if not os.access(place, os.R_OK):
            raise PermissionError(f"{place} cannot be read by everybody")


def limit(limits: Limits) -> None:
    """Set the limits that a process carries, and hands on to its children.

    Raises:
        OSError: if this session may not have as much.
    """
    # Memory is counted from what is in use now: PyTorch's own is not the student's.
    status = Path("/proc/self/status").read_text()
    in_use = next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmData"))
    for kind, value in (
        (resource.RLIMIT_DATA, in_use + limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 1),  # none, and 0 would still start the machine's crash reporter
    ):
        most = resource.getrlimit(kind)[1]
        value = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(kind, (value, value))
