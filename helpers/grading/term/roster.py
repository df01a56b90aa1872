"""The people of a course, as `roster.csv` lists them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from helpers.grading.term.names import given_keys, person_keys
from helpers.grading.term.table import Row, read_table
from helpers.notebooks.errors import CourseError
from helpers.notebooks.text import line

__all__ = ["ROSTER", "Person", "Roster", "enter_people", "is_id"]

ROSTER = "roster.csv"
MAX_ID = 128  # bytes of a student's id: the width of the gradebook's columns


@dataclass(frozen=True)
class Person:
    """A line of `roster.csv`. `id` names the student's folders; `platform_id` is the learning platform's number."""

    id: str
    name: str = ""
    email: str = ""
    platform_id: str = ""
    section: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.id})" if self.name else self.id

    @property
    def own_keys(self) -> set[str]:
        """The keys of what belongs to this person only."""
        return {_own_key(text) for text in (self.id, self.email, self.platform_id) if text}


@dataclass(frozen=True)
class Roster:
    """The people of a course, by id."""

    people: Mapping[str, Person] = field(default_factory=dict)

    @classmethod
    def load(cls, root: Path) -> Roster:
        """Read the roster of the course in a folder; an empty one if there is none.

        Raises:
            CourseError: if it cannot be read, or two people share an id. The message names the lines.
        """
        path = root / ROSTER
        try:
            rows = read_table(path)
        except FileNotFoundError:
            return cls()
        except OSError as error:
            raise CourseError(f"{path} cannot be read: {error.strerror}.") from None
        problems = [*_wrong_ids(rows), *_duplicates(rows)]
        if problems:
            more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
            raise CourseError(f"{path}: {'; '.join(problems[:5])}{more}. Correct these lines.")
        return cls({row.cells["id"]: Person(**row.cells) for row in rows})

    def find(self, name: str) -> Person | None:
        """Return the person with this id, platform id, e-mail or name; None if nobody or more than one fits."""
        found = self.matches(name)
        return found[0] if len(found) == 1 else None

    def matches(self, name: str) -> list[Person]:
        """Return all people whom a name fits."""
        return self._under({_own_key(name), *given_keys(name)})

    def with_platform_id(self, number: str) -> Person | None:
        """Return the person with this number on the learning platform."""
        return next((person for person in self.people.values() if number and person.platform_id == number), None)

    def suggest(self, name: str) -> list[Person]:
        """Return at most three people whose names are similar. Nobody should take them for the person meant."""
        given = (_own_key(line(name)), *sorted(given_keys(line(name))))
        return self._under(close for key in given for close in get_close_matches(key, self._index, 5, 0.75))[:3]

    def name_of(self, student: str) -> str:
        """Return a student's name, or the id if the roster does not give it."""
        person = self.people.get(student)
        return person.name if person and person.name else student

    @cached_property
    def _index(self) -> Mapping[str, Sequence[Person]]:
        index: defaultdict[str, list[Person]] = defaultdict(list)
        for person in self.people.values():
            for key in person.own_keys | person_keys(person.name):
                index[key].append(person)
        return dict(index)

    def _under(self, keys: Iterable[str]) -> list[Person]:
        """Return the people under some keys, each once."""
        return list({person.id: person for key in keys for person in self._index.get(key, ())}.values())


def is_id(name: str) -> bool:
    """Check whether a name can be an id, and so a folder, without wildcards: nbgrader finds folders by `glob`."""
    is_plain = line(name) == name and not set(name) & set("/\\*?[]") and not name.startswith(".")
    return bool(name) and is_plain and len(name.encode()) <= MAX_ID


def enter_people(gradebook: Any, roster: Roster) -> None:
    """Enter names and addresses into the gradebook, so that nbgrader shows them. What the roster lacks stays."""
    known = {student.id: student for student in gradebook.students}
    for person in roster.people.values():
        first, last = _names(person.name)
        given = {"first_name": first, "last_name": last, "email": person.email, "lms_user_id": person.platform_id}
        new = {column: value[:MAX_ID] for column, value in given.items() if value}
        old = known.get(person.id)
        if old is None or any(getattr(old, column) != value for column, value in new.items()):
            gradebook.update_or_create_student(person.id, **new)


def _names(name: str) -> tuple[str, str]:
    """Return first and last names. Without a comma, the last word is the last name."""
    last, comma, first = name.partition(", ")
    if comma:
        return first, last
    first, _, last = name.rpartition(" ")
    return first, last


def _own_key(text: str) -> str:
    return f"@{unicodedata.normalize('NFC', text).casefold()}"  # no word of a name contains "@"


def _wrong_ids(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        name = row.cells["id"]
        if not is_id(name):
            yield f"line {row.line}, column id: {name} cannot name a folder" if name else f"line {row.line} has no id"


def _duplicates(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what two people share that must belong to one."""
    for column in ("id", "email", "platform_id"):
        lines: defaultdict[str, list[Row]] = defaultdict(list)
        for row in rows:
            lines[_own_key(row.cells.get(column, ""))].append(row)
        lines.pop(_own_key(""), None)
        for shared in (rows for rows in lines.values() if len(rows) > 1):
            numbers = " and ".join(str(row.line) for row in shared)
            yield f"lines {numbers}, column {column}: they share {shared[0].cells[column]}"
