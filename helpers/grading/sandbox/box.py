"""The sandbox: what a process gives up before a student's code runs in it.

Entering takes two steps, because only the children of a process enter its new pid namespace: `isolate` makes the
namespaces, then a child calls `enter` and is the first process in them.

https://man7.org/linux/man-pages/man7/pid_namespaces.7.html
"""

from __future__ import annotations

import os
import resource
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading.sandbox import filesystem, landlock, linux, memory, seccomp
from helpers.grading.sandbox.filesystem import HOME
from helpers.grading.sandbox.linux import Namespace

__all__ = ["PROTECTIONS", "Box", "Limits", "Protection", "SandboxError", "enter", "isolate", "limit", "limit_memory"]

MIB = 1 << 20


@dataclass(frozen=True)
class Limits:
    """What a submission may use. All sizes are in bytes."""

    memory: int = 4096 * MIB  # for all its processes together; no single process may even ask for more
    scratch: int = 1024 * MIB  # for all its files together
    file_size: int = 512 * MIB
    processes: int = 256  # threads count as well
    open_files: int = 1024
    cpu_seconds: int = 1800  # for each process


@dataclass(frozen=True)
class Box:
    """The settings of one sandbox.

    Attributes:
        submitted: the submission's folder. All its files except notebooks are copied in; empty for none.
        shown: files of the data sets that can be read inside, as path inside -> path on the machine.
        gpu: whether NVIDIA's devices can be used.
    """

    limits: Limits = Limits()
    submitted: str = ""
    shown: Mapping[str, str] = field(default_factory=dict)
    gpu: bool = False


@dataclass(frozen=True)
class Protection:
    """A protection, and what to do if a machine does not offer it."""

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
MEMORY = Protection("watch over memory", "Use a Linux kernel with CONFIG_PROC_CHILDREN, as distributions build it")
RIGHTS = Protection("no rights", "Use Linux 3.5 or newer")
LANDLOCK = Protection("Landlock", "Use Linux 5.13 or newer, started with `landlock` in its list of security modules")
SECCOMP = Protection("seccomp", "Install libseccomp (Debian and Ubuntu: `sudo apt install libseccomp2`)")
PROTECTIONS = (USER, MOUNT, PID, IPC, NETWORK, UTS, ROOT, PROC, UID, LIMITS, MEMORY, RIGHTS, LANDLOCK, SECCOMP)


class SandboxError(Exception):
    """This machine lacks the protection named `protection`, so nothing was started."""

    def __init__(self, message: str, protection: str = "") -> None:
        self.protection = protection
        super().__init__(message)


@contextmanager
def _needs(protection: Protection) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:  # setrlimit raises ValueError
        message = f"the sandbox lacks its {protection.name}: {error}. {protection.remedy}."
        raise SandboxError(message, protection.name) from error


def isolate() -> None:
    """Enter new namespaces; only the next child enters the new pid namespace.

    Raises:
        SandboxError: if this machine lacks a kind of namespace.
    """
    with _needs(MEMORY):
        memory.check()  # so that the zygote can watch it
    if os.geteuid() != 0:
        with _needs(USER):
            _enter_user_namespace()
    namespaces = {
        MOUNT: Namespace.MOUNT,
        IPC: Namespace.IPC,
        NETWORK: Namespace.NETWORK,
        UTS: Namespace.UTS,
        PID: Namespace.PID,
    }
    for protection, namespace in namespaces.items():
        with _needs(protection):
            linux.unshare(namespace)


def _enter_user_namespace() -> None:
    """Become user 1000 in a new user namespace; outside, the user stays the same.

    https://man7.org/linux/man-pages/man7/user_namespaces.7.html
    """
    uid, gid = os.geteuid(), os.getegid()
    linux.unshare(Namespace.USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"1000 {uid} 1")
    Path("/proc/self/gid_map").write_text(f"1000 {gid} 1")


def enter(box: Box) -> None:
    """Enter the sandbox for good: its own file system, limits, no capabilities, Landlock, seccomp.

    Raises:
        SandboxError: if this machine lacks a protection.
        SubmissionError: if the submission's files do not fit in.
    """
    uid, readable = _new_uid(), filesystem.readable(box.shown)
    submitted = Path(box.submitted).resolve() if box.submitted else None
    # If the machine runs out of memory, Linux kills students' processes first.
    Path("/proc/self/oom_score_adj").write_text("1000")
    with _needs(ROOT):
        filesystem.leave_old_root()
        writable = filesystem.make_scratch(box.limits.scratch)
        for target, source in readable.items():
            filesystem.show(source, target)
        devices = filesystem.make_devices(box.gpu)
    with _needs(PROC):
        filesystem.mount_proc()
    if submitted:
        filesystem.copy_in(submitted, box.limits.scratch)
    with _needs(ROOT):
        filesystem.give_home(uid)
        filesystem.forget_old_root()
    with _needs(LIMITS):
        limit(box.limits)
    with _needs(UID):
        _become(uid)
        _check_readable(readable)
    with _needs(RIGHTS):
        linux.die_with_parent()  # again: changing the user ID has undone it
        linux.set_dumpable()
        linux.drop_capabilities()
        linux.no_new_privileges()
    with _needs(LANDLOCK):
        landlock.restrict([Path("/")], devices, writable)
    with _needs(SECCOMP):
        seccomp.forbid()
    os.chdir(HOME)


# If root starts the kernels, each gets its own user ID: no kernel can signal another or use up its processes.
# No system assigns IDs in this range (https://systemd.io/UIDS-GIDS); adding the process ID makes them unique.
_FIRST_UID = 0x7000_0000


def _new_uid() -> int:
    """Return a new user ID if root starts this kernel, else the ID of the user who does."""
    return _FIRST_UID + int(os.readlink("/proc/self")) if os.geteuid() == 0 else os.geteuid()


def _become(uid: int) -> None:
    if os.geteuid() != uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def _check_readable(paths: Iterable[Path]) -> None:
    for path in paths:
        path.stat()
        if not os.access(path, os.R_OK):
            raise PermissionError(f"{path} cannot be read by everybody")


def limit(limits: Limits) -> None:
    """Set this process's limits, which its children inherit.

    https://man7.org/linux/man-pages/man2/getrlimit.2.html
    """
    limit_memory(limits)
    for kind, value in (
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_CORE, 1),  # no core dump; 0 would still start the machine's crash reporter (fs/coredump.c)
    ):
        _set_limit(kind, value)


def limit_memory(limits: Limits) -> None:
    """Limit how much memory this process may ask for, on top of what PyTorch and the rest use already."""
    (in_use,) = memory.status("self", "VmData")
    _set_limit(resource.RLIMIT_DATA, 1024 * in_use + limits.memory)


def _set_limit(kind: int, value: int) -> None:
    most = resource.getrlimit(kind)[1]
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(kind, (value, value))
