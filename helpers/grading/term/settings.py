"""Read the settings of a TOML file by kinds of values. An error names the file, the key, and what is allowed."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, available_timezones

from helpers.grading.term.durations import parse_duration
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["Settings", "read_settings"]

_YEARS = range(2000, 2101)  # a due date outside has a typing error


def read_settings(path: Path) -> Settings:
    """Read a TOML file.

    Raises:
        CourseError: if it cannot be read.
    """
    try:
        return Settings(path.name, tomllib.loads(path.read_bytes().decode("utf-8-sig")))
    except OSError as error:
        raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CourseError(f"{path} cannot be read: it is not UTF-8. Save it as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # of TOML, or of numbers and dates in it
        raise CourseError(f"{path} is not valid TOML: {line(error)}. See https://toml.io.") from None


class Settings:
    """A table of settings. A method for each kind of value returns that of a key, or what an absent one means.

    Args:
        place: the file's name, and the table's in it, for messages.
    """

    def __init__(self, place: str, values: Mapping[str, Any]) -> None:
        self._place, self._values = place, values
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def table(self, key: str) -> Settings:
        value = self._get(key, {})
        if not isinstance(value, dict):
            self._refuse(key, f"a table: [{key}]")
        return Settings(f"{self._place}, {self._name(key)}", value)

    def tables(self, key: str) -> Iterator[tuple[str, Settings]]:
        """Return the tables below a table, by name."""
        outer = self.table(key)
        return ((name, outer.table(name)) for name in outer._values)

    def text(self, key: str) -> str:
        value = self._get(key, "")
        if not isinstance(value, str):
            self._refuse(key, 'text in quotes: "…"')
        return line(value)

    def names(self, key: str) -> list[str]:
        value = self._get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            self._refuse(key, 'a list of names: ["…", "…"]')
        return value

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """Return one of the allowed words; the first one if the key is absent."""
        value = self._get(key, allowed[0])
        if value not in allowed:
            self._refuse(key, " or ".join(f'"{word}"' for word in allowed))
        return str(value)

    def number(self, key: str) -> float | None:
        value = self._get(key, None)
        if value is not None and not (_is_number(value) and 0 <= value < math.inf):
            self._refuse(key, "a number, 0 or more")
        return value if value is None else float(value)

    def whole_number(self, key: str) -> int:
        value = self._get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            self._refuse(key, "a whole number, 0 or more")
        return value

    def percent(self, key: str) -> float:
        """Return a share, which the file gives in percent."""
        value = self._get(key, 0)
        if not (_is_number(value) and 0 <= value <= 100):
            self._refuse(key, "a number from 0 to 100 (percent)")
        return value / 100

    def duration(self, key: str) -> timedelta | None:
        value = self._get(key, None)
        try:
            return None if value is None else parse_duration(value)
        except (ValueError, AttributeError):
            self._refuse(key, 'a duration, such as "10 min", "36 hours", "2 days" or "1 day 12 hours"')

    def durations(self) -> dict[str, timedelta]:
        """Return all values of the table, durations by name."""
        return {key: self.duration(key) or timedelta() for key in self._values}

    def time(self, key: str, zone: tzinfo) -> datetime | None:
        """Return a time in UTC, without a zone. Without one in the file, it is in `zone`."""
        value = self._get(key, None)
        if value is None:
            return None
        if isinstance(value, str) and len(value) > len("2026-10-30"):
            with suppress(ValueError):
                value = datetime.fromisoformat(value)
        if not isinstance(value, datetime) or value.year not in _YEARS:
            self._refuse(key, "a date and a time, such as 2026-10-30T23:59:00, in the time zone of [course]")
        return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC).replace(tzinfo=None)

    def timezone(self, key: str) -> tzinfo:
        value = self._get(key, None)
        try:
            return UTC if value is None else ZoneInfo(value)
        except (KeyError, ValueError, TypeError, AttributeError, OSError):
            near = get_close_matches(str(value), available_timezones(), 1) or ["Europe/Paris"]
            self._refuse(key, f'the name of a time zone, such as "{near[0]}"')

    def address(self, key: str) -> str:
        value = self.text(key)
        # Notebooks install from it, with a command in which these characters would mean something else.
        if value and (not re.match(r"https?://\w", value) or re.search(r"[\s'\"{}$`\\]", value)):
            self._refuse(key, "an address that begins with https:// or http://, without blanks, quotes and braces")
        return value

    def refuse_others(self) -> None:
        """Refuse keys that nobody has asked for.

        Raises:
            CourseError: if there is one.
        """
        for key in self._values:
            if key not in self._known:
                near = get_close_matches(key, self._known, 1)
                hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(self._known)}."
                raise CourseError(f"{self._place}: there is no setting {line(key)}. {hint}")

    def _get(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._values.get(key, default)

    def _name(self, key: str) -> str:
        return line(key, 80)

    def _refuse(self, key: str, allowed: str) -> NoReturn:
        given = line(repr(self._values[key]), 80)
        raise CourseError(f"{self._place}: {self._name(key)} is {given}. It has to be {allowed}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
