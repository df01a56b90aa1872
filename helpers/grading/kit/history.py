"""Keep a kit as a git repository with a history of its own: one commit for each change."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from helpers.grading.kit.folder import MANIFEST
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import plain

__all__ = ["commit"]

# Set where git runs this, in a hook for instance: `git rev-parse --local-env-vars`.
_OTHER_REPOSITORY = (
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
)


def commit(folder: Path, paths: Iterable[str]) -> str:
    """Commit what changed among these files of a folder, whether it is there or was deleted.

    The folder becomes a repository if it is none. Nothing is pushed.

    Returns:
        The commit's title; empty if nothing changed.

    Raises:
        CourseError: if git is missing or refuses.
    """
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", "--initial-branch=main")
    listed = "\0".join(sorted({*paths, MANIFEST}))
    _git(folder, "update-index", "--add", "--remove", "-z", "--stdin", given=listed)
    changes = _git(folder, "diff", "--cached", "--no-renames", "--name-status", "-z").split("\0")[:-1]
    if not changes:
        return ""
    title = _title(dict(zip(changes[1::2], changes[::2], strict=True)))
    _git(folder, "commit", "--quiet", "--no-verify", "--message", title)
    return title


def _title(changes: dict[str, str]) -> str:
    """Name the labs that are new; if there are none, those that changed; failing that, the rest."""
    new = [path.split("/")[0] for path, status in changes.items() if status == "A" and path.endswith(".ipynb")]
    changed = [path.split("/")[0] for path in changes if path.startswith("lab")]
    if new:
        return _named(new)
    return f"{_named(changed)}: changed" if changed else "Helpers and installation: changed"


def _named(labs: list[str]) -> str:
    """Return "Lab 3", or "Labs 1, 2, 3", for the names of folders."""
    names = [re.sub(r"^lab0*(\d+)\b.*", r"\1", lab) for lab in dict.fromkeys(labs)]
    return f"Lab{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _git(folder: Path, *arguments: str, given: str = "") -> str:
    """Run git in a folder, as if no other repository were around it."""
    environment = {name: value for name, value in os.environ.items() if name not in _OTHER_REPOSITORY}
    command = ["git", f"--git-dir={folder / '.git'}", f"--work-tree={folder}", *arguments]
    try:
        done = subprocess.run(command, input=given, env=environment, capture_output=True, text=True, encoding="utf-8")
    except FileNotFoundError:
        raise CourseError("git is not installed: --git needs it.") from None
    if done.returncode:
        raise CourseError(f"git {arguments[0]} failed in {folder}: {plain(done.stderr or done.stdout).strip()}")
    return done.stdout
