"""What a student wrote is text: short enough to read, and nothing in it that a terminal or a page would obey.

Messages of exceptions, names of files and functions, notes: whatever is taken from a submission goes through `plain`,
once, at the border; the type `Text` says that this was done. Text is not markup: a page still has to escape it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NewType

__all__ = ["Text", "line", "plain", "whole"]

Text = NewType("Text", str)

# Commands to a terminal, as ECMA-48 writes them: colours and movements, titles and links, and those of one letter.
_COMMAND = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[ -/]*[0-~]"
)
_NEW_LINE = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_JOINERS = "\u200c\u200d"  # invisible, but letters of some languages, and emoji, need them
_MARGIN = 8  # how much longer than its limit a text may come in: what lies behind is not even looked at


def plain(value: object, most: int = 2000) -> Text:
    """The words of a value, of at most `most` characters; where some are left out, the last one is "…".

    Lines and tabs stay. Other control characters go, and with them those that turn the direction of writing around;
    halves of surrogate pairs, which no file can hold, become "\N{REPLACEMENT CHARACTER}".
    """
    words = _words(value)
    cut = words[: _MARGIN * most]
    clean = "".join(map(_visible, _NEW_LINE.sub("\n", _COMMAND.sub("", cut))))
    is_whole = len(clean) <= most and len(cut) == len(words)
    return Text(clean if is_whole else clean[: most - 1] + "…")


def line(value: object, most: int = 200) -> Text:
    """`plain` on one line: a name or a note cannot pass itself off as the next line of a list."""
    return plain(" ".join(plain(value, _MARGIN * most).split()), most)


def whole(value: object) -> str:
    """The text, or the lines, of a notebook in one piece with which a file can be written: no halves of surrogates."""
    text = "".join(map(str, value)) if isinstance(value, list) else str(value)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _words(value: object) -> str:
    """`str` of anything, whatever a class has made of it: its result may be a subclass, or an exception."""
    try:
        return "".join(str(value))
    except Exception:
        return type(value).__name__


def _visible(character: str) -> str:
    kind = unicodedata.category(character)
    if kind == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    return "" if kind in ("Cc", "Cf") and character not in f"\n\t{_JOINERS}" else character
