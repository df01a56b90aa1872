"""Durations as a person writes them: "10 min", "2 days", "1 day 12 hours"."""

from __future__ import annotations

import re
from datetime import timedelta

__all__ = ["parse_duration"]

_UNITS = {
    "seconds": ("s", "sec", "second", "seconds"),
    "minutes": ("min", "minute", "minutes"),
    "hours": ("h", "hour", "hours"),
    "days": ("d", "day", "days"),
    "weeks": ("w", "week", "weeks"),
}
_UNIT_OF = {word: unit for unit, words in _UNITS.items() for word in words}
_PART = r"(\d+(?:\.\d+)?) ?([a-z]+)"
_LONGEST = timedelta(days=3660)  # no term is longer, and no date overflows


def parse_duration(text: str) -> timedelta:
    """Return the duration that a text says.

    Raises:
        ValueError: if it says none, or more than ten years.
    """
    words = " ".join(text.lower().split())
    if not re.fullmatch(rf"{_PART}(?: {_PART})*", words):
        raise ValueError(text)
    parts = [(float(number), _UNIT_OF.get(word, "")) for number, word in re.findall(_PART, words)]
    if not all(unit and number < 1e9 for number, unit in parts):
        raise ValueError(text)
    total = sum((timedelta(**{unit: number}) for number, unit in parts), timedelta())
    if total > _LONGEST:
        raise ValueError(text)
    return total
