"""Landlock: rules for files, TCP and signals that a process sets for itself and can never lift.

https://man7.org/linux/man-pages/man7/landlock.7.html, https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from enum import IntFlag
from pathlib import Path

from helpers.grading.sandbox.linux import system_call

__all__ = ["restrict"]

# The same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_ASK_VERSION, _PATH_BENEATH = 1, 1


class Access(IntFlag):
    """Rights to a file or folder, as far as they are named here (linux/landlock.h)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    MAKE_CHAR = 1 << 6
    MAKE_BLOCK = 1 << 11
    TRUNCATE = 1 << 14
    IOCTL_DEV = 1 << 15


_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # the number of rights by version of Landlock
_MOST_RIGHTS = 16  # from version 5 on
FILE = Access.EXECUTE | Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE | Access.IOCTL_DEV
DEVICE = FILE | Access.READ_DIR
READ = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
SCRATCH = ((1 << _MOST_RIGHTS) - 1) ^ (Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.IOCTL_DEV)


def restrict(readable: Iterable[Path], devices: Iterable[Path], writable: Iterable[Path]) -> None:
    """Allow reading below `readable`, using `devices` and writing below `writable`; nothing else, and no TCP.

    Call `no_new_privileges` first.

    Raises:
        OSError: if the kernel lacks Landlock.
    """
    version = system_call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    known = (1 << _RIGHTS.get(version, _MOST_RIGHTS)) - 1
    # Files; TCP (from version 4: bind and connect); abstract sockets and signals (from version 6).
    handled = (ctypes.c_uint64 * 3)(known, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 * (1 + (version >= 4) + (version >= 6))
    ruleset = system_call(_CREATE_RULESET, ctypes.byref(handled), size, 0)
    try:
        for paths, access in ((readable, READ), (devices, DEVICE), (writable, SCRATCH)):
            for path in paths:
                _allow(ruleset, path, access & known)
        system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(ruleset: int, path: Path, access: int) -> None:
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():  # Landlock refuses to grant a folder's rights for a file
            access &= FILE
        system_call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_PathBeneath(access, descriptor)), 0)
    finally:
        os.close(descriptor)
