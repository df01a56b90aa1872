"""Compare names as people and platforms spell them: in any case, with or without accents, in either order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

__all__ = ["given_keys", "person_keys"]

_LATIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "þ": "th", "æ": "ae", "œ": "oe"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_JOINED = "+"  # before the words of a name that are written as one; no word contains it


def person_keys(name: str) -> set[str]:
    """Return all keys under which somebody of this name can be found.

    Its words may come in the order "First Last" or "Last First", for any number of first and last names, and Canvas
    writes them as one.
    """
    orders = {words[start:] + words[:start] for words in _spellings(name) for start in range(len(words))}
    return {" ".join(words) for words in orders} | {f"{_JOINED}{''.join(words)}" for words in orders}


def given_keys(name: str) -> set[str]:
    """Return the keys of a name that a platform gives. One word counts as several if it is in lower case."""
    spellings = set(_spellings(name))
    joined = {f"{_JOINED}{words[0]}" for words in spellings if len(words) == 1 and name == name.lower()}
    return {" ".join(words) for words in spellings} | joined


def _spellings(name: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a name without accents. What joins words, such as a hyphen, may be there or not."""
    composed = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())
    for text in (composed, composed.translate(_UMLAUTS)):
        for joiner in ("", " "):
            if words := tuple("".join(_letters(text, joiner)).split()):
                yield words


def _letters(text: str, joiner: str) -> Iterator[str]:
    for letter in unicodedata.normalize("NFKD", text).translate(_LATIN):
        kind = unicodedata.category(letter)[0]
        if letter.isspace() or letter in ",_":
            yield " "
        elif kind in "LN" or (kind == "M" and not "\u0300" <= letter <= "\u036f"):  # other scripts' marks are letters
            yield letter
        elif kind not in "CM":
            yield joiner
