"""What makes a check's message one that a student can read."""

from __future__ import annotations

import re

__all__ = ["faults"]

_PYTHONS_OWN = re.compile(r"<lambda>|<locals>| object at 0x|<(?:built-in |bound )?(?:function|method) ")


def faults(exercise: str, message: str) -> list[str]:
    """The rules that a message of an exercise's check breaks.

    What was expected and what was found, where a check compares, `helpers.checking.compare` says; the rest is prose.
    """
    named = re.match(r"[\w-]+", message)
    rules = {
        "names its question": named is not None and exercise.startswith(named[0].lower()),
        "tells what is wrong": len(message.split()) >= 4,
        "is short": len(message) <= 400,
        "shows nothing of Python's own": _PYTHONS_OWN.search(message) is None,
        "commands no terminal": all(one.isprintable() or one == "\n" for one in message),
        "trusts no file": "weights_only=False" not in message,
    }
    return [rule for rule, holds in rules.items() if not holds]
