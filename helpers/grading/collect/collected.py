"""The result of collecting."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from helpers.grading.collect.uncollected import Uncollected
from helpers.notebooks.text import Text, count, line

__all__ = ["Collected"]


@dataclass
class Collected:
    """The result of collecting.

    Attributes:
        students: whose submissions were put into `submitted/`.
        unchanged: whose submissions were there already.
        missing: people in the roster of whom there is no submission.
        uncollected: what was not collected.
        notes: anything else worth knowing.
    """

    students: list[Text] = field(default_factory=list)
    unchanged: list[Text] = field(default_factory=list)
    missing: list[Text] = field(default_factory=list)
    uncollected: list[Uncollected] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)

    @property
    def remarks(self) -> list[Text]:
        """What was not collected, and why; anything else worth knowing; and who is missing."""
        files: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
        for entry in self.uncollected:
            files[entry.reason, entry.student, entry.download].append(entry.file)
        refused = [line(f"{_some(names)}: not collected: {reason}", 1500) for (reason, _, _), names in files.items()]
        missing = [line(f"nothing was collected from: {'; '.join(self.missing)}", 20_000)] if self.missing else []
        return [*refused, *self.notes, *missing]

    @property
    def summary(self) -> str:
        words = f"{len(self.students)} collected, {len(self.unchanged)} were collected before."
        return f"{words} {count(len(self.remarks), 'remark')}: see above." if self.remarks else words

    def note(self, name: str, words: str) -> None:
        self.notes.append(line(f"{line(name)}: {words}", 800))

    def refuse(self, path: str, source: Path, reason: str, student: str = "") -> None:
        """List a file that is not collected; `source` is the archive or file on this machine that holds it."""
        entry = Uncollected(line(path, 1000), line(reason, 1000), line(student), str(source.resolve()))
        self.uncollected.append(entry)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(map(line, names[:3])) + more
