"""For tests that root runs: the same as an ordinary user, even where Python lies in a folder of root's own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import helpers
from helpers.grading.sandbox import linux
from helpers.grading.sandbox.linux import Mount, Namespace

NOBODY = 65534


def run_as_ordinary_user(code: str, home: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code as `nobody`. Only root can."""
    os.chown(home, NOBODY, NOBODY)
    needed = [Path(sys.base_prefix), Path(sys.prefix), Path(helpers.__path__[0])]

    def become() -> None:
        linux.unshare(Namespace.MOUNT)
        linux.mount("", Path("/"), "", Mount.PRIVATE | Mount.RECURSIVE)
        for place in needed:
            _open_the_way(place)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)

    return subprocess.run(
        [sys.executable, "-c", code],
        preexec_fn=become,
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(Path(helpers.__path__[0]).parent)},
        capture_output=True,
        text=True,
        check=False,
    )


def _open_the_way(place: Path) -> None:
    """Put an open folder in the place of the first one on the way that others may not enter, with `place` in it."""
    closed = next((folder for folder in reversed(place.parents) if not folder.stat().st_mode & 1), None)
    if closed is None:
        return
    held = os.open(place, os.O_PATH)
    linux.mount("tmpfs", closed, "tmpfs", data="mode=755")
    place.mkdir(parents=True)
    linux.bind(Path(f"/proc/self/fd/{held}"), place)
    os.close(held)
