"""Linux system calls that Python 3.11 does not offer, as functions that raise OSError."""

from __future__ import annotations

import ctypes
import os
import signal
from enum import IntFlag
from pathlib import Path

__all__ = [
    "Mount",
    "Namespace",
    "bind",
    "collapse",
    "die_with_parent",
    "drop_capabilities",
    "mount",
    "no_new_privileges",
    "pivot_root",
    "restrict_mount",
    "set_child_subreaper",
    "set_dumpable",
    "system_call",
    "unmount",
    "unshare",
]

_libc = ctypes.CDLL(None, use_errno=True)


class Namespace(IntFlag):
    """The kinds of namespaces for `unshare` (linux/sched.h)."""

    MOUNT = 0x00020000
    UTS = 0x04000000
    IPC = 0x08000000
    USER = 0x10000000
    PID = 0x20000000
    NETWORK = 0x40000000


class Mount(IntFlag):
    """The flags of `mount` (linux/mount.h)."""

    READ_ONLY = 1
    NO_SETUID = 2
    NO_DEVICES = 4
    NO_EXECUTE = 8
    BIND = 4096
    RECURSIVE = 16384
    PRIVATE = 1 << 18


_MOUNT_SETATTR = 442  # the same on every architecture, as for all calls since Linux 5.0 (asm-generic/unistd.h)
_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_CAPSET = {"x86_64": 126, "aarch64": 91}

_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_DETACH = 2  # umount2: MNT_DETACH
_COLLAPSE = 25  # madvise: MADV_COLLAPSE, since Linux 6.1
_CAPABILITY_VERSION_3 = 0x20080522
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 4, 36, 38


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def system_call(number: int, *arguments: object) -> int:
    """Make the system call with this number; integers are passed as C's long."""
    passed = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(_libc.syscall(ctypes.c_long(number), *passed), f"system call {number}")


def unshare(namespace: Namespace) -> None:
    """Move this process (for PID: its next children) into a new namespace.

    https://man7.org/linux/man-pages/man2/unshare.2.html
    """
    _checked(_libc.unshare(ctypes.c_int(namespace)), f"unshare({namespace.name})")


def mount(source: str, target: Path, kind: str, flags: Mount = Mount(0), data: str = "") -> None:  # noqa: B008
    result = _libc.mount(source.encode(), os.fsencode(target), kind.encode(), ctypes.c_ulong(flags), data.encode())
    _checked(result, f"mount {kind or source} on {target}")


def bind(source: Path, target: Path) -> None:
    """Show a file or folder, with all that is mounted in it, also at `target`."""
    mount(str(source), target, "", Mount.BIND | Mount.RECURSIVE)


def restrict_mount(target: Path, flags: Mount, recursive: bool = True) -> None:
    """Remove rights (writing, devices, setuid, executing) from a mount; those removed before stay removed.

    https://man7.org/linux/man-pages/man2/mount_setattr.2.html
    """
    attributes = (ctypes.c_uint64 * 4)(int(flags), 0, 0, 0)  # set, clear, propagation, user namespace
    at = _AT_RECURSIVE if recursive else 0
    system_call(_MOUNT_SETATTR, _AT_FDCWD, os.fsencode(target), at, ctypes.byref(attributes), 32)


def unmount(target: Path) -> None:
    """Remove a mount now; files that are open in it stay usable until they are closed."""
    _checked(_libc.umount2(os.fsencode(target), ctypes.c_int(_DETACH)), f"umount {target}")


def pivot_root(new: Path, old: Path) -> None:
    """Make `new` the root of this mount namespace, and mount the former root at `old`."""
    system_call(_PIVOT_ROOT[os.uname().machine], os.fsencode(new), os.fsencode(old))


def collapse(start: int, size: int) -> None:
    """Move a region of this process's memory into huge pages; see https://man7.org/linux/man-pages/man2/madvise.2.html.

    Raises:
        OSError: if this machine cannot, or for a part of it; its content stays as it is.
    """
    _checked(_libc.madvise(ctypes.c_void_p(start), ctypes.c_size_t(size), ctypes.c_int(_COLLAPSE)), "madvise")


def _prctl(option: int, value: int) -> None:
    """Call prctl; see https://man7.org/linux/man-pages/man2/prctl.2.html."""
    _checked(_libc.prctl(ctypes.c_int(option), *map(ctypes.c_ulong, (value, 0, 0, 0))), f"prctl({option})")


def die_with_parent() -> None:
    """Let Linux kill this process when its parent ends, until its user ID changes."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def no_new_privileges() -> None:
    """Let no program that this process starts gain rights from a setuid bit or a file's capabilities."""
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)


def set_child_subreaper() -> None:
    """Make this process the parent of its descendants whose own parent has ended."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def set_dumpable() -> None:
    """Let this process read its own /proc/self again after its user ID has changed."""
    _prctl(_PR_SET_DUMPABLE, 1)


def drop_capabilities() -> None:
    """Give up all capabilities: effective, permitted and inheritable.

    https://man7.org/linux/man-pages/man7/capabilities.7.html
    """
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    system_call(_CAPSET[os.uname().machine], ctypes.byref(header), ctypes.byref(nothing))
