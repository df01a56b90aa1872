"""Exceptions in the student's code: described in the kernel, and raised again in the clean room."""

from __future__ import annotations

import sys
from typing import Any

from helpers.checking.trail import trail
from helpers.grading.cleanroom.frames import WireError

__all__ = ["described", "rebuilt"]

MOST_CHARACTERS = 2000  # of a message
MOST_NAME = 100  # characters of a name


def described(error: BaseException) -> dict[str, Any]:
    """Describe an exception for the clean room."""
    try:
        message = str(error)[:MOST_CHARACTERS]
    except BaseException:  # a student's class may define __str__
        message = ""
    kinds = [[str(kind.__module__), kind.__qualname__] for kind in type(error).__mro__]
    name = error.name if isinstance(error, NameError) else None
    name = name if type(name) is str else None
    return {"kinds": kinds, "message": message, "name": name, "trail": trail(error)}


def rebuilt(failure: Any) -> Exception:
    """Return a described exception, as a subclass of its nearest built-in base with the same name and message."""
    try:
        kinds, message, name = failure["kinds"], str(failure["message"])[:MOST_CHARACTERS], failure.get("name")
        known = (_known_exception(str(module), str(kind)) for module, kind in kinds[:50])
        functions = [str(function)[:MOST_NAME] for function in failure.get("trail", ())[:2]]
        base = next(filter(None, known), RuntimeError)  # for KeyboardInterrupt and SystemExit
        class_name = str(kinds[0][1]).rpartition(".")[2][:MOST_NAME]
    except Exception:
        raise WireError("an error without a description") from None
    members = {"__str__": lambda self: message, "__module__": "student"}
    error = type(class_name if class_name.isidentifier() else "Exception", (base,), members)(message)
    if isinstance(error, NameError) and isinstance(name, str):
        error.name = name[:MOST_NAME]
    if all(function.replace(".", "_").isidentifier() for function in functions if function):
        error.trail = functions
    return error


def _known_exception(module: str, name: str) -> type[Exception] | None:
    if module not in ("builtins", "torch", "torch.linalg") or module not in sys.modules:
        return None
    kind = vars(sys.modules[module]).get(name)
    if not isinstance(kind, type) or not issubclass(kind, Exception):
        return None
    return None if issubclass(kind, UnicodeError | ExceptionGroup) else kind  # these need more than a message
