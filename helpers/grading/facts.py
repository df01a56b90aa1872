"""What grading knows of a submission besides its points. Written by us beside the graded notebook, never into it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from helpers.notebooks.text import Text, line

__all__ = ["FACTS_FILE", "Facts", "digest", "read_facts", "write_facts"]

FACTS_FILE = "grading.json"  # a file of that name is never the student's: the intake leaves it out


@dataclass(frozen=True)
class Facts:
    """What is known about a graded submission.

    Attributes:
        notes: what was unusual, in words. For instructors only: some of them say how marks came about.
        is_readable: whether there was something to grade.
        boxed: whether the student's code ran in the sandbox.
        submission: the digest of the files that were graded.
        lab: the digest of each part of the lab by which they were graded, by name: of cells, points, files, settings.
        answers: the digest of what the student answered, by the grade cell that marks it.
        version: the version of this package that graded.
    """

    notes: tuple[Text, ...] = ()
    is_readable: bool = True
    boxed: bool = True
    submission: str = ""
    lab: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


def digest(value: Any) -> str:
    """Return a hash of plain data: the same in every process, version of Python and machine."""
    return sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:32]


def write_facts(folder: Path, facts: Facts) -> None:
    (folder / FACTS_FILE).write_text(json.dumps(asdict(facts), indent=1) + "\n", encoding="utf-8")


def read_facts(folder: Path) -> Facts:
    """Read the facts beside a graded notebook; those of an ordinary submission if there are none."""
    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        return Facts(
            notes=tuple(line(note, 500) for note in facts["notes"]),
            is_readable=facts["is_readable"] is True,
            boxed=facts["boxed"] is True,
            submission=str(facts.get("submission", "")),
            lab=_digests(facts.get("lab")),
            answers=_digests(facts.get("answers")),
            version=str(facts.get("version", "")),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return Facts()


def _digests(value: Any) -> dict[str, str]:
    """Return digests by name; none if an earlier version of this package noted them in another form."""
    return {str(name): str(one) for name, one in value.items()} if isinstance(value, dict) else {}
