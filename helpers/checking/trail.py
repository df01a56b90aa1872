"""Which of a notebook's functions raised an exception: an answer may use what another one defines."""

from __future__ import annotations

import traceback

__all__ = ["came_from", "trail"]

NOTEBOOK = "__main__"  # the module of a notebook's functions


def came_from(error: BaseException) -> str:
    """Return the name of the function that raised an exception; empty if it is the one that the check called."""
    names = trail(error)
    return names[-1] if names and names[-1] != names[0] else ""


def trail(error: BaseException) -> list[str]:
    """Return the function that was called, and the one that raised; nothing if the exception is the check's own.

    An exception from another process carries these names.
    """
    carried = vars(error).get("trail")
    if carried is not None:
        return list(carried)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    check = frames[0].f_code.co_filename if frames else ""  # the cell in which the traceback begins
    codes = [frame.f_code for frame in frames if frame.f_globals.get("__name__") == NOTEBOOK]
    names = [_plain(code.co_qualname) for code in codes if code.co_filename != check]
    return names[:1] + [name for name in names if name][-1:]


def _plain(name: str) -> str:
    """Return a function's own name, for an expression that of the function around it, for a lambda nothing."""
    parts = name.split(".<locals>.")
    return next((part for part in reversed(parts) if "<" not in part), "")
