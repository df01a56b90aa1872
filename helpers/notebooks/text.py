"""Clean text from students: limit its length, and remove everything that a terminal would obey.

Messages of exceptions, names of files and functions, notes: whatever comes from a submission goes through `plain` once,
and gets the type `Text`. Text is not markup: a page still has to escape it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

__all__ = ["Text", "count", "line", "plain", "whole"]

Text = NewType("Text", str)

# Control sequences (colours, movements), control strings (titles, links) and escape sequences of a terminal:
# https://ecma-international.org/publications-and-standards/standards/ecma-48/
_COMMAND = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_NEW_LINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"  # invisible, but some languages and emoji need them
_MARGIN = 8  # how many times its limit of a text is read: cleaning may make it shorter


def plain(value: object, limit: int = 2000) -> Text:
    """Return the text of a value in at most `limit` characters, ending in "…" if it was cut.

    Line feeds and tabs stay. All other control characters and those that change the direction of writing are removed.
    Unpaired surrogates, which no file can hold, become "\N{REPLACEMENT CHARACTER}".
    """
    text = _str(value)
    cut = text[: _MARGIN * limit]
    clean = "".join(map(_visible, _NEW_LINE.sub("\n", _COMMAND.sub("", cut))))
    is_whole = len(clean) <= limit and len(cut) == len(text)
    return Text(clean if is_whole else clean[: limit - 1] + "…")


def line(value: object, limit: int = 200) -> Text:
    """Like `plain`, but on one line, so that a name or a note cannot pretend to be the next line of a list."""
    return plain(" ".join(plain(value, _MARGIN * limit).split()), limit)


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 lab", "2 labs"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def whole(value: object) -> str:
    """Join the text or lines of a notebook into a string that can be written to a file: no unpaired surrogates."""
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _str(value: object) -> str:
    """Like `str`, but for classes whose `__str__` raises or returns a subclass."""
    try:
        return "".join(str(value))
    except Exception:
        return type(value).__name__


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if kind in ("Cc", "Cf") and character not in f"\n\t{_JOINERS}" else character
