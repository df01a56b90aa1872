"""Whose row is whose: match what a platform says of a person with the students of the course."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from helpers.grading.term.marks import Mark
from helpers.grading.term.penalties import person_of
from helpers.grading.term.roster import Person, Roster

__all__ = ["Student", "Students", "last_first"]


@dataclass(frozen=True)
class Student:
    """A person, and the marks by lab."""

    person: Person
    marks: Mapping[str, Mark]


@dataclass(frozen=True)
class Students:
    """The students of a course, by the ids of persons. `twice` names those whom the gradebook holds under two ids."""

    students: Mapping[str, Student]
    twice: Sequence[str] = ()

    @classmethod
    def of(cls, marks: Iterable[Mark], roster: Roster) -> Students:
        by_id: defaultdict[str, dict[str, Mark]] = defaultdict(dict)
        for mark in marks:
            by_id[mark.student][mark.lab] = mark
        found: dict[str, Student] = {}
        twice = []
        for student in sorted(by_id, key=lambda student: student not in roster.people):  # exact ids first
            person = _person(student, next(iter(by_id[student].values())).name, roster)
            if person.id in found:
                twice.append(f"{student} and {person.id}")
            else:
                found[person.id] = Student(person, by_id[student])
        return cls(dict(sorted(found.items())), twice)

    def find(self, texts: Iterable[str]) -> Student | None:
        """Return the one student who fits all of these that fit anybody: ids, addresses, names."""
        found = {person.id for text in texts if text and (person := self._roster.find(text))}
        return self.students[found.pop()] if len(found) == 1 else None

    @cached_property
    def _roster(self) -> Roster:
        return Roster({name: student.person for name, student in self.students.items()})


def _person(student: str, name: str, roster: Roster) -> Person:
    """Return the person on the roster. Failing that, what the name says that the platform gave to the submission."""
    person = person_of(roster, student)
    if person.id in roster.people:
        return person
    before, _, digits = student.rpartition("_")  # Moodle's number, where two have the same name
    if name == student and before and digits.isdecimal():
        return Person(student, before, platform_id=digits)
    return Person(student, name)


def last_first(name: str) -> tuple[str, str]:
    """Return last and first names. Without a comma, the last word is the last name."""
    last, comma, first = name.partition(", ")
    if not comma:
        first, _, last = name.rpartition(" ")
    return last, first
