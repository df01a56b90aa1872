"""Read who submitted on Gradescope: folders there have only numbers, and a file beside them says the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

__all__ = ["METADATA", "Submission", "read_metadata"]

METADATA = "submission_metadata.yml"
Submission = tuple[list[list[str]], datetime | None]  # what each student is known as, and the time in UTC


def read_metadata(content: bytes | None) -> dict[str, Submission]:
    """Return the submissions by folder name, without those that name no student. A group's belongs to each member."""
    try:
        entries = yaml.load(content or b"", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        submissions = {name: _submission(entry) for name, entry in entries.items()}
    except Exception:  # PyYAML raises many kinds of errors, and the values may be anything
        return {}
    return {name: (students, time) for name, (students, time) in submissions.items() if students}


def _submission(entry: dict[str, Any]) -> Submission:
    """Identify students by their numbers or addresses first: a name may change, or belong to two students."""
    people = [_known_as(person) for person in entry.get(":submitters") or []]
    time = entry.get(":created_at")
    utc = time.astimezone(UTC).replace(tzinfo=None) if isinstance(time, datetime) and time.tzinfo else None
    return [names for names in people if names], utc


def _known_as(person: dict[str, Any]) -> list[str]:
    """Return number, address and name; nothing if there is only a name."""
    names = [str(person[key]) for key in (":sid", ":email", ":name") if person.get(key)]
    return names if person.get(":sid") or person.get(":email") else []
