"""Assign each upload to its student: a person in the roster or, without a roster, whom the platform names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from helpers.grading.collect.collected import Collected
from helpers.grading.collect.platforms import Origin
from helpers.grading.collect.uploads import Upload
from helpers.grading.term.roster import Person, Roster, is_id
from helpers.notebooks.text import line

__all__ = ["by_student"]

RENAME = "collect the file by itself, with the name <id>_<time>_<file>"


def by_student(uploads: Sequence[Upload], roster: Roster, groups: bool, result: Collected) -> dict[str, list[Upload]]:
    """Group uploads by student id.

    Args:
        groups: whether the platform wrote the name of a group before the name of each student.
    """
    students = defaultdict(list)
    for student, upload in _in_roster(uploads, roster, groups, result) if roster.people else _as_named(uploads, result):
        students[student].append(upload)
    return students


def _as_named(uploads: Sequence[Upload], result: Collected) -> Iterator[tuple[str, Upload]]:
    """Add the platform's number to the names that several students have."""
    numbers = defaultdict(set)
    for upload in uploads:
        numbers[upload.origin.student].add(upload.origin.number)
    for name in (name for name in numbers if len(numbers[name]) > 1):
        result.note(name, "several students have this name: the platform's number is added to each")
    for upload in uploads:
        name, number = upload.origin.student, upload.origin.number
        student = f"{name}_{number}" if len(numbers[name]) > 1 and number else name
        if is_id(student):
            yield student, upload
        else:
            _refuse(upload, "the student's name is not valid for a folder", result)


def _in_roster(
    uploads: Sequence[Upload], roster: Roster, groups: bool, result: Collected
) -> Iterator[tuple[str, Upload]]:
    """Find the one person whom the platform's words fit, and who is nobody else on the platform."""
    people = {origin: _people(origin, roster, groups) for origin in {_who(upload.origin) for upload in uploads}}
    accounts = defaultdict(set)
    for origin, found in people.items():
        if len(found) == 1 and origin.number:
            accounts[found[0].id].add(origin.number)
    for upload in uploads:
        origin, found = upload.origin, people[_who(upload.origin)]
        if len(found) != 1:
            _refuse(upload, _why_nobody(origin, found, roster), result)
        elif origin.number and len(accounts[found[0].id]) > 1 and not _is_own(origin, found[0]):
            numbers = " and ".join(sorted(accounts[found[0].id]))
            reason = f"{numbers} on the platform could both be {found[0]}: correct roster.csv, or {RENAME}"
            _refuse(upload, reason, result)
        else:
            yield found[0].id, upload


def _who(origin: Origin) -> Origin:
    """Return what an origin says of the student."""
    return Origin(origin.student, "", origin.number, origin.account, origin.known_as)


def _people(origin: Origin, roster: Roster, groups: bool) -> list[Person]:
    """Return the people whom everything fits that the platform says; if nobody, those whom some of it fits."""
    names = (origin.student, *origin.known_as)
    by_number = roster.with_platform_id(origin.account)
    fits = [[by_number] if by_number else [], *map(roster.matches, names)]
    if groups and not any(fits):
        parts = origin.student.split("-")
        rests = ("-".join(parts[start:]) for start in range(1, len(parts)))
        fits = [next((found for rest in rests if (found := roster.matches(rest))), [])]
    fits = [found for found in fits if found]
    everybody = list(dict.fromkeys(person for found in fits for person in found))
    return [person for person in everybody if all(person in found for found in fits)] or everybody


def _is_own(origin: Origin, person: Person) -> bool:
    return bool(origin.account) and origin.account == person.platform_id


def _why_nobody(origin: Origin, found: Sequence[Person], roster: Roster) -> str:
    if found:
        number = "enter their numbers on the platform in roster.csv (platform_id), or " if origin.account else ""
        return f"it may be from {_listed(found, ' or ')}: {number}{RENAME}"
    close = _listed(roster.suggest(origin.student), ", ")
    similar = f" (similar: {close})" if close else ""
    return f"roster.csv lists nobody called “{line(origin.student)}”{similar}: correct roster.csv, or {RENAME}"


def _listed(people: Iterable[Person], joiner: str) -> str:
    return joiner.join(map(str, people))


def _refuse(upload: Upload, reason: str, result: Collected) -> None:
    result.refuse(upload.file.path, upload.source, reason)
