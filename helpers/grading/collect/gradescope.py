"""Whose a submission on Gradescope is: its folder has a number, and a file beside all folders says the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import yaml

__all__ = ["METADATA", "Submission", "read_metadata"]

METADATA = "submission_metadata.yml"
Submission = tuple[list[str], datetime | None]  # who handed it in, and when, in UTC


def read_metadata(content: bytes | None) -> dict[str, Submission]:
    """The submissions by the names of their folders, without those of which the file does not say whose they are.

    A group's submission is each member's.
    """
    try:
        found = yaml.load(content or b"", Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        known = {name: _submission(about) for name, about in found.items()}
    except Exception:  # another program's file: PyYAML raises whatever it likes, and its values may be anything
        return {}
    return {name: (students, time) for name, (students, time) in known.items() if students}


def _submission(about: dict[str, Any]) -> Submission:
    """A person's number or address: a name can be another's too, and changed."""
    students = [person.get(":sid") or person.get(":email") for person in about.get(":submitters") or []]
    time = about.get(":created_at")
    utc = time.astimezone(UTC).replace(tzinfo=None) if isinstance(time, datetime) and time.tzinfo else None
    return [str(student) for student in students if student], utc
