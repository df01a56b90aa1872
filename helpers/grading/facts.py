"""What grading knows of a submission besides its points. Written by us beside the graded notebook, never into it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from helpers.notebooks.text import Text, line

__all__ = ["FACTS_FILE", "Facts", "read_facts", "write_facts"]

FACTS_FILE = "grading.json"  # a file of that name is never the student's: the intake leaves it out


@dataclass(frozen=True)
class Facts:
    """What is known about a graded submission.

    Attributes:
        notes: what was unusual, in words.
        is_readable: whether there was something to grade.
        boxed: whether the student's code ran in the sandbox.
        submission: the digest of the files that were graded.
        lab: the digest of the checks, points and files by which they were graded.
    """

    notes: tuple[Text, ...] = ()
    is_readable: bool = True
    boxed: bool = True
    submission: str = ""
    lab: str = ""


def write_facts(folder: Path, facts: Facts) -> None:
    (folder / FACTS_FILE).write_text(json.dumps(asdict(facts), indent=1) + "\n", encoding="utf-8")


def read_facts(folder: Path) -> Facts:
    """Read the facts beside a graded notebook; those of an ordinary submission if there are none."""
    try:
        facts = json.loads((folder / FACTS_FILE).read_text(encoding="utf-8"))
        notes = tuple(line(note, 500) for note in facts["notes"])
        digests = str(facts.get("submission", "")), str(facts.get("lab", ""))
        return Facts(notes, facts["is_readable"] is True, facts["boxed"] is True, *digests)
    except (OSError, ValueError, KeyError, TypeError):
        return Facts()
