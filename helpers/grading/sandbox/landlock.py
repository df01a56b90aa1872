"""Landlock: rules for files, TCP and signals that a process gives itself and can never take back."""

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
    """What can be done to a file or folder (linux/landlock.h)."""

    EXECUTE = 1 << 0
    WRITE_FILE = 1 << 1
    READ_FILE = 1 << 2
    READ_DIR = 1 << 3
    REMOVE_DIR = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHAR = 1 << 6
    MAKE_DIR = 1 << 7
    MAKE_REG = 1 << 8
    MAKE_SOCK = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK = 1 << 11
    MAKE_SYM = 1 << 12
    REFER = 1 << 13  # from version 2: rename and link between folders
    TRUNCATE = 1 << 14  # from version 3
    IOCTL_DEV = 1 << 15  # from version 5


READ = Access.EXECUTE | Access.READ_FILE | Access.READ_DIR
DEVICE = READ | Access.WRITE_FILE | Access.TRUNCATE | Access.IOCTL_DEV
FIRST = Access((1 << 13) - 1)
ALL = Access((1 << 16) - 1)
SCRATCH = ALL & ~(Access.MAKE_CHAR | Access.MAKE_BLOCK | Access.IOCTL_DEV)


def restrict(readable: Iterable[Path], devices: Iterable[Path], writable: Iterable[Path]) -> None:
    """Allow reading below `readable`, using `devices` and writing below `writable`; nothing else, and no TCP.

    Needs `no_new_privileges` before.

    Raises:
        OSError: if this kernel has no Landlock.
    """
    version = system_call(_CREATE_RULESET, None, 0, _ASK_VERSION)
    known = _known(version)
    # Files; TCP (from version 4: none may be bound or reached); abstract sockets and signals (from version 6).
    handled = (ctypes.c_uint64 * 3)(int(known), 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 * (1 + (version >= 4) + (version >= 6))
    ruleset = system_call(_CREATE_RULESET, ctypes.byref(handled), size, 0)
    try:
        for paths, access in ((readable, READ), (devices, DEVICE), (writable, SCRATCH)):
            for path in paths:
                _allow(ruleset, path, access & known)
        system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _known(version: int) -> Access:
    """The rights that this version of Landlock can forbid."""
    later = {2: Access.REFER, 3: Access.TRUNCATE, 5: Access.IOCTL_DEV}
    known = FIRST
    for first, access in later.items():
        if version >= first:
            known |= access
    return known


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def _allow(ruleset: int, path: Path, access: Access) -> None:
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not path.is_dir():  # what only folders know may not be asked for a file
            access &= Access.EXECUTE | Access.READ_FILE | Access.WRITE_FILE | Access.TRUNCATE | Access.IOCTL_DEV
        system_call(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(_PathBeneath(int(access), place)), 0)
    finally:
        os.close(place)
