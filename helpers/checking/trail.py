"""Where in a notebook's own functions an exception comes from: one exercise may use what another one defines."""

from __future__ import annotations

import traceback

__all__ = ["came_from", "trail"]

NOTEBOOK = "__main__"  # the module that a notebook's functions belong to


def came_from(error: BaseException) -> str:
    """The notebook's function that raised an exception; empty where it is the one that was called."""
    names = trail(error)
    return names[-1] if names and names[-1] != names[0] else ""


def trail(error: BaseException) -> list[str]:
    """The notebook's function that was called, and the one that raised; none where the exception is the check's own.

    An exception from another process brings them along.
    """
    told = vars(error).get("trail")
    if told is not None:
        return list(told)
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    ours = frames[0].f_code.co_filename if frames else ""  # the cell in which the traceback begins
    codes = [frame.f_code for frame in frames if frame.f_globals.get("__name__") == NOTEBOOK]
    names = [_plain(code.co_qualname) for code in codes if code.co_filename != ours]
    return names[:1] + [name for name in names if name][-1:]


def _plain(name: str) -> str:
    """A function's own name, of an expression's the one of the function that it stands in, of a lambda none."""
    parts = name.split(".<locals>.")
    return next((part for part in reversed(parts) if "<" not in part), "")
