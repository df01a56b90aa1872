"""Exceptions of the student's code, told to the clean room in words and raised there again."""

from __future__ import annotations

import builtins
import sys
from typing import Any

from helpers.checking.trail import trail
from helpers.grading.cleanroom.frames import WireError

__all__ = ["described", "rebuilt"]

MOST_CHARACTERS = 2000  # of a message
MOST_NAME = 100  # characters of a name


def described(error: BaseException) -> dict[str, Any]:
    """What the clean room is told of an exception."""
    try:
        message = str(error)[:MOST_CHARACTERS]
    except BaseException:  # a student's class may define str as it likes
        message = ""
    kinds = [[str(kind.__module__), kind.__qualname__] for kind in type(error).__mro__]
    name = error.name if isinstance(error, NameError) else None
    told = {"kinds": kinds, "message": message, "name": name if type(name) is str else None}
    return {**told, "trail": trail(error)}


def rebuilt(failure: Any) -> Exception:
    """What the student's code raised, as a subclass of the nearest built-in exception, with its name and message."""
    try:
        kinds, message, name = failure["kinds"], str(failure["message"])[:MOST_CHARACTERS], failure.get("name")
        known = (_known_exception(str(module), str(kind)) for module, kind in kinds[:50])
        functions = [str(function)[:MOST_NAME] for function in failure.get("trail", ())[:2]]
        base = next((found for found in known if found), RuntimeError)  # KeyboardInterrupt, SystemExit
        called = str(kinds[0][1]).rpartition(".")[2][:MOST_NAME]
    except Exception:
        raise WireError("an error that says nothing") from None
    members = {"__str__": lambda self: message, "__module__": "student"}
    error = type(called if called.isidentifier() else "Exception", (base,), members)(message)
    if isinstance(error, NameError) and isinstance(name, str):
        error.name = name[:MOST_NAME]
    if all(function.replace(".", "_").isidentifier() for function in functions if function):
        error.trail = functions
    return error


def _known_exception(module: str, name: str) -> type[Exception] | None:
    if module not in ("builtins", "torch", "torch.linalg") or module not in sys.modules:
        return None
    found = vars(builtins if module == "builtins" else sys.modules[module]).get(name)
    if not isinstance(found, type) or not issubclass(found, Exception):
        return None
    return None if issubclass(found, UnicodeError | ExceptionGroup) else found  # these want more than a message
